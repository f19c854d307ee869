"""Where states lie on a map, for whoever draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np


class Kind(IntEnum):
    """What a cell is."""

    FLOOR = 0
    WALL = 1
    START = 2
    GOAL = 3
    PIT = 4
    CLIFF = 5
    JUMP = 6
    EXIT = 7


@dataclass(frozen=True, eq=False)
class Layout:
    """One or more panels of equal size, each a map whose cells show a state (Taxi has a panel per passenger and goal).

    `fences` are thin walls between cells, each a segment (x0, y0, x1, y1) in cells, y downwards. `directions` gives
    for each action the (row, column) it aims at, or None where it aims nowhere.
    """

    kinds: np.ndarray  # uint8 [P, rows, columns], values of `Kind`
    states: np.ndarray  # int64 [P, rows, columns], -1 where a cell shows no state
    directions: tuple[tuple[int, int] | None, ...]  # [A]
    titles: tuple[str, ...] = ("",)  # [P], or one empty one for all
    fences: tuple[tuple[float, float, float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.titles == ("",):
            object.__setattr__(self, "titles", ("",) * self.panels)

    @property
    def panels(self) -> int:
        return self.kinds.shape[0]

    @property
    def rows(self) -> int:
        return self.kinds.shape[1]

    @property
    def columns(self) -> int:
        return self.kinds.shape[2]

    @cached_property
    def cells(self) -> dict[int, tuple[int, int, int]]:
        """State -> (panel, row, column) of the first cell that shows it."""
        found = np.argwhere(self.states >= 0)[::-1]
        return {int(self.states[tuple(cell)]): (int(cell[0]), int(cell[1]), int(cell[2])) for cell in found}
