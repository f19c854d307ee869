"""A run that computes in this process, a slice of time at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Columns, Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.paced import PacedRun
from gridworld.training.evaluator import Evaluator
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.training.watch import Watch
from gridworld.training.world_edits import WORLD, grid_of


class LocalRun(PacedRun):
    """A session that computes inside `poll`, at the pace asked for and within the budget given."""

    session: TrainingSession
    settings: Settings
    streams = EPISODES, EVALUATIONS

    def __init__(
        self,
        session: TrainingSession | Settings | None = None,
        *,
        pace: Pace | None = None,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(pace or Pace(), executor, clock)
        self._take(session if isinstance(session, TrainingSession) else TrainingSession(session))

    def _take(self, session: TrainingSession) -> None:
        """Go on with a session, of which everything is to be reported."""
        self.session, self.settings, self._watch = session, session.settings_in_force, None
        self._chunk = 1 if session.stepped else 256  # until it is known how long steps take; an environment may be slow
        self._reset_state(session.frame().status)
        session.report_again()
        self._evaluator, self._evaluation = Evaluator(self._executor), None

    _evaluation: Columns | None
    _watch: Watch | None

    @property
    def step(self) -> int:
        return self.session.step

    @property
    def episode(self) -> int:
        return self.session.episode

    @property
    def finished(self) -> bool:
        return self.session.finished

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, at most `budget` seconds of them, and report what is new."""
        self._work_within(budget)
        self._evaluate()
        return self._report()

    def close(self) -> None:
        """Release what would outlive the run."""
        self._evaluator.cancel()
        super().close()

    def _evaluate(self) -> None:
        failure = self._evaluator.failure
        self._evaluation = self._evaluator.poll(self.session, self.status is not Status.RUNNING)
        self._news = self._news or self._evaluation is not None or self._evaluator.failure != failure

    def _frame(self) -> Frame:
        frame, evaluation = self.session.frame(), self._evaluation
        self._evaluation = None
        log = frame.log if evaluation is None else {**frame.log, EVALUATIONS.name: evaluation}
        return replace(
            frame,
            epoch=self.epoch,
            status=self.status,
            error=self.error or self._evaluator.failure or None,
            log=log,
            settings=self.settings,
            pace=self.pace,
        )

    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        match command:
            case Configure(changes):
                self.session.configure(changes)
            case Edit(world) if self.status is Status.READY:
                grid_of(world)
                self._replace(TrainingSession(replace(self.settings, world=world, options={})))
            case Edit(world):
                self.session.configure({WORLD: world})
            case Extend(episodes):
                self._extend(episodes)
            case Reset(None):
                self._replace(TrainingSession(self.settings))
            case Reset(Settings() as settings):
                self._replace(TrainingSession(settings))
            case Load(TrainingSession() as session):
                self._replace(session)
            case _:
                raise ValueError(f"A training goes on from Settings or a TrainingSession; this is {command!r}.")
        self.settings = self.session.settings_in_force

    def _extend(self, episodes: int) -> None:
        self.session.extend(episodes)
        if self.session.finished:
            self._turn(Status.FINISHED)
        elif self.status is Status.FINISHED:
            self._turn(Status.PAUSED)

    def _replace(self, session: TrainingSession) -> None:
        self._evaluator.cancel()
        self._take(session)
        self.epoch += 1

    def _look_out(self, watch: Watch) -> None:
        self.session.watch(watch)
        self._watch = watch

    def _turn(self, status: Status) -> None:
        """Look out for nothing any more where the run comes to rest."""
        super()._turn(status)
        if self._watch is not None and status not in (Status.RUNNING, Status.STARTING):
            self._watch = None
            self.session.watch(None)

    def _warm_up(self) -> Callable[[], None] | None:
        return None if self.session.is_compiled else self.session.compile

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        """Do up to this many steps or episodes, in chunks of an eighth to a half of the time there is.

        The last one has as many steps as fit at the pace of the one before.
        """
        last_step, last_episode = self.step + steps, self.episode + episodes
        began, taken, chunk = self._clock(), 0.0, 0
        budget = deadline - began
        while began < deadline and not self.finished and self.episode < last_episode:
            left = last_step - self.step
            fitting = int(chunk * (deadline - began) / taken) if taken > 0 else self._chunk
            if left <= 0 or fitting <= chunk // 8:
                break
            chunk = min(left, fitting, self._chunk)
            self.session.advance(chunk, last_episode - self.episode)
            if self._watch is not None and self._watch.has_stopped:
                self._turn(Status.PAUSED)
                break
            now = self._clock()
            taken, began = now - began, now
            if taken > budget / 2:
                self._chunk = max(1, self._chunk // 2)
            elif taken < budget / 8 and chunk == self._chunk:
                self._chunk *= 2
