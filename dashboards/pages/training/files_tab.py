"""The tab that saves and loads: the run, parts of it for other programs, its recipe, and the library."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import panel_material_ui as pmui

from dashboards.hub.executors import Executors
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import in_background, sentence
from dashboards.live.view import Hideable
from dashboards.pages.downloads import Downloads, button, load_button, outcome
from dashboards.pages.training.pictures_form import PicturesForm
from dashboards.pages.training.recipe_dialog import RecipeDialog
from dashboards.style.markup import fill
from dashboards.style.widgets import WIDE, html, row, section, stack
from gridworld.runs.commands import Command, Load
from gridworld.runs.journal import Journal
from gridworld.storage import action_values, exports, run_file
from gridworld.storage.checkpoint import freeze, thaw, with_greedy_return
from gridworld.storage.library import Library
from gridworld.storage.names import check_name
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

MOST_BYTES, MOST_UNPACKED = 20 << 20, 64 << 20
NOT_BACK = "The environment of this run has not answered its last step; press Pause, and try again once it has."
LIMIT = (
    f"A saved run, or action values as npz, npy, CSV or text; up to {MOST_BYTES >> 20} MB, "
    f"{MOST_UNPACKED >> 20} MB when unpacked"
)
PARTS: dict[str, tuple[str, Callable[[TrainingSession], bytes]]] = {
    "Q-table (npz)": ("values.npz", action_values.q_table_npz),
    "Q-table (CSV)": ("values.csv", lambda session: action_values.q_table_csv(session).encode()),
    "History (CSV)": ("history.csv", lambda session: exports.history_csv(session).encode()),
    "History (Parquet)": ("history.parquet", exports.history_parquet),
}
GRID = {
    "display": "grid",
    "gap": {"xs": "12px 24px", "lg": "0 16px"},
    "p": {"xs": "4px 16px 0", "lg": "4px 12px 0"},
    "alignItems": "start",
    "overflow": "auto",
    "height": "100%",
    "gridTemplateColumns": {
        "xs": "minmax(0, 1fr)",
        "sm": "1fr 1fr",
        "lg": "minmax(176px, 1fr) minmax(0, 1fr) minmax(250px, 1fr) minmax(440px, 2fr)",
    },
}
WRAPPING = {"flex_wrap": "wrap", "gap": "4px 8px"}


class FilesView(Hideable):
    """Saves and loads one run.

    Parameters
    ----------
    shared
        Return the present run, or None when it is gone.
    send
        `send(command, code, text)`, which hands the run a command.
    theme
        "light" or "dark", for the page that is made for offline use.
    executors
        Where files are packed, read and written.
    """

    def __init__(
        self,
        shared: Callable[[], SharedRun | None],
        send: Callable[[Command, str, str], None],
        theme: Callable[[], str],
        executors: Executors,
    ) -> None:
        self._shared, self._send, self._executors = shared, send, executors
        self.downloads = Downloads(executors.files)
        self._message = hint(LIMIT)
        self._recipe = RecipeDialog()
        self.pictures = PicturesForm(shared, self._session, self.downloads, self.report, theme, executors, file_stem)
        self.panel = pmui.Column(
            self._run_part(),
            self._library_part(),
            self._parts_part(),
            stack(section("Page, pictures, films"), self.pictures.panel, gap="14px"),
            self._recipe.panel,
            sx=GRID,
            **WIDE,
        )

    def begin(self, problem: Problem) -> None:
        """Do nothing: no part belongs to one world."""

    def refresh(self, journal: Journal) -> None:
        """Do nothing: no part follows the run."""

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: everything follows the theme by itself."""

    def _run_part(self) -> Any:
        self.upload = load_button(MOST_BYTES, self._refused, self._uploaded)
        save = button("Save", "download", self._save, color="primary", variant="contained", sx={"height": 32})
        return stack(section("This run"), row(save, self.upload, **WRAPPING), self._message)

    def _library_part(self) -> Any:
        self.name = pmui.TextInput(label="Name", size="small", margin=0, sizing_mode="stretch_width", max_length=200)
        keep = button("Keep", "bookmark_add", self._keep)
        return stack(
            section("Library"), row(self.name, keep), hint("Keep saves this run in the library under this name.")
        )

    def _parts_part(self) -> Any:
        parts = [button(name, "download", partial(self._save_part, name)) for name in PARTS]
        parts.append(button("Recipe (Python)", "code", self._show_recipe))
        return stack(section("For other programs"), row(*parts, **WRAPPING))

    def report(self, text: str, error: str = "") -> None:
        """Report what was done, or what was wrong."""
        self._message.object = outcome(text, error)

    def _session(self) -> TrainingSession | None:
        """Return what is to be saved; report why it can't be where the run has nothing in hand."""
        shared = self._shared()
        if shared is not None and shared.session is None:
            self.report("", NOT_BACK)
        return shared.session if shared else None

    def _save(self) -> None:
        session = self._session()
        if session is not None:
            name, checkpoint = f"{file_stem(session, session.step)}.npz", freeze(session)
            self.downloads.begin(name, lambda: run_file.to_bytes(checkpoint), self.report)

    def _save_part(self, part: str) -> None:
        session = self._session()
        if session is None:
            return
        ending, write = PARTS[part]
        name, checkpoint = f"{file_stem(session, session.step)}-{ending}", freeze(session)
        self.downloads.begin(name, lambda: write(thaw(checkpoint)), self.report)

    def _show_recipe(self) -> None:
        session = self._session()
        if session is None:
            return
        try:
            self._recipe.show(exports.recipe(session))
        except ValueError as problem:
            self.report("", sentence(problem))

    def _keep(self) -> None:
        session = self._session()
        if session is None:
            return
        try:
            name = check_name(self.name.value_input or self.name.value)
        except ValueError as problem:
            self.report("", sentence(problem))
            return
        checkpoint, problem_ = freeze(session), session.problem

        def write() -> str:
            return Library().save(with_greedy_return(checkpoint, problem_), name)

        def written(future: Future) -> None:
            problem = future.exception()
            self.report(f"Kept in the library as “{name}”.", sentence(problem) if problem else "")

        in_background(self._executors.files, write, written)

    def _refused(self, reason: str) -> None:
        self.report("", f"The file is too large: {reason}.")

    def _uploaded(self, event: Any) -> None:
        content, name, shared = event.new, self.upload.filename or "the file", self._shared()
        if content is None or shared is None:
            return
        self.upload.clear()
        if len(content) > MOST_BYTES:
            limit = f"The file has {len(content):,} bytes; at most {MOST_BYTES:,} can be loaded here."
            self.report("", limit)
            return
        settings = shared.settings

        def loaded(future: Future) -> None:
            problem = future.exception()
            if problem is not None:
                self.report("", sentence(problem))
                return
            session = future.result()
            self._send(Load(session), "loaded", f"Loaded {name}")
            self.report(f"Loaded {name}: {session.episode:,} episodes, {session.step:,} steps.")

        in_background(
            self._executors.files, lambda: action_values.session_of(content, settings, limit=MOST_UNPACKED), loaded
        )


def file_stem(session: TrainingSession, step: int) -> str:
    """Return the name of a run's files: world, agent, seed and step."""
    world = re.sub(r"[^A-Za-z0-9]+", "-", session.problem.name).strip("-")[:40]
    return f"gridworld-{world}-{session.settings.agent}-seed{session.settings.seed}-step{step}"


def hint(text: str) -> Any:
    """Return a line of small print."""
    return html(fill('<div class="hint">{}</div>', text), sizing_mode="stretch_width")
