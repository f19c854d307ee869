"""What is kept of runs: sums over its episodes, and curves of a few hundred points."""

from __future__ import annotations

from math import inf, nan

import numpy as np

from gridworld.compiled import CAN_COMPILE, compile_loop
from gridworld.runs.history import EPISODES
from gridworld.training.loop import WINDOW, arguments

MOST_POINTS = 400
ENDS = 100  # episodes at the beginning and at the end that have means of their own
_COLUMNS = list(EPISODES.columns)
STEP, RETURN, LENGTH, SUCCESS, ROLLING = (
    _COLUMNS.index(name) for name in ("step", "return", "length", "success", "mean_return")
)
# where the figures of a run stand
EPISODES_ENDED, TOTAL_RETURN, TOTAL_LENGTH, SUCCESSES, FIRST_RETURNS, REACHED, PLACE = range(7)


class Axis:
    """How a curve's points cut a run: evenly by episode, or by step where a run ends after a number of steps.

    A point covers the episodes whose number, or whose last step, is above the edge before and up to its own.
    """

    def __init__(self, episodes: int, steps: int, points: int = MOST_POINTS) -> None:
        total = episodes or steps
        self.unit = "episode" if episodes else "step"
        self.points = min(points, total)
        self.edges = -(-np.arange(1, self.points + 1, dtype=np.int64) * total // self.points)


def _add_rows(rows, run, edges, by_step, threshold, sums, last, figures):
    """Add finished episodes of a run, in the columns of `EPISODES`, to the sums at their points and to its figures."""
    place, episode = int(figures[run, PLACE]), int(figures[run, EPISODES_ENDED])
    returns, lengths, successes = figures[run, TOTAL_RETURN], figures[run, TOTAL_LENGTH], figures[run, SUCCESSES]
    first, reached, slot = figures[run, FIRST_RETURNS], figures[run, REACHED], episode % ENDS
    for row in range(rows.shape[0]):
        value, length = rows[row, RETURN], rows[row, LENGTH]
        number = rows[row, STEP] if by_step else episode + 1
        while edges[place] < number:
            place += 1
        sums[run, 0, place] += 1.0
        sums[run, 1, place] += value
        sums[run, 2, place] += length
        returns += value
        lengths += length
        successes += rows[row, SUCCESS]
        if episode < ENDS:
            first += value
        last[run, slot] = value
        slot = slot + 1 if slot + 1 < ENDS else 0
        episode += 1
        if reached == inf and episode >= WINDOW and rows[row, ROLLING] >= threshold:
            reached = rows[row, STEP]
    figures[run, PLACE], figures[run, EPISODES_ENDED] = place, episode
    figures[run, TOTAL_RETURN], figures[run, TOTAL_LENGTH], figures[run, SUCCESSES] = returns, lengths, successes
    figures[run, FIRST_RETURNS], figures[run, REACHED] = first, reached


def _average(sums, curves):
    """Fill curves with the mean return and the mean length at each point of each run, nan where no episode ended."""
    for run in range(sums.shape[0]):
        for point in range(sums.shape[2]):
            count = sums[run, 0, point]
            for kind in range(2):
                curves[kind, run, point] = sums[run, kind + 1, point] / count if count > 0 else nan


_add_rows_compiled = compile_loop(_add_rows) if CAN_COMPILE else _add_rows
_average_compiled = compile_loop(_average) if CAN_COMPILE else _average


class Tallies:
    """Sums over the episodes of each of several runs, in the order in which they ended.

    A run reaches its `threshold` where the mean return of its last 50 episodes first does; never is infinite. What is
    a mean over episodes is nan in a run in which none ended.
    """

    def __init__(self, axis: Axis, runs: int, threshold: float | None, compiled: bool = CAN_COMPILE) -> None:
        self._sums = np.zeros((runs, 3, axis.points))  # episodes, returns and lengths at each point
        self._last = np.zeros((runs, ENDS))  # returns of the last episodes, by episode modulo 100
        self._figures = np.zeros((runs, 7))
        self._compiled = compiled and CAN_COMPILE
        edges, *kept = arguments((axis.edges, self._sums, self._last, self._figures), self._compiled)
        self._arguments = (edges, axis.unit == "step", inf if threshold is None else float(threshold), *kept)
        self.begin_again()

    def begin_again(self) -> None:
        """Forget all runs. (Memory that was used is faster than new one.)"""
        for array in (self._sums, self._last, self._figures):
            array.fill(0.0)
        self._figures[:, REACHED] = inf

    def add(self, run: int, rows: np.ndarray) -> None:
        """Add finished episodes of a run, float64 [n, C] in the columns of `EPISODES`, one a row."""
        if self._compiled:
            _add_rows_compiled(rows, run, *self._arguments)
        elif len(rows):
            _add_rows(arguments((rows,), False)[0], run, *self._arguments)

    @property
    def episodes(self) -> np.ndarray:
        """Episodes that have ended, float64 [runs]."""
        return self._figures[:, EPISODES_ENDED]

    def mean(self, figure: int) -> np.ndarray:
        """Return TOTAL_RETURN, TOTAL_LENGTH or SUCCESSES as the mean over all episodes, float64 [runs]."""
        return _divided(self._figures[:, figure], self.episodes)

    @property
    def first_return(self) -> np.ndarray:
        """The mean return of the first 100 episodes, float64 [runs]."""
        return _divided(self._figures[:, FIRST_RETURNS], np.minimum(self.episodes, ENDS))

    @property
    def last_return(self) -> np.ndarray:
        """The mean return of the last 100 episodes, float64 [runs]."""
        return _divided(self._last.sum(1), np.minimum(self.episodes, ENDS))

    @property
    def steps_to_threshold(self) -> np.ndarray:
        """The step at which each run first reached the threshold, float64 [runs]."""
        return self._figures[:, REACHED].copy()

    def curves(self) -> np.ndarray:
        """Return the mean return and the mean length at each point, float32 [2, runs, points]; nan where none ended."""
        means = np.empty((2, *self._sums[:, 0].shape), np.float32)
        average = _average_compiled if self._compiled else _average
        average(*arguments((self._sums, means), self._compiled))
        return means


def _divided(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return sums / counts, nan where nothing was counted."""
    with np.errstate(invalid="ignore"):
        return sums / counts
