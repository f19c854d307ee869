"""Where moves lead on a map, and from where a goal can be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import DIRECTIONS, Legend

Wind = tuple[int, ...]  # a number a column, or none at all
_STAYING = [Kind.WALL, Kind.GOAL, Kind.PIT, Kind.CLIFF, Kind.JUMP, Kind.EXIT]


@dataclass(frozen=True, eq=False)
class MoveGrid:
    """One map as arrays: its S cells, row by row, and where a move in each of the four directions ends."""

    kinds: np.ndarray  # uint8 [S], values of `Kind`
    rewards: np.ndarray  # float64 [S], NaN where the step reward holds
    jumps: np.ndarray  # int32 [S], the cell that a jump leads to; 0 elsewhere
    landed: np.ndarray  # int32 [4, S], where a move ends; from every cell as if one could act there
    bumped: np.ndarray  # bool [4, S], whether a wall or an edge stopped it

    @classmethod
    def of(cls, legend: Legend, letters: np.ndarray, wind: Wind) -> MoveGrid:
        """Return the terrain of a map as the legend reads it, int64 [rows, columns]."""
        grid, letter = legend.kind[letters], letters.ravel()
        cells = np.arange(len(letter), dtype=np.int32)
        first = np.zeros(len(legend.alphabet), np.int32)  # the first cell with each letter
        first[letter[::-1]] = cells[::-1]
        jumps = np.where(grid.ravel() == Kind.JUMP, first[legend.target[letter]], 0)
        landed, bumped = _moves(grid == Kind.WALL, wind)
        return cls(grid.ravel(), legend.reward[letter], jumps, landed, bumped)

    @property
    def starts(self) -> np.ndarray:
        """The start cells."""
        return np.flatnonzero(self.kinds == Kind.START)

    def cut_off(self) -> int | None:
        """Return the first start from which no goal can be reached; None if there is none, or no goal at all."""
        goals = np.flatnonzero(self.kinds == Kind.GOAL)
        if not len(goals):
            return None
        reached = np.zeros(len(self.kinds) + 2, bool)
        reached[self._leading_to(goals)] = True
        lost = self.starts[~reached[self.starts]]
        return int(lost[0]) if len(lost) else None

    @property
    def stranded(self) -> np.ndarray:
        """The cells that an agent can be in and from which no goal can be reached; none where there is no goal."""
        goals = np.flatnonzero(self.kinds == Kind.GOAL)
        if not len(goals):
            return goals
        waits = np.isin(self.kinds, [Kind.FLOOR, Kind.START, Kind.JUMP])
        reached = self._leading_to(goals)
        waits[reached[reached < len(waits)]] = False
        return np.flatnonzero(waits)

    def _leading_to(self, goals: np.ndarray) -> np.ndarray:
        """Return the cells with a way to a goal: one search, backwards from all goals at once.

        Two nodes come after the cells: one that every cliff leads to and that leads to every start, and one that
        every goal leads to, from which the search begins.
        """
        count = len(self.kinds)
        fallen, end = count, count + 1
        following = self.landed.T.copy()
        staying = np.flatnonzero(np.isin(self.kinds, _STAYING))
        following[staying] = staying[:, None]
        following[self.kinds == Kind.CLIFF] = fallen
        following[goals] = end
        is_jump = self.kinds == Kind.JUMP
        following[is_jump] = self.jumps[is_jump, None]
        heads = np.concatenate((following.ravel(), self.starts.astype(np.int32)))
        first = np.concatenate((np.arange(0, following.size + 1, 4), [len(heads)] * 2)).astype(np.int32)
        forwards = scipy.sparse.csr_array((np.ones(len(heads), np.int8), heads, first), (count + 2, count + 2))
        return scipy.sparse.csgraph.breadth_first_order(forwards.T, end, return_predecessors=False)


def _moves(wall: np.ndarray, wind: Wind) -> tuple[np.ndarray, np.ndarray]:
    """Return the cell at which a move in each direction ends, int32 [4, S], and whether it was stopped, bool [4, S].

    A move to the side comes first, then up or down together with the wind of the column it started from.
    """
    row = np.arange(wall.shape[0], dtype=np.int32)[:, None]
    column = np.arange(wall.shape[1], dtype=np.int32)[None]
    lift = np.array(wind or [0] * wall.shape[1], np.int32)
    highest, lowest = _free_range(wall)
    landed, bumped = np.empty((4, *wall.shape), np.int32), np.zeros((4, *wall.shape), bool)
    for direction, (d_row, d_column) in enumerate(DIRECTIONS):
        fall = d_row - lift
        if d_column:
            beside = np.clip(column + d_column, 0, wall.shape[1] - 1)
            bumped[direction] = wall[:, beside[0]] | (beside == column)
            to = np.where(bumped[direction], column, beside)
            ends = np.clip(row + fall, highest[row, to], lowest[row, to]) if lift.any() else row
        else:
            to, ends = column, np.clip(row + fall, highest, lowest)
            bumped[direction] = (np.sign(fall) == d_row) & (ends == row)
        landed[direction] = ends * wall.shape[1] + to
    return landed.reshape(4, -1), bumped.reshape(4, -1)


def _free_range(wall: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the highest and the lowest row that a move from each cell can come to, int32 [rows, columns] each."""
    rows = len(wall)
    row = np.arange(rows, dtype=np.int32)[:, None]
    highest, lowest = np.zeros(wall.shape, np.int32), np.full(wall.shape, rows - 1, np.int32)
    highest[1:] = np.maximum.accumulate(np.where(wall, row + 1, 0), axis=0)[:-1]
    below = np.where(wall, row - 1, rows - 1)[::-1]
    lowest[:-1] = np.minimum.accumulate(below, axis=0)[::-1][1:]
    return highest, lowest
