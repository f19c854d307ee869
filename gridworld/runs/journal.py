"""What a run has reported, kept for its views, and the events: what people did with it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS, History, Stream

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was pressed, changed or went wrong: when, at which step of the run, a stable code, a sentence."""

    time: float  # seconds since 1970
    step: int
    code: str
    text: str
    about: str = ""  # what it changed, if it may be changed many times in a row


MERGED_SECONDS = 2.0  # between two changes of the same thing that are one movement, such as the drag of a slider


class Journal:
    """What a run has reported so far: the newest frame and the whole log, bounded. A view keeps its own place in it."""

    def __init__(self, streams: Iterable[Stream] = (EPISODES, EVALUATIONS), capacity: int = 4096) -> None:
        self.frame: Frame | None = None
        self.revision = 0
        self.events: deque[Event] = deque(maxlen=500)
        self._streams, self._capacity = tuple(streams), capacity
        self._begin()

    def _begin(self) -> None:
        self.histories: Mapping[str, History] = {s.name: History(s, self._capacity) for s in self._streams}
        self._pace: deque[tuple[float, int]] = deque(maxlen=64)

    def add(self, frame: Frame | None, now: float | None = None) -> bool:
        """Take in a frame; return whether anything is new. An older epoch is dropped, a newer one starts afresh."""
        if frame is None or (self.frame is not None and frame.epoch < self.frame.epoch):
            return False
        if self.frame is not None and frame.epoch > self.frame.epoch:
            self._begin()
        for name, columns in frame.log.items():
            self.histories[name].append(columns)
        self.frame = replace(self.frame.then(frame) if self.frame else frame, log={})
        self.revision += 1
        self._pace.append((time.monotonic() if now is None else now, frame.step))
        return True

    def note(self, code: str, text: str, about: str = "", now: float | None = None) -> None:
        """Write an event down at the present step, at `now` in seconds since 1970.

        It takes the place of the newest event if that was `about` the same, and no more than two seconds ago.
        """
        step = self.frame.step if self.frame else 0
        event = Event(time.time() if now is None else now, step, code, text, about)
        if about and self.events:
            newest = self.events[-1]
            is_recent = event.time - newest.time <= MERGED_SECONDS
            if is_recent and (newest.code, newest.about) == (code, about):
                self.events.pop()
        self.events.append(event)
        self.revision += 1

    @property
    def steps_per_second(self) -> float:
        """Measured over the frames of the last second or so; 0 while nothing moves."""
        if self.frame is None or self.frame.status is not Status.RUNNING or len(self._pace) < 2:
            return 0.0
        newest = self._pace[-1]
        oldest = next(sample for sample in self._pace if newest[0] - sample[0] <= 1.0)
        if oldest is newest:
            oldest = self._pace[-2]
        seconds = newest[0] - oldest[0]
        return (newest[1] - oldest[1]) / seconds if seconds > 0 else 0.0

    def columns(self, stream: str = EPISODES.name) -> dict[str, Any]:
        """Return the whole log of a stream: name -> float64 [n]."""
        return self.histories[stream].since()

    def to_frame(self, stream: str = EPISODES.name) -> pd.DataFrame:
        """Return the whole log of a stream as a table with a row each, for which pandas must be installed."""
        import pandas as pd

        return pd.DataFrame(self.columns(stream))
