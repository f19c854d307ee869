"""Where states lie on a map, for drawing them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

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

    def __repr__(self) -> str:
        maps = "a map" if self.panels == 1 else f"{self.panels} maps"
        return f"<Layout: {maps} of {self.rows} × {self.columns} cells>"

    @property
    def panels(self) -> int:
        return self.kinds.shape[0]

    @property
    def rows(self) -> int:
        return self.kinds.shape[1]

    @property
    def columns(self) -> int:
        return self.kinds.shape[2]

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.kinds.nbytes + self.states.nbytes

    def cell_of(self, n_states: int) -> np.ndarray:
        """Return the first cell that shows each state, int64 [S], panel by panel; -1 for a state that none shows."""
        states, cells = self.states.ravel(), np.full(n_states, -1)
        shown = np.flatnonzero(states >= 0)[::-1]
        cells[states[shown]] = shown
        return cells

    def place(self, cell: int) -> str:
        """Return the place of a cell in words."""
        panel, place = divmod(cell, self.rows * self.columns)
        return f"{self.titles[panel]}: row {place // self.columns}, column {place % self.columns}"

    def misfit(self, n_states: int, n_actions: int) -> str:
        """Return the reason why it can't be used for a world of this size, as a predicate; "" if it fits."""
        for name, array, low, high in (("kinds", self.kinds, 0, max(Kind)), ("states", self.states, -1, n_states - 1)):
            if not isinstance(array, np.ndarray) or array.dtype.kind not in "iu" or array.ndim != 3 or not array.size:
                return f"has {name} that are not an array of whole numbers [panels, rows, columns]"
            if array.min() < low or array.max() > high:
                return f"has {name} outside {low} to {high}"
        if self.states.shape != self.kinds.shape:
            return f"has kinds of shape {self.kinds.shape} and states of shape {self.states.shape}; they must agree"
        if len(self.titles) != self.panels or not all(isinstance(title, str) for title in self.titles):
            return f"has the titles {self.titles!r:.60} for {self.panels} panels; each needs a text"
        if len(self.directions) != n_actions or not all(_is_direction(aim) for aim in self.directions):
            return f"has the directions {self.directions!r:.60}; {n_actions} actions need (row, column) or None each"
        if not all(isinstance(fence, tuple) and len(fence) == 4 for fence in self.fences):
            return "has a fence that is not (x0, y0, x1, y1)"
        return ""


def _is_direction(aim: object) -> bool:
    return aim is None or (isinstance(aim, tuple) and len(aim) == 2 and all(isinstance(part, int) for part in aim))
