"""The buttons that make a film of a run, in a process of its own, and the one that stops it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from threading import Event

import panel as pn

from dashboards.export.subprocess import film_bytes
from dashboards.live.background import soon
from dashboards.pages.downloads import Downloads, button
from dashboards.style.widgets import row
from gridworld.storage.checkpoint import freeze
from gridworld.training.session import TrainingSession

LABELS = {"episode": "Film of the policy (GIF)", "training": "Film of the training (GIF)"}


class FilmButtons:
    """Makes one film at a time and hands it over.

    Parameters
    ----------
    session
        Return the present session, or None when it is gone.
    downloads, report
        The page's way to hand over files, and to report a sentence or an error.
    theme
        "light" or "dark".
    executor
        Where the process is waited for.
    """

    def __init__(
        self,
        session: Callable[[], TrainingSession | None],
        downloads: Downloads,
        report: Callable[[str, str], None],
        theme: Callable[[], str],
        executor: Executor,
    ) -> None:
        self._session, self._downloads, self._report, self._theme = session, downloads, report, theme
        self._executor = executor
        self._stopped = Event()
        self._makers = [button(label, "movie", partial(self._make, what)) for what, label in LABELS.items()]
        self.stop = button("Stop the film", "stop", self._stop, visible=False)
        self.panel = row(*self._makers, self.stop, flex_wrap="wrap", gap="8px")

    def _stop(self) -> None:
        self._stopped.set()

    def _make(self, what: str) -> None:
        session = self._session()
        if session is None:
            return
        self._stopped = stopped = Event()
        document = pn.state.curdoc

        def progress(share: float) -> None:
            if document is not None and document.session_context is not None:
                soon(document, lambda: self._report(f"The film is being made: {share:.0%}", ""))

        def report(text: str, error: str) -> None:
            self._show(is_busy=False)
            self._report(text, error)

        self._show(is_busy=True)
        self._report("The film is being made …", "")
        world = re.sub(r"[^A-Za-z0-9]+", "-", session.problem.name).strip("-")[:40]
        name = f"gridworld-{world}-{session.settings.agent}-seed{session.settings.seed}-{what}.gif"
        checkpoint, theme = freeze(session), self._theme()
        make = partial(film_bytes, checkpoint, what, theme=theme, progress=progress, stopped=stopped.is_set)
        self._downloads.begin(name, make, report, self._executor)

    def _show(self, is_busy: bool) -> None:
        for maker in self._makers:
            maker.disabled = is_busy
        self.stop.visible = is_busy
