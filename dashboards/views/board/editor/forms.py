"""The forms beside the palette: rows, columns and wind; the letters of a world; what another tool's letters mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.number_field import TypedText
from dashboards.style.buttons import on_press
from dashboards.style.choice import choice
from dashboards.style.widgets import LABELLED, OUTLINE_SX, html, row, stack
from dashboards.views.board.editor.tools import read_reward
from gridworld.errors import WorldError
from gridworld.worlds import edit
from gridworld.worlds.checks import shown
from gridworld.worlds.foreign import letters_of, likely_meaning, translated
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.world import Draft

Attempt = Callable[[Callable[[Draft], Draft]], None]
"""Makes an edit of the present draft; why it is refused is shown."""
KINDS = {
    "floor – the episode goes on": Kind.FLOOR,
    "wall – stops moves": Kind.WALL,
    "start – episodes begin here": Kind.START,
    "goal – ends with success": Kind.GOAL,
    "pit – ends without success": Kind.PIT,
    "cliff – back to a start": Kind.CLIFF,
    "exit – any action ends": Kind.EXIT,
}
SMALL: dict[str, Any] = {"size": "small", "margin": (7, 0, 3, 0)}
LONGEST_WIND = 2_000  # characters


def action(label: str, clicked: Callable[[], None]) -> pmui.Button:
    """Return a small button of a form."""
    look = {"size": "small", "variant": "outlined", "color": "default", "sx": OUTLINE_SX}
    button = pmui.Button(label=label, margin=0, height=32, **look)
    on_press(button, clicked)
    return button


class SizeForm:
    """Adds and removes rows and columns, and sets the wind."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.row, self.column = (TypedText(label=name, width=84, max_length=9, **SMALL) for name in ("Row", "Column"))
        self.wind = TypedText(label="Wind of each column, upwards", max_length=LONGEST_WIND, size="small", **LABELLED)
        self.wind.param.watch(lambda event: self._blown(event.new), "value")
        self._showing = False
        self.panel = stack(
            row(
                self.row,
                self._button(self.row, edit.add_row, "Add row"),
                self._remove(self.row, edit.remove_row, "row"),
            ),
            row(
                self.column,
                self._button(self.column, edit.add_column, "Add column"),
                self._remove(self.column, edit.remove_column, "column"),
            ),
            html('<div class="hint">Counted from 0; what is added goes before that row or column.</div>'),
            self.wind,
            gap="4px",
        )

    def show(self, draft: Draft) -> None:
        """Show a draft's wind, and the number behind the last row and column."""
        self._showing = True
        self._draft = draft
        self.row.write(str(draft.rows))
        self.column.write(str(draft.columns))
        self.wind.write(" ".join(map(str, draft.wind or (0,) * draft.columns)))
        self._showing = False

    def _button(self, field: TypedText, change: Callable[[Draft, int], Draft], label: str) -> pmui.Button:
        return action(label, lambda: self._attempt(lambda draft: change(draft, place_of(field, draft, ends=True))))

    def _remove(self, field: TypedText, change: Callable[[Draft, int], Draft], name: str) -> pmui.Button:
        return action(
            f"Remove {name}", lambda: self._attempt(lambda draft: change(draft, place_of(field, draft, ends=False)))
        )

    def _blown(self, text: str) -> None:
        if not self._showing:
            self._attempt(lambda draft: blown(draft, text))


def place_of(field: TypedText, draft: Draft, *, ends: bool) -> int:
    """Return the row or column that a field names; with `ends` also the place behind the last one.

    Raises
    ------
    WorldError
        If there is no such row or column.
    """
    what, count = field.label.lower(), draft.rows if field.label == "Row" else draft.columns
    last = count if ends else count - 1
    if not field.value.strip().isdecimal() or int(field.value) > last:
        if not ends and field.value.strip() == str(count):
            return last  # what the field shows at first is the place behind the last one
        raise WorldError(f"There is no {what} {shown(field.value)}; give a whole number from 0 to {last}.")
    return int(field.value)


