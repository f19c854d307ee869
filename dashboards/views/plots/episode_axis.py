"""The range of episodes that plots share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from bokeh.models import Range1d

from gridworld.drawing.ranges import whole_run

MOVES = 16  # of Python that a browser may not have come to yet


class EpisodeAxis:
    """The range of episodes that figures share. It follows the run until the user zooms or pans."""

    def __init__(self, when_moved: Callable[[], None]) -> None:
        start, end = whole_run(0)
        self._ours = {"start": deque([start], maxlen=MOVES), "end": deque([end], maxlen=MOVES)}
        self.range = Range1d(start=start, end=end)
        self.following = True
        self._confirmed = True
        self._when_moved = when_moved
        self.range.on_change("start", self._moved)
        self.range.on_change("end", self._moved)

    def _moved(self, attribute: str, old: float, new: float) -> None:
        # compared by value: what Python did comes back late from a held document, and from the browser of a notebook
        if new in self._ours[attribute]:
            return
        if self.following:
            self.following = self._confirmed = False
        self._when_moved()

    def show(self, episode: float) -> None:
        """Have this episode in sight, unless the user looks elsewhere."""
        if self.following:
            self._move(*whole_run(episode))
        elif not self._confirmed:
            # an earlier move may have been on its way while the user zoomed: a hair's breadth more has it sent again
            self._confirmed = True
            self._move(float(np.nextafter(self.range.start, -np.inf)), float(np.nextafter(self.range.end, np.inf)))

    def _move(self, start: float, end: float) -> None:
        self._ours["start"].append(start)
        self._ours["end"].append(end)
        self.range.update(start=start, end=end)
