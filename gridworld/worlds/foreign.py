"""Maps of other tools: text whose letters are given a meaning one by one, and the maps of Gymnasium's FrozenLake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gridworld.errors import WorldError
from gridworld.worlds.checks import shown
from gridworld.worlds.edit import LETTERS
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.world import Draft

MAX_LETTERS = 40
MAX_FOREIGN = 200_000  # characters
_QUOTED = re.compile(r"""["']([^"']*)["']""")
_USUAL = {
    **SYMBOLS,
    **dict.fromkeys(" F_", SYMBOLS["."]),
    **dict.fromkeys("XW%+-|", SYMBOLS["#"]),
    "@": SYMBOLS["S"],
    "H": SYMBOLS["P"],
}
FROZEN_LAKE = {"S": SYMBOLS["S"], "F": SYMBOLS["."], "H": Symbol(Kind.PIT, 0.0), "G": SYMBOLS["G"]}
"""The letters of FrozenLake's maps; a hole ends the episode and costs nothing."""


def foreign_rows(text: str) -> tuple[str, ...]:
    """Return the rows of a map, the shorter ones filled up with blanks; a list of quoted rows is a map too.

    Raises
    ------
    WorldError
        If there is no map, or it is too large, or has too many letters to give each a meaning.
    """
    if len(text) > MAX_FOREIGN:
        raise WorldError(f"The map has {len(text):,} characters; at most {MAX_FOREIGN:,} can be read.")
    lines = _QUOTED.findall(text) if text.lstrip()[:1] in ("[", "(") else text.splitlines()
    lines = [line.rstrip() for line in lines]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    if not lines:
        raise WorldError("There is no map in the text; write at least one row of cells.")
    rows = tuple(line.ljust(max(map(len, lines))) for line in lines)
    if unseen := next((letter for row in rows for letter in row if not letter.isprintable()), ""):
        raise WorldError(f"The map has the character {unseen!a}, which can't be seen; write a blank or a letter there.")
    if len(found := letters_of(rows)) > MAX_LETTERS:
        raise WorldError(f"The map has {len(found)} different letters; at most {MAX_LETTERS} can be given a meaning.")
    return rows


def letters_of(rows: Iterable[str]) -> list[str]:
    """Return the letters of a map, in the order in which they come first; the blank is one of them."""
    return list(dict.fromkeys("".join(rows)))


def is_frozen_lake(rows: Iterable[str]) -> bool:
    """Return whether a map has the letters of FrozenLake's maps, and no others."""
    letters = set(letters_of(rows))
    return letters <= set(FROZEN_LAKE) and bool(letters & {"F", "H"})


def likely_meaning(letter: str) -> Symbol:
    """Return what a letter of another tool's map probably stands for: floor, where nothing is known of it."""
    return _USUAL.get(letter, SYMBOLS["."])


def translated(rows: tuple[str, ...], meaning: Mapping[str, Symbol], title: str = "") -> Draft:
    """Return the world of a map whose letters have the meanings of `meaning`; each of them must be in it.

    Raises
    ------
    WorldError
        If a letter has no meaning, or the meanings can't be used.
    """
    symbols, letters = dict(SYMBOLS), {}
    for letter in letters_of(rows):
        if letter not in meaning:
            raise WorldError(f"The letter {shown(letter)} of the map has no meaning yet; choose one for it.")
        known = next((ours for ours, symbol in symbols.items() if symbol == meaning[letter]), None)
        own = known or next(free for free in letter + LETTERS if free not in symbols and free.strip(": "))
        symbols[own], letters[letter] = meaning[letter], own
    table = str.maketrans(letters)
    maps = ((0, tuple(row.translate(table) for row in rows)),)
    return Draft(maps, tuple(symbols.items()), title=title, step_reward=-0.01)


def frozen_lake(rows: tuple[str, ...], title: str = "Frozen lake") -> Draft:
    """Return the world of a FrozenLake map: reward 1 at the goal and none elsewhere; moves don't slip."""
    lake = translated(rows, FROZEN_LAKE, title)
    return Draft(lake.maps, lake.symbols, title=title, step_reward=0.0)
