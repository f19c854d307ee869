"""A watch that takes note of what a run has learned lately, for what shows it; it never stops a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gridworld.compiled import rule
from gridworld.training.followed_values import let_loops_write
from gridworld.training.watch import FOUND, Watch

LATELY = 10_000  # steps
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class RecentUpdates:
    """What the last `LATELY` steps of a run did to its action values."""

    count: np.ndarray  # int64 [S, A]: how many steps took the action
    error: np.ndarray  # float64 [S, A]: the sum of their absolute TD errors
    squared_error: np.ndarray  # float64 [S, A]: the sum of the squares of these
    age: np.ndarray  # int64 [S]: how many steps ago a value was written last, 1: in the last step; at most `LATELY`


class StampedTable(NamedTuple):
    """The action values as `learn` sees them under such a watch."""

    values: Any  # float64 [S, A]
    shape: tuple[int, int]
    written: Any  # int64 [S]: in which step a value was written last, counted from 1
    clock: Any  # int64 [1]: the step that goes on

    def __getitem__(self, place: Any) -> Any:
        return self.values[place]

    def __setitem__(self, place: Any, value: float) -> None:
        write(self, place, value)


@rule
def write(table, place, value):
    """Write an action value, and when."""
    table.values[place] = value
    table.written[place[0]] = table.clock[0]


@rule
def stamping(tables, watch):
    """Return the tables with action values that note when they are written."""
    Q, shape = tables[0], (tables[0].shape[0], tables[0].shape[1])
    return (StampedTable(Q, shape, watch[3], watch[4]),) + tables[1:]  # noqa: RUF005  numba can't unpack here


@rule
def notices_updates(watch, m, step, td_error, episode_return, ending, n):
    """Put the step into the ring of the last ones."""
    _, pairs, errors, _, clock = watch
    here = n % pairs.shape[0]
    pairs[here] = step.state * m.N.shape[1] + step.action
    errors[here] = td_error
    clock[0] = n + 1
    return False


let_loops_write(StampedTable, write)


class UpdateWatch(Watch):
    """Keeps the last steps of a run, and when the values of each state were written. It changes no bit of the run."""

    rule: ClassVar[Callable[..., bool]] = staticmethod(notices_updates)
    watched: ClassVar[Callable[..., tuple]] = staticmethod(stamping)

    def __init__(self) -> None:
        super().__init__(NOWHERE)
        self._whole[FOUND] = NOWHERE
        self._pairs, self._errors = np.full(LATELY, NOWHERE, np.int64), np.zeros(LATELY)
        self._written, self._clock = np.zeros(0, np.int64), np.zeros(1, np.int64)

    def attach(self, session: Any) -> tuple[np.ndarray, ...]:
        """Return the arrays for the loop, from a session as it is now; what was noted before stays."""
        if not len(self._written):
            self._shape = session.tables.Q.shape
            self._written = np.full(self._shape[0], -LATELY, np.int64)
        self._clock[0] = session.step + 1
        return self._whole, self._pairs, self._errors, self._written, self._clock

    def updates(self) -> RecentUpdates:
        """Return what the last steps did, by now."""
        taken = self._pairs >= 0
        pairs, errors = self._pairs[taken], self._errors[taken]
        number = self._shape[0] * self._shape[1]

        def by_pair(weights: np.ndarray | None) -> np.ndarray:
            return np.bincount(pairs, weights, number).reshape(self._shape)

        age = np.minimum(self._clock[0] - self._written, LATELY)
        return RecentUpdates(by_pair(None), by_pair(errors), by_pair(errors**2), age)
