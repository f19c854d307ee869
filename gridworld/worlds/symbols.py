"""What a map is written with: letters, what each stands for, and the four ways to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gridworld.worlds.layout import Kind

ACTIONS = ("up", "right", "down", "left")
DIRECTIONS = ((-1, 0), (0, 1), (1, 0), (0, -1))


@dataclass(frozen=True)
class Symbol:
    """What a letter of a map stands for. `reward` None: the step reward. A jump leads to the cell marked `target`."""

    kind: Kind
    reward: float | None = None
    target: str = ""


USUAL_REWARDS = {Kind.GOAL: 1.0, Kind.PIT: -1.0, Kind.CLIFF: -1.0}
"""The reward of a letter of such a kind that the text of a world gives none; any other kind has the step reward."""

SYMBOLS = {
    ".": Symbol(Kind.FLOOR),
    "#": Symbol(Kind.WALL),
    "S": Symbol(Kind.START),
    "G": Symbol(Kind.GOAL, USUAL_REWARDS[Kind.GOAL]),
    "P": Symbol(Kind.PIT, USUAL_REWARDS[Kind.PIT]),
    "C": Symbol(Kind.CLIFF, USUAL_REWARDS[Kind.CLIFF]),
}


@dataclass(frozen=True, eq=False)
class Legend:
    """What the letters that a world knows stand for, in the order of their code points.

    The letter that a jump leads to is floor unless it has a meaning of its own.
    """

    letters: list[str]  # [L]
    alphabet: np.ndarray  # uint32 [L], their code points
    kind: np.ndarray  # uint8 [L], values of `Kind`
    reward: np.ndarray  # float64 [L], NaN where a letter has no reward of its own
    target: np.ndarray  # int64 [L], the place in the alphabet of the letter that a jump leads to; 0 for the others

    @classmethod
    def of(cls, symbols: Iterable[tuple[str, Symbol]]) -> Legend:
        """Return the legend of a world's symbols."""
        known = dict(symbols)
        letters = sorted(set(known) | {symbol.target for symbol in known.values() if symbol.target})
        place = {letter: i for i, letter in enumerate(letters)}
        meanings = [known.get(letter, Symbol(Kind.FLOOR)) for letter in letters]
        return cls(
            letters=letters,
            alphabet=np.array([ord(letter) for letter in letters], np.uint32),
            kind=np.array([symbol.kind for symbol in meanings], np.uint8),
            reward=np.array([np.nan if symbol.reward is None else symbol.reward for symbol in meanings]),
            target=np.array([place.get(symbol.target, 0) for symbol in meanings]),
        )

    def read(self, rows: tuple[str, ...]) -> np.ndarray:
        """Return the place in the alphabet of each letter of a map, int64 [rows, columns]; all must be known."""
        letters = np.array(rows).view(np.uint32).reshape(len(rows), -1)
        return np.searchsorted(self.alphabet, letters)
