"""What can be done with a network that is no linear player: its checkpoint can be saved to the user's disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.downloads import Downloads, button, outcome
from dashboards.style.widgets import WIDE, html, row
from gridworld.storage.atomic_files import opened
from gridworld.tetris.deep.recipe import LATEST, latest_checkpoint
from gridworld.tetris.search.storage import run_folder

NOTE = (
    '<div class="hint">The model of stable-baselines3, to be loaded in Python. It contains pickles: load it only where '
    "you trust who made it. This server takes no such file from anybody.</div>"
)


class NetworkDownload:
    """A button that saves the newest checkpoint of the training that `find()` returns."""

    def __init__(self, executor: Executor, find: Callable[[], SharedRun | None]) -> None:
        self._find, self._downloads, self._outcome = find, Downloads(executor), html("", **WIDE)
        self.button = button("Download network", "download", self._download)
        note = html(NOTE, styles={"flex": "1"})
        self.panel = row(
            self.button, note, self._downloads.panel, self._outcome, gap="8px", flex_wrap="wrap", padding="12px 12px 0"
        )
        self.panel.visible = False

    def _download(self) -> None:
        shared = self._find()
        if shared is not None:
            self._downloads.begin(f"tetris-{shared.id}.zip", lambda: _content(shared.id), self._report)

    def _report(self, text: str, error: str) -> None:
        self._outcome.object = outcome(text, error)


def _content(run_id: str) -> bytes:
    """Return the newest checkpoint of a training; ValueError where it has none yet."""
    path = latest_checkpoint(run_folder(run_id))
    if path is None:
        raise ValueError(f"The training {run_id} has no {LATEST} yet: it is saved every minute, and at Stop.")
    with opened(path) as file:
        return file.read()
