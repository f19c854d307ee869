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


SYMBOLS = {
    ".": Symbol(Kind.FLOOR),
    "#": Symbol(Kind.WALL),
    "S": Symbol(Kind.START),
    "G": Symbol(Kind.GOAL, 1.0),
    "P": Symbol(Kind.PIT, -1.0),
    "C": Symbol(Kind.CLIFF, -1.0),
}


def kinds_of(rows: tuple[str, ...], symbols: Iterable[tuple[str, Symbol]]) -> np.ndarray:
    """uint8 [rows, columns]; the letter a jump leads to is floor unless it has a meaning of its own."""
    code = np.full(0x110000, Kind.FLOOR, np.uint8)
    for letter, symbol in symbols:
        code[ord(letter)] = symbol.kind
    return code[letters_of(rows)]


def letters_of(rows: tuple[str, ...]) -> np.ndarray:
    """The code points of a map: uint32 [rows, columns]."""
    return np.array(rows).view(np.uint32).reshape(len(rows), -1)
