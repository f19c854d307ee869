"""The end of a history, kept in a Bokeh source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from bokeh.models import ColumnDataSource

from dashboards.live.panel_patches import sources
from gridworld.runs.frame import Columns
from gridworld.runs.journal import Journal

FEW = 64  # rows that are sent as a whole


class Rows(Protocol):
    """What a view draws of a journal, in a Bokeh source that follows it."""

    source: ColumnDataSource

    def clear(self) -> None:
        """Forget all rows."""

    def follow(self, journal: Journal) -> bool:
        """Take in what is new; return whether anything was."""

    def newest(self, column: str) -> float | None:
        """Return the newest number of a column; None where there is none."""


class Tail:
    """Rows of one of a journal's streams in a Bokeh source: appended as they come, replaced when the history merged.

    The first few are replaced too: a page that is still being loaded may take in appended rows in the wrong order.

    Parameters
    ----------
    stream
        The name of the stream.
    columns
        What is drawn: name -> the values of some rows, each of shape [n]. One of them is `episode`.
    """

    def __init__(self, stream: str, columns: Mapping[str, Callable[[Columns], np.ndarray]]) -> None:
        self.stream, self.columns = stream, columns
        self.source = ColumnDataSource(self._empty())
        self._place: tuple[int, int] | None = None
        self._length = 0

    def _empty(self) -> dict[str, np.ndarray]:
        return {name: np.empty(0, np.float64 if name == "episode" else np.float32) for name in self.columns}

    def _select(self, rows: Columns) -> dict[str, np.ndarray]:
        data = {name: column(rows).astype(np.float32) for name, column in self.columns.items() if name != "episode"}
        return {**data, "episode": self.columns["episode"](rows)}  # exact beyond 2 ** 24, which float32 is not

    def clear(self) -> None:
        """Forget all rows."""
        self._place, self._length = None, 0
        if len(self.source.data["episode"]):
            sources.replace(self.source, self._empty())

    def follow(self, journal: Journal) -> bool:
        """Take in what the journal has and the source has not; return whether there was anything."""
        history = journal.histories[self.stream]
        place = (journal.frame.epoch if journal.frame else 0, history.version)
        if place == self._place and history.length == self._length:
            return False
        if (place == self._place or not self._length) and history.length > FEW:
            sources.append(self.source, self._select(history.since(self._length)))
        elif history.length or self._length:
            sources.replace(self.source, self._select(history.since()))
        self._place, self._length = place, history.length
        return True

    def newest(self, column: str) -> float | None:
        """Return the newest value of a column; None while there is none."""
        values = self.source.data[column]
        return float(values[-1]) if len(values) else None
