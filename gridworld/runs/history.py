"""Bounded columns that still cover the whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gridworld.runs.frame import Columns, concatenate

Merge = Literal["sum", "min", "max", "last"]


@dataclass(frozen=True)
class Stream:
    """The columns of a log, and how two neighbouring rows become one when the log is full."""

    name: str
    columns: Mapping[str, Merge]
    counts: str | None = None  # the column that counts the records a row covers; None: each row appended is one
    whole: tuple[str, ...] = ()  # columns of whole numbers
    events: tuple[str, ...] = ()  # those of them that count what a record either is or is not

    def merge_pairs(self, rows: np.ndarray) -> np.ndarray:
        """Merge rows 0 and 1, 2 and 3, ...: float64 [n, C] -> float64 [ceil(n / 2), C]. A last odd row stays."""
        even = rows[: len(rows) // 2 * 2]
        merged = even[1::2].copy()
        for column, how in enumerate(self.columns.values()):
            first, second = even[::2, column], even[1::2, column]
            match how:
                case "sum":
                    merged[:, column] = first + second
                case "min":
                    merged[:, column] = np.minimum(first, second)
                case "max":
                    merged[:, column] = np.maximum(first, second)
        return np.concatenate([merged, rows[len(even) :]])


EPISODES = Stream(
    "episodes",
    {
        "episode": "last",  # number of the row's last episode, counted from 1
        "step": "last",  # steps done when it ended
        "episodes": "sum",  # how many episodes the row covers
        "return": "sum",
        "return_min": "min",
        "return_max": "max",
        "length": "sum",
        "epsilon": "last",
        "td_error": "sum",  # of each episode's mean absolute TD error
        "terminated": "sum",
        "success": "sum",
        "mean_return": "last",  # over the last 50 episodes
        "mean_length": "last",
    },
    counts="episodes",
    whole=("episode", "step", "episodes", "length", "terminated", "success"),
    events=("terminated", "success"),
)
"""One row an episode until the log is full; then a row covers two, four, ... episodes. Divide sums by `episodes`."""

EVALUATIONS = Stream(
    "evaluations",
    {
        "episode": "last",
        "greedy_return": "last",  # undiscounted; NaN where it isn't finite or isn't known
        "greedy_margin": "last",  # half the width of its 95% confidence interval; 0 where it is exact
        "greedy_length": "last",  # infinite where some episodes may never end
        "policy_change": "max",  # share of states whose greedy action changed since the evaluation before
        "value_error": "last",  # max |Q - q*|, NaN where q* is not known
        "optimum": "last",  # the best return there can be, NaN where it is not known
        "optimum_for_discount": "last",  # the best return of policies that are optimal for the agent's discount, or NaN
        "fewest_steps": "last",  # the least expected steps from the start, NaN where unknown or returns measure better
    },
)
"""What is known of the greedy policy, now and then."""


class History:
    """A stream in bounded memory: when `capacity` rows are full, neighbours merge and each row covers more.

    A view keeps `(version, length)`: while the version is the same, rows are only appended.
    """

    def __init__(self, stream: Stream, capacity: int = 4096) -> None:
        if capacity < 2:
            raise ValueError(f"A history of {capacity} rows is too short; it needs at least 2.")
        self.stream = stream
        self.rows = np.zeros((capacity, len(stream.columns)))
        self.length = 0
        self.version = 0
        self.stride = 1
        self._filling: np.ndarray | None = None
        self._filled = 0.0

    @property
    def capacity(self) -> int:
        return len(self.rows)

    def append(self, columns: Columns) -> None:
        """Append records; `columns` has every column of the stream, each of shape [n].

        Once neighbours have merged, a row is shown when it covers as many records as the others do.
        """
        new = np.column_stack([columns[name] for name in self.stream.columns])
        covered = columns[self.stream.counts] if self.stream.counts else np.ones(len(new))
        at_once = min(len(new), self.capacity - self.length) if self.stride == 1 else 0
        self.rows[self.length : self.length + at_once] = new[:at_once]
        self.length += at_once
        for row, records in zip(new[at_once:], covered[at_once:], strict=True):
            self._gather(row, float(records))

    def _gather(self, row: np.ndarray, records: float) -> None:
        """Add a record to the row that is being filled, and show that row when it is full."""
        if self._filling is not None:
            row, records = self.stream.merge_pairs(np.stack([self._filling, row]))[0], records + self._filled
        if records >= self.stride and self.length == self.capacity:
            self.halve()
        if records < self.stride:
            self._filling, self._filled = row, records
            return
        self._filling = None
        self.rows[self.length] = row
        self.length += 1

    def halve(self) -> None:
        """Merge neighbouring rows in place."""
        merged = self.stream.merge_pairs(self.rows[: self.length])
        self.length = len(merged)
        self.rows[: self.length] = merged
        self.stride *= 2
        self.version += 1

    def take(self) -> np.ndarray:
        """Return all rows, float64 [n, C], also the one being filled; the history is empty then, and rows cover one
        record."""
        filling = [] if self._filling is None else [self._filling[np.newaxis]]
        rows = np.concatenate([self.rows[: self.length], *filling])
        self.length, self.stride, self._filling = 0, 1, None
        self.version += 1
        return rows

    def since(self, row: int = 0) -> dict[str, np.ndarray]:
        """Return the columns from a row on, copied: name -> float64 [n]."""
        columns = self.rows[row : self.length].T.copy()
        return dict(zip(self.stream.columns, columns, strict=True))

    def typed(self) -> dict[str, np.ndarray]:
        """Return the columns for other programs, copied: name -> [n].

        What counts is int64, the rest float64. The stream's events are bool as long as every row covers one record;
        once rows have merged they are int64, for then they count.
        """
        columns = self.since()
        single = not self.stream.counts or (columns[self.stream.counts] == 1).all()
        kinds = dict.fromkeys(self.stream.whole, np.int64) | (dict.fromkeys(self.stream.events, bool) if single else {})
        return {name: values.astype(kinds.get(name, float)) for name, values in columns.items()}

    def to_frame(self) -> Any:
        """Return the columns as a `pandas.DataFrame`, of the kinds of `typed`.

        Raises
        ------
        ImportError
            In one sentence, where pandas is not installed.
        """
        return import_pandas("History.typed() gives the same columns as arrays.").DataFrame(self.typed())

    def __repr__(self) -> str:
        return f"<History of {self.stream.name}: {self.length:,} of {self.capacity:,} rows>"

    def newest(self, column: str) -> float | None:
        """Return a column of the last row; None while there is no row."""
        return float(self.rows[self.length - 1, list(self.stream.columns).index(column)]) if self.length else None

    def __len__(self) -> int:
        return self.length


class UnreportedRows:
    """The rows of a history that are not yet reported, each as it was before any merging."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.begin_again()

    def begin_again(self) -> None:
        """Report everything once more, to a journal that has none of it."""
        self._kept: Columns = {}
        self._reported = 0

    def halve(self) -> None:
        """Merge neighbouring rows of the history, and keep those that are not reported."""
        self._kept = concatenate(self._kept, self._history.since(self._reported))
        self._history.halve()
        self._reported = self._history.length

    def take(self) -> Columns:
        """Return the rows that are not yet reported; from now on they are."""
        log = concatenate(self._kept, self._history.since(self._reported))
        self._kept, self._reported = {}, self._history.length
        return log


def import_pandas(instead: str) -> Any:
    """Return the module pandas; raise an ImportError whose sentence ends with what can be done `instead`."""
    try:
        import pandas as pd
    except ImportError:
        need = "A data frame needs the library pandas; install it with: pip install pandas."
        raise ImportError(f"{need} {instead}") from None
    return pd
