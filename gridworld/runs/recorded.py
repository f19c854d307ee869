"""A run that was told before, played back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gridworld.runs.commands import Command, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame


class RecordedRun:
    """Frames told before, played back: `Start` plays on, `Step` shows one more, `Reset` begins anew."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = list(frames)
        if not self.frames:
            raise ValueError("A recording without frames has nothing to show; record at least one.")
        self.position = 0
        self.epoch = 0
        self._running = False
        self._due = 1

    def send(self, command: Command) -> None:
        """Start, Pause, Step and Reset move through the recording; other commands change nothing in it."""
        match command:
            case Start():
                self._running = True
            case Pause() | Stop():
                self._running, self._due = False, max(self._due, 1)
            case Step(steps):
                self._due += steps
            case Reset():
                self.position, self._due, self._running = 0, 1, False
                self.epoch += 1

    def poll(self, budget: float) -> Frame | None:
        """The next frame, if one is due."""
        due = self._running or self._due > 0
        self._due = max(0, self._due - 1)
        if not due or self.position == len(self.frames):
            return None
        frame = self.frames[self.position]
        self.position += 1
        return replace(frame, epoch=self.epoch)

    def close(self) -> None:
        """A recording holds nothing open."""
