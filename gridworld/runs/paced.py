"""What the runs have in common that compute inside `poll`: a status, a pace, a goal, and a failure that ends them."""

from __future__ import annotations

import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from gridworld.runs.commands import Command, Configure, Edit, Extend, Load, Pace, Pause, Reset, Start, Step, Stop, Until
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import Stream

ENDLESS = 1 << 60
MAX_DEBT = 0.1  # seconds of steps that a slow page may be behind before they are forgiven
RESTING = Status.READY, Status.PAUSED


class PacedRun(ABC):
    """A run that does its steps when it is polled. With an executor it can warm up elsewhere before it starts.

    A subclass knows its `step`, `episode` and whether it is `finished`, and does `_advance`; it makes its own `_frame`.
    """

    session: Any = None
    streams: tuple[Stream, ...] = ()
    settings: Any  # in force

    def __init__(
        self, pace: Pace, executor: Executor | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.pace, self.epoch = pace, 0
        self._executor, self._clock = executor, clock
        self._reset_state(Status.READY)

    def _reset_state(self, status: Status) -> None:
        """Reset to a run that has not been started, with no steps due and everything to report."""
        self.status = status
        self.error: str | None = None
        self._warming: Future[Any] | None = None
        self._goal: tuple[int, int] | None = None  # the step and the episode at which a `Step` is done
        self._last, self._owed, self._news = self._clock(), 0.0, True

    def send(self, command: Command) -> None:
        """Take a command; it shows in the next frame. Raises ValueError, and changes nothing, if it makes no sense."""
        match command:
            case Start() if self.status in RESTING:
                self._go(None)
            case Step(steps, episodes) if self.status in RESTING:
                self._go((ENDLESS, self.episode + episodes) if episodes else (self.step + steps, ENDLESS))
            case Until(watch) if self.status in RESTING:
                self._look_out(watch)
                self._go((ENDLESS, ENDLESS))
            case Pause() | Stop() if self.status in (Status.RUNNING, Status.STARTING):
                self._turn(Status.PAUSED)
            case Pace():
                self.pace, self._owed, self._news = command, 0.0, True
            case Configure() | Edit() | Extend() | Reset() | Load():
                self._change(command)
                self._news = True

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, for at most `budget` seconds, and report what is new."""
        self._work_within(budget)
        return self._report()

    def close(self) -> None:
        """Stop; nothing is held that would outlive the run."""
        self._turn(Status.PAUSED)

    @property
    @abstractmethod
    def step(self) -> int:
        """Steps done in this epoch."""

    @property
    @abstractmethod
    def episode(self) -> int:
        """Episodes that have ended in this epoch."""

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do."""
        return False

    @abstractmethod
    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        """Follow a command that changes what is run. Raises ValueError, and changes nothing, if it makes no sense."""

    @abstractmethod
    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        """Do steps until one of the numbers is reached, all is done, or the clock shows the deadline."""

    @abstractmethod
    def _frame(self) -> Frame:
        """Return a frame of what is new, with the present scene."""

    def _look_out(self, watch: Any) -> None:
        """Look out for something from now on. Raises ValueError if that can't be looked out for."""
        raise ValueError("This run can't look out for anything; let it do a number of steps.")

    def _warm_up(self) -> Callable[[], Any] | None:
        """Return the work to do before the first step, if there is any."""
        return None

    def _turn(self, status: Status) -> None:
        if self.status is not Status.FAILED:
            self.status, self._news = status, True

    def _guard(self, work: Callable[[], Any]) -> None:
        """End this run, with the reason, after a step that raised; nothing else is disturbed."""
        try:
            work()
        except Exception:
            self.error = traceback.format_exc()
            self.status, self._news = Status.FAILED, True

    def _go(self, goal: tuple[int, int] | None) -> None:
        """Run from now on, or once the executor has warmed up; as fast as it goes to a goal, if there is one."""
        self._goal, self._last, self._owed = goal, self._clock(), 0.0
        if self._executor is not None and (work := self._warm_up()):
            self._warming = self._executor.submit(work)
            self._turn(Status.STARTING)
        else:
            self._turn(Status.RUNNING)

    def _work_within(self, budget: float) -> None:
        """Do the steps that are due, once warming up is done."""
        if self.status is Status.STARTING and self._warming is not None and self._warming.done():
            self._last = self._clock()
            self._turn(Status.RUNNING)
            self._guard(self._warming.result)
        if self.status is Status.RUNNING:
            self._guard(lambda: self._work(budget))

    def _work(self, budget: float) -> None:
        before, now = self.step, self._clock()
        elapsed, self._last = min(now - self._last, MAX_DEBT), now
        if self._goal is not None:
            self._approach(*self._goal, now + budget)
        elif self.pace.steps_per_second is None:
            self._advance(ENDLESS, ENDLESS, now + budget)
        else:
            self._keep_pace(elapsed * self.pace.steps_per_second, now + budget)
        self._news = self._news or self.step > before
        if self.finished:
            self._turn(Status.FINISHED)

    def _approach(self, step: int, episode: int, deadline: float) -> None:
        """Go on to a goal, and pause where it is reached."""
        self._advance(step - self.step, episode - self.episode, deadline)
        if self.step >= step or self.episode >= episode:
            self._turn(Status.PAUSED)

    def _keep_pace(self, owed: float, deadline: float) -> None:
        """Do the steps owed since the last poll, in whole updates; what there is no time for is forgiven."""
        every, first = max(1, self.pace.update_every), self.step
        self._owed += owed
        due = int(self._owed) // every * every
        self._owed = min(self._owed - due, float(max(every, due)))
        if due:
            self._advance(due, ENDLESS, deadline)
        if self.step - first < due:
            self._owed = 0.0

    def _report(self) -> Frame | None:
        if not self._news:
            return None
        self._news = False
        return self._frame()
