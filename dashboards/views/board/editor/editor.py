"""The editor: what is drawn on the board, what is typed as text, and the history of both are one draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.number_field import TypedText
from dashboards.controls.typed_area import TypedArea
from dashboards.style.markup import fill
from dashboards.style.widgets import (
    FILL,
    NAMED_NOT_SHOWN,
    SEGMENT_SX,
    WIDE,
    html,
    problem_html,
    row,
)
from dashboards.views.board.editor.forms import AssignForm, LetterForm, SizeForm, action
from dashboards.views.board.editor.generator_form import GeneratorForm
from dashboards.views.board.editor.tools import JUMP, TOOLS, Brush, hint_of, read_reward
from gridworld.errors import WorldError
from gridworld.worlds.edit import Cell, EditHistory
from gridworld.worlds.foreign import foreign_rows, frozen_lake, is_frozen_lake
from gridworld.worlds.symbols import SYMBOLS
from gridworld.worlds.text import format_world, parse_draft
from gridworld.worlds.world import Draft

MOST_CELLS = 10_000
MAX_TYPED = 40_000  # characters
PALETTE_SX = {
    **SEGMENT_SX,
    "display": "grid",
    "gridTemplateColumns": "repeat(4, minmax(0, 1fr))",
    "& .MuiToggleButton-root.MuiToggleButton-root": {
        "height": 32,
        "color": "text.primary",
        "border": "1px solid",
        "borderColor": "divider",
        "borderRadius": 0,
        "margin": "0 -1px -1px 0",
        "&.Mui-selected": {"color": "primary.contrastText"},
    },
}
SECTIONS = ("Text", "Size", "Letters", "Generate", "Files")


class WorldEditor:
    """Edits a draft by strokes over the board, by its text, and by forms; `panel` is what Panel lays out.

    Parameters
    ----------
    draft, at
        What is edited, and which map of a changing world.
    changed
        `changed(draft, is_done)`, for each draft to be drawn; the last one of a stroke is done.
    compute
        `compute(make, then)`: call `then(draft)` with what `make()` returns, off the loop; it may raise WorldError.
    mark
        `mark(cell)` points a cell out on the board; None: none.
    soon
        Makes a change of Bokeh models that a widget asked for.
    close
        Called when Done is pressed.
    files
        The section "Files".
    """

    def __init__(
        self,
        draft: Draft,
        at: int,
        *,
        changed: Callable[[Draft, bool], None],
        compute: Callable[[Callable[[], Draft], Callable[[Draft], None]], None],
        mark: Callable[[Cell | None], None],
        soon: Callable[[Callable[[], None]], None],
        close: Callable[[], None],
        files: Any,
    ) -> None:
        self.history, self.at = EditHistory(draft), at
        self._changed, self._compute, self._mark, self._soon = changed, compute, mark, soon
        self._stroke: Draft | None = None  # as it is drawn while a stroke goes on
        self.brush = Brush()
        self._made: dict[str, Any] = {"Files": files}
        self._make_head(close)
        self._make_palette()
        self._make_sections()
        self._report = html("", sizing_mode="stretch_width", styles={"min-height": "32px"})
        self.assign = AssignForm(self.take, self.refuse)
        self.panel = pn.Column(
            self._head,
            self._palette,
            self._tool,
            self._report,
            self.assign.panel,
            self._section,
            self._shown,
            styles={"gap": "8px", "min-height": "0", "overflow": "hidden auto"},
            **FILL,
        )
        self._show()

    @property
    def draft(self) -> Draft:
        """The present one, with what a stroke has drawn so far."""
        return self._stroke or self.history.draft

    def _make_head(self, close: Callable[[], None]) -> None:
        self.undo = action("Undo", lambda: self._soon(lambda: self._go_to(self.history.undo)))
        self.redo = action("Redo", lambda: self._soon(lambda: self._go_to(self.history.redo)))
        self.done = action("Done", close)
        title = html('<div style="font-size:13px;font-weight:700;line-height:32px">Edit the world</div>')
        self._head = row(title, pn.Spacer(sizing_mode="stretch_width"), self.undo, self.redo, self.done, gap="6px")

    def _make_palette(self) -> None:
        self.tools = pmui.RadioButtonGroup(
            label="Tool",
            options=list(TOOLS),
            value=self.brush.tool,
            color="primary",
            sx=PALETTE_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **WIDE,
        )
        self.tools.param.watch(lambda event: self._soon(self._choose_tool), "value")
        self.reward = TypedText(label="Its reward", size="small", max_length=40, margin=(7, 0, 3, 0), width=110)
        self.reward.param.watch(lambda event: self._soon(self._choose_tool), "value")
        self._hint = html("", styles={"flex": "1", "min-width": "0"})
        self._palette, self._tool = self.tools, row(self.reward, self._hint)
        self._hint.object = fill('<div class="hint">{}</div>', hint_of(self.brush.tool))

    def _make_sections(self) -> None:
        self.text = TypedArea("World as text; leave the field to apply", max_length=MAX_TYPED)
        self.text.on_typed(lambda text: self._soon(lambda: self.type(text)))
        self._made["Text"] = self.text
        self._section = pmui.RadioButtonGroup(
            label="Section",
            options=list(SECTIONS),
            value="Text",
            sx=SEGMENT_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **WIDE,
        )
        self._section.param.watch(lambda event: self._soon(self._open), "value")
        self._shown = pn.Column(
            self.text, styles={"min-height": "150px", "overflow": "hidden auto", "flex": "1"}, **FILL
        )

    def _open(self) -> None:
        """Show the section that was chosen; its form is made when it is first seen."""
        makers: Mapping[str, Callable[[], Any]] = {
            "Size": lambda: SizeForm(self.attempt),
            "Letters": lambda: LetterForm(self.attempt),
            "Generate": lambda: GeneratorForm(lambda make: self._compute(make, self.take), self.refuse),
        }
        name = self._section.value
        if name in makers and name not in self._made:
            self._made[name] = makers[name]()
            self._show_forms()
        part = self._made[name]
        self._shown.objects = [getattr(part, "panel", part)]

    def _choose_tool(self) -> None:
        try:
            reward = read_reward(self.reward.value)
        except WorldError as problem:
            self.refuse(str(problem))
            return
        self.brush = Brush(self.tools.value, reward)
        self._mark(None)
        self._hint.object = fill('<div class="hint">{}</div>', hint_of(self.brush.tool))

    def stroke(self, cells: list[Cell], is_done: bool) -> None:
        """Apply the tool to the cells of a part of a stroke; with its end it is one step of the history."""
        draft = self.draft
        cells = [cell for cell in cells if cell[0] < draft.rows and cell[1] < draft.columns]
        if self.brush.tool == JUMP:
            if is_done and cells:
                self._jump(cells[-1])
            return
        try:
            drawn = self.brush.applied(draft, cells, self.at)
        except WorldError as problem:
            self.refuse(str(problem))
            return
        if is_done:
            self._stroke = None
            self.take(drawn)
        elif drawn != draft:
            self._stroke = drawn
            self._changed(drawn, False)

    def _jump(self, cell: Cell) -> None:
        """Take the first cell of a jump, or with the second one make it."""
        if self.brush.origin is None:
            self.brush = replace(self.brush, origin=cell)
            self._mark(cell)
            self.report("Now click the cell that the jump leads to.")
            return
        if cell == self.brush.origin:  # a double click
            return
        brush, self.brush = self.brush, replace(self.brush, origin=None)
        self._mark(None)
        self.attempt(lambda draft: brush.applied(draft, [cell], self.at))

    def attempt(self, change: Callable[[Draft], Draft]) -> None:
        """Make an edit; why it is refused is shown."""
        self._soon(lambda: self._attempt(change))

    def _attempt(self, change: Callable[[Draft], Draft]) -> None:
        try:
            self.take(change(self.history.draft))
        except WorldError as problem:
            self.refuse(str(problem))

    def type(self, text: str) -> None:
        """Take what was typed as the world; the letters of a map of another tool are asked for."""
        if text == format_world(self.history.draft):
            return
        self.assign.close()
        try:
            self.take(parse_draft(text, "The text"))
        except WorldError as problem:
            self._offer_foreign(text, problem)

    def read(self, text: str, title: str) -> None:
        """Take the content of a file as the world: a world's text, a map of FrozenLake, or one of another tool."""
        self.assign.close()
        try:
            self.take(parse_draft(text, title))
        except WorldError as problem:
            self._offer_foreign(text, problem, title)

    def _offer_foreign(self, text: str, problem: WorldError, title: str = "Map") -> None:
        """Take a text without a header as a map of another tool, unless all its letters have a meaning here."""
        if ":" in text or set("".join(text.splitlines())) <= SYMBOLS.keys():
            self.refuse(str(problem))
            return
        try:
            if is_frozen_lake(rows := foreign_rows(text)):
                self.take(frozen_lake(rows, title))
            else:
                self.assign.ask(rows, title)
                self.report("")
        except WorldError as other:
            self.refuse(str(other))

    def take(self, draft: Draft) -> None:
        """Go on with another draft; one that is too large is refused."""
        if draft.rows * draft.columns > MOST_CELLS:
            self.refuse(
                f"The map has {draft.rows * draft.columns:,} cells; up to {MOST_CELLS:,} can be edited here. "
                "Edit a larger one as a file, and load it by the command line."
            )
            return
        if draft == self.history.draft:
            self._show()
            return
        self.history.do(draft)
        self._show()
        self._changed(draft, True)

    def follow(self, draft: Draft) -> None:
        """Show a world that came from elsewhere: it is the present draft, and can be undone."""
        if draft != self.history.draft:
            self.history.do(draft)
            self._stroke = None
            self._show()
            self._changed(draft, False)

    def _go_to(self, move: Callable[[], Draft]) -> None:
        before, draft = self.history.draft, move()
        self._show()
        if draft != before:
            self._changed(draft, True)

    def _show(self) -> None:
        """Let the text, the forms and the buttons show the present draft."""
        self.text.write(format_world(self.history.draft))
        self.undo.disabled, self.redo.disabled = not self.history.can_undo, not self.history.can_redo
        self._show_forms()

    def _show_forms(self) -> None:
        for form in self._made.values():
            if isinstance(form, SizeForm | LetterForm):
                form.show(self.history.draft)

    def report(self, text: str) -> None:
        """Show what holds, or what comes next."""
        self._report.object = fill('<div class="hint" role="status">{}</div>', text) if text else ""

    def refuse(self, sentence: str) -> None:
        """Show why something can't be."""
        self._report.object = problem_html(sentence)
