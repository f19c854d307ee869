"""Edits of a world: each takes a draft and returns another, and a history takes them back."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace

import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, USUAL_REWARDS, Symbol
from gridworld.worlds.world import Draft, World

Cell = tuple[int, int]
"""Row and column, counted from 0."""

LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "!$%&*+/<=>?@^_~"
"""What cells of a new meaning are marked with, as far as it is free; digits come first for floor with a reward."""
LANDABLE = Kind.FLOOR, Kind.START, Kind.JUMP
"""Kinds of the cells that a jump may lead to: an agent goes on from there."""
PAYING = Kind.FLOOR, Kind.START, Kind.GOAL, Kind.PIT, Kind.CLIFF, Kind.JUMP, Kind.EXIT
"""Kinds of the cells that can have a reward of their own."""


def usable(draft: Draft) -> World:
    """Return the world of a draft.

    Raises
    ------
    WorldError
        In one sentence, why no agent can be trained in it.
    """
    return World(**{field.name: getattr(draft, field.name) for field in fields(Draft)})


def drafted(world: Draft) -> Draft:
    """Return a world as a draft."""
    return Draft(**{field.name: getattr(world, field.name) for field in fields(Draft)})


def obstacles(draft: Draft, at: int = 0) -> np.ndarray:
    """Return the cells of a map that make a world unusable, int64, row by row: those from which no goal can be reached,
    and jumps that lead nowhere or to several cells."""
    rows = draft.maps[at][1]
    text, known = "".join(rows), dict(draft.symbols)
    astray = {
        letter
        for letter, symbol in draft.symbols
        if symbol.kind is Kind.JUMP and letter in text and text.count(symbol.target) != 1
    }
    jumps = [place for place, letter in enumerate(text) if letter in astray and known[letter].kind is Kind.JUMP]
    return np.union1d(draft.terrains[at][1].stranded, np.array(jumps, np.int64)).astype(np.int64)


def letter_at(draft: Draft, cell: Cell, at: int = 0) -> str:
    """Return the letter of a cell."""
    return draft.maps[at][1][cell[0]][cell[1]]


def symbol_at(draft: Draft, cell: Cell, at: int = 0) -> Symbol:
    """Return what a cell stands for; the cell that a jump leads to is floor, unless its letter has a meaning."""
    return dict(draft.symbols).get(letter_at(draft, cell, at), Symbol(Kind.FLOOR))


def paint(draft: Draft, cells: Iterable[Cell], symbol: Symbol, at: int = 0) -> Draft:
    """Let cells of a map stand for something. One that a jump leads to stays that, where an agent can go on from it."""
    return _repainted(draft, cells, lambda before: symbol, at)


def pay(draft: Draft, cells: Iterable[Cell], reward: float | None, at: int = 0) -> Draft:
    """Give cells of a map a reward of their own, or the usual one (None); walls have none and stay as they are."""

    def paid(before: Symbol) -> Symbol:
        return replace(before, reward=reward) if before.kind in PAYING else before

    return _repainted(draft, cells, paid, at)


def link(draft: Draft, origin: Cell, target: Cell, reward: float | None = None, at: int = 0) -> Draft:
    """Let every action in one cell lead to another one.

    Raises
    ------
    WorldError
        If it is the same cell, or the agent couldn't go on from there.
    """
    if origin == target:
        raise WorldError("A jump leads to another cell; choose one.")
    landing = symbol_at(draft, target, at)
    if landing.kind not in LANDABLE:
        raise WorldError(f"A jump leads to floor, to a start or to another jump, not to a {landing.kind.name.lower()}.")
    letter = letter_at(draft, target, at)
    if letter not in _targets(draft) or "".join(draft.maps[at][1]).count(letter) != 1:
        letter = _free_letter(draft, string.ascii_lowercase)
        draft = replace(draft, symbols=(*draft.symbols, (letter, landing)))
        draft = _placed(draft, {target: letter}, at)
    return paint(draft, [origin], Symbol(Kind.JUMP, reward, letter), at)


def redefine(draft: Draft, letter: str, symbol: Symbol) -> Draft:
    """Let a letter stand for something else, wherever it is on the maps."""
    known = {**dict(draft.symbols), letter: _written(symbol)}
    return _tidied(replace(draft, symbols=tuple(known.items())))


def blow(draft: Draft, column: int, lift: int) -> Draft:
    """Set the wind of a column: by how many cells it lifts a move that starts there; negative numbers blow down."""
    wind = list(draft.wind or (0,) * draft.columns)
    wind[column] = lift
    return replace(draft, wind=tuple(wind) if any(wind) else ())


def calm(draft: Draft) -> Draft:
    """Take the wind of all columns away."""
    return replace(draft, wind=())


def add_row(draft: Draft, before: int) -> Draft:
    """Add a row of floor before a row, or below the last one."""
    draft, floor = _lettered(draft, Symbol(Kind.FLOOR))
    return _with_rows(draft, lambda rows: (*rows[:before], floor * draft.columns, *rows[before:]), draft.wind)


def remove_row(draft: Draft, row: int) -> Draft:
    """Take a row away. Raises WorldError if it is the only one."""
    if draft.rows == 1:
        raise WorldError("A map has at least one row; this one stays.")
    return _tidied(_with_rows(draft, lambda rows: (*rows[:row], *rows[row + 1 :]), draft.wind))


def add_column(draft: Draft, before: int) -> Draft:
    """Add a column of floor, without wind, before a column, or to the right of the last one."""
    draft, floor = _lettered(draft, Symbol(Kind.FLOOR))
    wind = draft.wind and (*draft.wind[:before], 0, *draft.wind[before:])
    return _with_rows(draft, lambda rows: tuple(f"{row[:before]}{floor}{row[before:]}" for row in rows), wind)


def remove_column(draft: Draft, column: int) -> Draft:
    """Take a column away, with its wind. Raises WorldError if it is the only one."""
    if draft.columns == 1:
        raise WorldError("A map has at least one column; this one stays.")
    wind = (*draft.wind[:column], *draft.wind[column + 1 :])
    shorter = _with_rows(
        draft, lambda rows: tuple(row[:column] + row[column + 1 :] for row in rows), wind if any(wind) else ()
    )
    return _tidied(shorter)


class EditHistory:
    """A draft, and the drafts before and after it: at most `most` to go back to."""

    def __init__(self, draft: Draft, most: int = 500) -> None:
        self._kept, self._place, self._most = [draft], 0, most

    @property
    def draft(self) -> Draft:
        """The present one."""
        return self._kept[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is a draft before."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a draft that was undone."""
        return self._place + 1 < len(self._kept)

    def do(self, draft: Draft) -> None:
        """Go on with another draft; what was undone is forgotten. The same draft again is no edit."""
        if draft == self.draft:
            return
        self._kept = [*self._kept[: self._place + 1], draft][-self._most - 1 :]
        self._place = len(self._kept) - 1

    def undo(self) -> Draft:
        """Go back to the draft before, if there is one; return the present one."""
        self._place = max(0, self._place - 1)
        return self.draft

    def redo(self) -> Draft:
        """Go on to the draft that was undone last, if there is one; return the present one."""
        self._place = min(len(self._kept) - 1, self._place + 1)
        return self.draft


