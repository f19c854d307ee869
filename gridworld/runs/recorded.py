"""A run that was recorded, played back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gridworld.runs.commands import Command, Configure, Edit, Extend, Load, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS, Stream
from gridworld.runs.paced import ENDLESS, RESTING


class RecordedRun:
    """Recorded frames, played back one a poll: `Start` plays on, `Step` shows one more, `Reset` begins again.

    Parameters
    ----------
    frames
        At least one.
    streams
        The logs that came with them.
    """

    session = None

    def __init__(self, frames: Iterable[Frame], streams: Iterable[Stream] = (EPISODES, EVALUATIONS)) -> None:
        self.frames, self.streams = list(frames), tuple(streams)
        if not self.frames:
            raise ValueError("A recording without frames has nothing to show; record at least one.")
        self.epoch = 0
        self._begin()

    def _begin(self) -> None:
        self.status, self.position = Status.READY, 0
        self._due = 0
        self._news, self._is_new = True, True  # whether anything is to be reported, and whether the frame's log is

    def send(self, command: Command) -> None:
        """Move through the recording. Raises ValueError for what would change it."""
        match command:
            case Start() if self.status in RESTING:
                self._play(ENDLESS)
            case Step(steps, episodes) if self.status in RESTING:
                self._play(ENDLESS if episodes else steps)
            case Pause() | Stop() if self.status is Status.RUNNING:
                self.status, self._news = Status.PAUSED, True
            case Reset(None):
                self.epoch += 1
                self._begin()
            case Configure() | Edit() | Extend() | Reset() | Load():
                raise ValueError("A recording can only be played back; nothing in it can be changed.")

    def _play(self, frames: int) -> None:
        self.status, self._due, self._news = Status.RUNNING, frames, True

    def poll(self, budget: float) -> Frame | None:
        """Return the next frame, if one is due."""
        if self.status is Status.RUNNING:
            self._go_on()
        if not self._news:
            return None
        frame = self.frames[self.position]
        log = frame.log if self._is_new else {}
        self._news = self._is_new = False
        return replace(frame, epoch=self.epoch, status=self.status, log=log)

    def _go_on(self) -> None:
        if self.position + 1 < len(self.frames):
            self.position, self._due, self._is_new = self.position + 1, self._due - 1, True
        self._news = True
        if self.position + 1 == len(self.frames):
            self.status = Status.FINISHED
        elif self._due == 0:
            self.status = Status.PAUSED

    def close(self) -> None:
        """Do nothing: a recording holds nothing open."""
