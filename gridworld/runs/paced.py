"""What the runs have in common that compute inside `poll`: a status, a clock, a pace, and a failure that ends them."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from gridworld.runs.commands import Pace
from gridworld.runs.frame import Status

MAX_DEBT = 0.1  # seconds of steps that a slow page may be behind before they are forgiven


class PacedRun:
    """A run that does its steps when it is polled. With an executor it can warm up elsewhere before it starts."""

    def __init__(
        self, pace: Pace, executor: Executor | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pace, self.epoch = pace, 0
        self._executor, self._clock = executor, clock
        self._stand(Status.READY)

    def _stand(self, status: Status) -> None:
        """Be as a run is that has not been started, with nothing owed and everything to tell."""
        self.status = status
        self.error: str | None = None
        self._warming: Future[Any] | None = None
        self._last, self._owed, self._news = self._clock(), 0.0, True

    def _turn(self, status: Status) -> None:
        if self.status is not Status.FAILED:
            self.status, self._news = status, True

    def _guard(self, work: Callable[[], Any]) -> None:
        """A step that raises ends this run, and says why; nothing else is disturbed."""
        try:
            work()
        except Exception:
            self.error = traceback.format_exc()
            self.status, self._news = Status.FAILED, True

    def _set_pace(self, pace: Pace) -> None:
        self.pace, self._owed = pace, 0.0

    def _warm_up(self) -> Callable[[], Any] | None:
        """What is to be done before the first step, if anything is."""
        return None

    def _go(self) -> None:
        """Run from now on, or once the executor has warmed up."""
        self._last, self._owed = self._clock(), 0.0
        if self._executor is not None and (work := self._warm_up()):
            self._warming = self._executor.submit(work)
            self._turn(Status.STARTING)
        else:
            self._turn(Status.RUNNING)

    def _wake(self) -> None:
        """Run if warming up is done."""
        if self.status is Status.STARTING and self._warming is not None and self._warming.done():
            self._last = self._clock()
            self._turn(Status.RUNNING)

    def _pass_time(self) -> tuple[float, float]:
        """(now, the seconds since this was asked last, as far as steps are owed for them)."""
        now = self._clock()
        elapsed, self._last = min(now - self._last, MAX_DEBT), now
        return now, elapsed

    def _due(self, elapsed: float) -> int:
        """How many steps the pace asks for after so many seconds more; they are owed no longer."""
        if self.pace.steps_per_second is None:
            return 1 << 60
        self._owed += elapsed * self.pace.steps_per_second
        due = int(self._owed)
        self._owed -= due
        return due