def _repainted(draft: Draft, cells: Iterable[Cell], changed: Callable[[Symbol], Symbol], at: int) -> Draft:
    """Return a draft in which each of some cells stands for what `changed` makes of what it stood for."""
    letters: dict[Cell, str] = {}
    for cell in dict.fromkeys(cells):
        before = symbol_at(draft, cell, at)
        after = _written(changed(before))
        letter = letter_at(draft, cell, at)
        if after == before:
            continue
        if letter in _targets(draft) and after.kind in LANDABLE:
            draft = redefine(draft, letter, after)
            continue
        draft, letters[cell] = _lettered(draft, after)
    return _tidied(_placed(draft, letters, at))


def _written(symbol: Symbol) -> Symbol:
    """Return what the text of a world means by a symbol: a goal, pit or cliff without a reward has the usual one."""
    usual = USUAL_REWARDS.get(symbol.kind)
    return replace(symbol, reward=usual) if symbol.reward is None and usual is not None else symbol


def _lettered(draft: Draft, symbol: Symbol) -> tuple[Draft, str]:
    """Return a letter that stands for something, and the draft in which it does; none that a jump leads to."""
    targets = _targets(draft)
    for letter, known in draft.symbols:
        if known == symbol and letter not in targets:
            return draft, letter
    letter = _free_letter(draft, string.digits if symbol.kind is Kind.FLOOR else "")
    return replace(draft, symbols=(*draft.symbols, (letter, symbol))), letter


def _free_letter(draft: Draft, first: str = "") -> str:
    """Return a letter that has no meaning yet, one of the `first` if one of them is free."""
    taken = set(dict(draft.symbols)) | _targets(draft)
    free = next((letter for letter in first + LETTERS if letter not in taken), None)
    if free is None:
        raise WorldError(
            f"All {len(LETTERS)} letters that a map is marked with are taken; use a meaning that exists already."
        )
    return free


def _targets(draft: Draft) -> set[str]:
    """Return the letters that jumps lead to."""
    return {symbol.target for _, symbol in draft.symbols if symbol.target}


def _placed(draft: Draft, letters: Mapping[Cell, str], at: int) -> Draft:
    """Return a draft with letters in cells of a map."""
    if not letters:
        return draft
    step, rows = draft.maps[at]
    grid = [list(row) for row in rows]
    for (row, column), letter in letters.items():
        grid[row][column] = letter
    return replace(draft, maps=(*draft.maps[:at], (step, tuple(map("".join, grid))), *draft.maps[at + 1 :]))


def _with_rows(draft: Draft, change: Callable[[tuple[str, ...]], tuple[str, ...]], wind: tuple[int, ...]) -> Draft:
    """Return a draft whose maps have other rows, all of them changed alike."""
    return replace(draft, maps=tuple((step, change(rows)) for step, rows in draft.maps), wind=wind)


def _tidied(draft: Draft) -> Draft:
    """Drop the jumps that are on no map; the cells to which nothing leads any more have plain letters again."""
    text = "".join("".join(rows) for _, rows in draft.maps)
    kept = tuple((letter, symbol) for letter, symbol in draft.symbols if symbol.kind is not Kind.JUMP or letter in text)
    if kept == draft.symbols:
        return draft
    targets = {symbol.target for _, symbol in kept if symbol.target}
    known, maps = dict(kept), draft.maps
    for letter in sorted(_targets(draft) - targets - set(SYMBOLS)):
        meaning = known.get(letter, Symbol(Kind.FLOOR))
        plain = next((other for other, same in kept if same == meaning and other not in {letter, *targets}), None)
        if plain is None:
            known[letter] = meaning
        else:
            maps = tuple((step, tuple(row.replace(letter, plain) for row in rows)) for step, rows in maps)
            known.pop(letter, None)
    return replace(draft, symbols=tuple(known.items()), maps=maps)