def blown(draft: Draft, text: str) -> Draft:
    """Return a draft with the wind that was typed: a whole number for each column, or nothing. Raises WorldError."""
    words = text.replace(",", " ").replace("−", "-").split()
    if words and len(words) != draft.columns:
        raise WorldError(
            f"The wind has {len(words)} numbers; the map has {draft.columns} columns. Give one for each, or none."
        )
    for column, word in enumerate(words):
        if not word.removeprefix("-").isdecimal() or len(word) > 8:
            raise WorldError(f"The wind of column {column} is {shown(word)}; it must be a whole number of cells.")
        draft = edit.blow(draft, column, int(word))
    return draft if words else edit.calm(draft)


class LetterForm:
    """Changes what a letter stands for: its kind, with which the episode ends or goes on, and its reward."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt, self._showing = attempt, False
        self.letter = choice("Letter", small=True, options={"S": "S"}, **LABELLED)
        self.kind = choice("Stands for", small=True, options=KINDS, **LABELLED)
        self.reward = TypedText(label="Reward (empty: the step reward)", max_length=40, size="small", **LABELLED)
        self.letter.param.watch(lambda event: self._show_letter(), "value")
        self.panel = stack(self.letter, self.kind, self.reward, row(action("Change letter", self._change)), gap="4px")

    def show(self, draft: Draft) -> None:
        """Offer the letters of a draft."""
        self._draft, self._showing = draft, True
        options = {described(letter, symbol): letter for letter, symbol in draft.symbols}
        chosen = self.letter.value if self.letter.value in options.values() else next(iter(options.values()))
        self.letter.param.update(options=options, value=chosen)
        self._showing = False
        self._show_letter()

    def _show_letter(self) -> None:
        if self._showing:
            return
        symbol = dict(self._draft.symbols)[self.letter.value]
        is_jump = symbol.kind is Kind.JUMP
        kinds = {f"jump – to the cell marked {symbol.target}": Kind.JUMP} if is_jump else KINDS
        self.kind.param.update(options=kinds, value=symbol.kind)
        self.reward.write("" if symbol.reward is None else f"{symbol.reward:.10g}")

    def _change(self) -> None:
        letter = self.letter.value

        def changed(draft: Draft) -> Draft:
            target = dict(draft.symbols)[letter].target
            symbol = Symbol(self.kind.value, read_reward(self.reward.value), target)
            return edit.redefine(draft, letter, symbol)

        self._attempt(changed)


def described(letter: str, symbol: Symbol) -> str:
    """Return a letter with what it stands for, as a list shows it."""
    words = (
        symbol.kind.name.lower(),
        symbol.target and f"to {symbol.target}",
        "" if symbol.reward is None else f"{symbol.reward:g}",
    )
    return f"{letter}  {' '.join(filter(None, words))}"


class AssignForm:
    """Asks what each letter of another tool's map stands for, and calls `use(draft)` with the world it then is."""

    def __init__(self, use: Callable[[Draft], None], refuse: Callable[[str], None]) -> None:
        self._use, self._refuse = use, refuse
        self._rows: tuple[str, ...] = ()
        self.choices: dict[str, Any] = {}
        self.panel = stack(gap="2px")
        self.panel.visible = False

    def ask(self, rows: Sequence[str], title: str) -> None:
        """Ask for the letters of a map."""
        self._rows, self._title = tuple(rows), title
        meanings = {name.partition(" –")[0]: kind for name, kind in KINDS.items()}
        self.choices = {
            letter: choice(
                f"Letter {letter}" if letter.strip() else "Blank",
                small=True,
                options=meanings,
                value=likely_meaning(letter).kind,
                **LABELLED,
            )
            for letter in letters_of(self._rows)
        }
        head = html('<div class="hint">The map has letters of another tool. What does each stand for?</div>')
        buttons = row(action("Use this map", self._take), action("Cancel", self.close))
        fields = stack(
            *self.choices.values(), display="grid", grid_template_columns="repeat(auto-fill, minmax(110px, 1fr))"
        )
        self.panel.param.update(objects=[head, fields, buttons], visible=True)

    def close(self) -> None:
        """Ask no more."""
        self.panel.param.update(objects=[], visible=False)

    def _take(self) -> None:
        usual = {symbol.kind: symbol for symbol in SYMBOLS.values()}
        meaning = {letter: usual.get(field.value, Symbol(field.value)) for letter, field in self.choices.items()}
        try:
            draft = translated(self._rows, meaning, self._title)
        except WorldError as problem:
            self._refuse(str(problem))
            return
        self.close()
        self._use(draft)
