"""A run that computes in this process, a slice of time at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from gridworld.runs.commands import Command, Configure, Extend, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.paced import PacedRun
from gridworld.training.evaluator import Evaluator
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings


class LocalRun(PacedRun):
    """A session that computes inside `poll`, at the pace asked for and within the budget given."""

    def __init__(
        self,
        session: TrainingSession | Settings | None = None,
        *,
        pace: Pace | None = None,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session = session if isinstance(session, TrainingSession) else TrainingSession(session)
        super().__init__(pace or Pace(), executor, clock)
        self._chunk = 256
        self._begin()

    def _begin(self) -> None:
        self._stand(self.session.frame().status)
        self.session.retell()
        self._evaluator = Evaluator(self._executor)

    def send(self, command: Command) -> None:
        """Take a command; it shows in the next frame."""
        match command:
            case Start() if self.status in (Status.READY, Status.PAUSED):
                self._go()
            case Pause() if self.status in (Status.RUNNING, Status.STARTING):
                self._turn(Status.PAUSED)
            case Step(steps, episodes) if self.status in (Status.READY, Status.PAUSED):
                self._guard(lambda: self._advance_by(steps, episodes))
            case Pace():
                self._set_pace(command)
            case Configure(changes):
                self.session.configure(changes)
            case Extend(episodes):
                self._extend(episodes)
            case Reset(settings):
                self._replace(TrainingSession(settings or self.session.settings))
            case Load(session):
                self._replace(session)
            case Stop():
                self._turn(Status.PAUSED)

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, at most `budget` seconds of them, and report what is new."""
        self._wake()
        if self.status is Status.RUNNING:
            self._guard(lambda: self._work(budget))
        evaluation = self._evaluator.poll(self.session, self.status is not Status.RUNNING)
        if not self._news and evaluation is None:
            return None
        self._news = False
        frame = self.session.frame()
        log = frame.log if evaluation is None else {**frame.log, EVALUATIONS.name: evaluation}
        return replace(frame, epoch=self.epoch, status=self.status, error=self.error, log=log)

    @property
    def evaluation_failure(self) -> str:
        """In one sentence, why the greedy policy is not evaluated any more; "" while it is."""
        return self._evaluator.failure

    def close(self) -> None:
        """Let go of what would outlive the run."""
        self._evaluator.cancel()
        self._turn(Status.PAUSED)

    def _warm_up(self) -> Callable[[], None] | None:
        return None if self.session.is_compiled else self.session.compile

    def _advance_by(self, steps: int, episodes: int) -> None:
        if episodes:
            self.session.advance_episodes(episodes)
        else:
            self.session.advance(steps)
        self._turn(Status.FINISHED if self.session.finished else Status.PAUSED)

    def _extend(self, episodes: int) -> None:
        self.session.extend(episodes)
        if self.session.finished:
            self._turn(Status.FINISHED)
        elif self.status is Status.FINISHED:
            self._turn(Status.PAUSED)

    def _replace(self, session: TrainingSession) -> None:
        self._evaluator.cancel()
        self.session = session
        self.epoch += 1
        self._begin()

    def _work(self, budget: float) -> None:
        now, elapsed = self._pass_time()
        if self.pace.steps_per_second is None:
            self._flat_out(now + budget)
        else:
            self._paced(elapsed, now + budget)
        if self.session.finished:
            self._turn(Status.FINISHED)

    def _paced(self, elapsed: float, deadline: float) -> None:
        """The steps owed since the last poll, in whole updates."""
        every = self.pace.update_every
        self._owed += elapsed * (self.pace.steps_per_second or 0.0)
        due = int(self._owed) // every * every
        self._owed = min(self._owed - due, float(max(every, due)))
        done = self._advance_until(due, deadline)
        if done < due:
            self._owed = 0.0

    def _flat_out(self, deadline: float) -> None:
        self._advance_until(1 << 60, deadline)

    def _advance_until(self, steps: int, deadline: float) -> int:
        """Do up to so many steps, in chunks of an eighth to a half of the time there is; gives how many were done.

        The last one has as many steps as fit at the pace of the one before.
        """
        first, began, taken, chunk = self.session.step, self._clock(), 0.0, 0
        budget = deadline - began
        while began < deadline and not self.session.finished:
            left = steps - (self.session.step - first)
            fitting = int(chunk * (deadline - began) / taken) if taken > 0 else self._chunk
            if left <= 0 or fitting <= chunk // 8:
                break
            chunk = min(left, fitting, self._chunk)
            self.session.advance(chunk)
            now = self._clock()
            taken, began = now - began, now
            if taken > budget / 2:
                self._chunk = max(1, self._chunk // 2)
            elif taken < budget / 8 and chunk == self._chunk:
                self._chunk *= 2
        done = self.session.step - first
        self._news = self._news or done > 0
        return done
