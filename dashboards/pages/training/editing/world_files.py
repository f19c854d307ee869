"""The files of the editor: a world is loaded, saved, and kept under a name."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import panel_material_ui as pmui

from dashboards.live.background import in_background, sentence
from dashboards.pages.downloads import Downloads, button, load_button
from dashboards.style.choice import choice
from dashboards.style.widgets import LABELLED, html, row, stack
from dashboards.views.board.editor.editor import MAX_TYPED, WorldEditor
from gridworld.storage.world_files import keep_world
from gridworld.worlds.named import text_of, world_ids
from gridworld.worlds.text import format_world

HINT = (
    '<div class="hint">A world as text, a map of FrozenLake, or a map of another tool, whose letters are then asked '
    f"for; up to {MAX_TYPED:,} bytes.</div>"
)
NAMED = '<div class="hint">Kept worlds are in the list of worlds, on the command line, and in load_world.</div>'


class WorldFiles:
    """Loads and saves what an editor shows: `editor()`. `soon` makes a change that a widget asked for.

    `kept()` is called when a world was kept under a name.
    """

    def __init__(
        self,
        downloads: Downloads,
        executor: Executor,
        editor: Callable[[], WorldEditor | None],
        soon: Callable[[Callable[[], None]], None],
        kept: Callable[[], None],
    ) -> None:
        self._kept = kept
        self._soon, self._downloads, self._executor, self._editor = soon, downloads, executor, editor
        self.upload = load_button(
            MAX_TYPED,
            lambda reason: self._of(lambda editor: editor.refuse(f"The file is too large: {reason}.")),
            self._uploaded,
        )
        self.name = pmui.TextInput(label="Name", size="small", margin=(7, 0, 3, 0), width=180, max_length=40)
        self.named = choice("Named world", small=True, options=["", *world_ids()], value="", **LABELLED)
        self.named.param.watch(self._chosen, "value")
        self.panel = stack(
            self.named,
            row(self.upload, button("Save", "download", self._save)),
            html(HINT),
            row(self.name, button("Keep", "bookmark_add", self._keep)),
            html(NAMED),
        )

    def _of(self, do: Callable[[WorldEditor], Any]) -> None:
        editor = self._editor()
        if editor is not None:
            do(editor)

    def _chosen(self, event: Any) -> None:
        """Take a named world as the draft; another one can be chosen then, or the same again."""
        text, editor = text_of(event.new) if event.new else None, self._editor()
        if text is not None and editor is not None:
            self._soon(lambda: editor.read(text, event.new))
        self.named.value = ""

    def _uploaded(self, event: Any) -> None:
        content, name, editor = event.new, self.upload.filename or "The file", self._editor()
        if content is None or editor is None:
            return
        self.upload.clear()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            editor.refuse(f"{name[:60]} is not a text file in UTF-8, as a world file must be.")
            return
        editor.read(text, re.sub(r"\.\w+$", "", name)[:60])

    def _save(self) -> None:
        editor = self._editor()
        if editor is not None:
            text, name = format_world(editor.history.draft), editor.history.draft.title or "world"
            stem = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:40] or "world"
            self._downloads.begin(f"{stem}.txt", text.encode, lambda done, error: self._report(done, error))

    def _keep(self) -> None:
        editor = self._editor()
        if editor is None:
            return
        name, text = self.name.value.strip(), format_world(editor.history.draft)

        def kept(future: Future) -> None:
            problem = future.exception()
            self._report(f"Kept as {name}.", sentence(problem) if problem else "")
            if not problem:
                self.named.options = ["", *world_ids()]
                self._kept()

        in_background(self._executor, lambda: keep_world(name, text), kept)

    def _report(self, done: str, error: str) -> None:
        self._of(lambda editor: editor.refuse(error) if error else editor.report(done))
