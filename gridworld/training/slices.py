"""Slices of a run that steps an environment, in threads: one that hangs holds up no other run."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, wait

from gridworld.errors import FaultyEnvironmentError
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.worlds.tabular_env import sentence

PATIENCE = 20.0  # seconds after which an environment that has not answered is given up
MOMENT = 0.02  # seconds beyond its time for which a slice is waited for


class Slices:
    """Does the slices of one run, one at a time: at once, or each in a thread of its own.

    A slice that is not back in time is away: what it works on must not be touched until `collect` has it back. One
    that is given up is ended, and lost with all it works on.

    Parameters
    ----------
    apart
        Whether each slice has a thread of its own.
    subject
        Return what does the work, as the beginning of a sentence: "After 7 steps Maze-v0".
    clock
        Seconds that have passed.
    """

    def __init__(self, apart: bool, subject: Callable[[], str], clock: Callable[[], float]) -> None:
        self.is_lost = False
        self._apart, self._subject, self._clock = apart, subject, clock
        self._pending: Future[float] | None = None
        self._began = self._taken = 0.0

    @property
    def is_away(self) -> bool:
        """Whether a slice is waited for."""
        return self._pending is not None

    def do(self, work: Callable[[], None], seconds: float) -> None:
        """Do a slice that should take this many seconds; it is away if it takes longer, or if the one before did.

        What it raises goes through, here or in `collect`.
        """
        if not self._apart:
            work()
            return

        def timed() -> float:
            began = time.monotonic()
            work()
            return time.monotonic() - began

        self._began, self._pending = self._clock(), in_own_thread(timed)
        if self._taken <= seconds + MOMENT:
            wait([self._pending], seconds + MOMENT)
        self.collect()

    def collect(self) -> None:
        """Take back the slice that is away, if it is done.

        Raises
        ------
        FaultyEnvironmentError
            If it has been away for too long, or raised what is no `Exception`. Any other exception goes through.
        """
        if self._pending is None:
            return
        if self._pending.done():
            done, self._pending = self._pending, None
            raised = done.exception()
            if raised is not None and not isinstance(raised, Exception):
                raise FaultyEnvironmentError(f"{self._subject()} raised {sentence(raised)}.") from raised
            self._taken = done.result()
        elif self._clock() >= self._began + PATIENCE:
            give_up(self._pending)
            self._pending, self.is_lost = None, True
            raise FaultyEnvironmentError(f"{self._subject()} has not answered for {PATIENCE:g} s and was given up.")

    def check_back(self) -> None:
        """Wait a moment for a slice that is away.

        Raises
        ------
        ValueError
            If it does not come back, or never will.
        """
        if self._pending is not None:
            wait([self._pending], MOMENT)
        if self._pending is not None and not self._pending.done():
            seconds = self._clock() - self._began
            raise ValueError(
                f"{self._subject()} has not answered for {seconds:.1f} s; press Pause, and try again once it has. It "
                f"is given up after {PATIENCE:g} s."
            )
        if self.is_lost:
            raise ValueError(f"{self._subject()} was given up, and its training with it; press Reset to begin again.")
