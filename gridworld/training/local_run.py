"""A run that computes in this process, a slice of time at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Columns, Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.paced import PacedRun
from gridworld.training.chunks import Chunks
from gridworld.training.evaluator import Evaluator
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.training.slices import Slices
from gridworld.training.watch import Watch
from gridworld.training.world_edits import WORLD, grid_of


class LocalRun(PacedRun):
    """A session that computes inside `poll`, at the pace asked for and within the budget given.

    Where it has an executor, an environment is stepped in threads: a step that takes longer than `poll` may is waited
    for meanwhile, and a run whose environment does not answer is given up.
    """

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
        self._session, self.settings, self._watch = session, session.settings_in_force, None
        self._chunks = Chunks(session, self._clock)
        self._slices = Slices(session.stepped and self._executor is not None, self._subject, self._clock)
        self._reset_state(session.frame().status)
        session.report_again()
        self._evaluator, self._evaluation = Evaluator(self._executor), None

    _evaluation: Columns | None
    _watch: Watch | None

    @property
    def session(self) -> TrainingSession | None:
        """What is trained; None while a step of its environment is waited for, and once it was given up."""
        return None if self._slices.is_away or self._slices.is_lost else self._session

    @property
    def step(self) -> int:
        return self._session.step

    @property
    def episode(self) -> int:
        return self._session.episode

    @property
    def finished(self) -> bool:
        return self._session.finished

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, at most `budget` seconds of them, and report what is new."""
        if self._slices.is_away:
            self._take_back()
        else:
            self._work_within(budget)
        if self.session is not None:
            self._evaluate(self.session)
        return self._report()

    def _take_back(self) -> None:
        """Take back a slice that was away; the next one begins after that was reported."""
        self._guard(self._slices.collect)
        self._news = self._news or not self._slices.is_away
        self._pause_where_found()
        self._forget_watch()

    def _subject(self) -> str:
        return f"After {self.step:,} steps {self._session.problem.name}"

    def close(self) -> None:
        """Release what would outlive the run."""
        self._evaluator.cancel()
        super().close()

    def _evaluate(self, session: TrainingSession) -> None:
        failure = self._evaluator.failure
        self._evaluation = self._evaluator.poll(session, self.status is not Status.RUNNING)
        self._news = self._news or self._evaluation is not None or self._evaluator.failure != failure

    def _frame(self) -> Frame:
        if self.session is None:
            return Frame(self.epoch, self.status, self.step, self.episode, error=self.error, pace=self.pace)
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
        if not (self._slices.is_lost and isinstance(command, Reset | Load)):
            self._slices.check_back()
            self._guard(self._slices.collect)
        session = self._session
        match command:
            case Configure(changes):
                session.configure(changes)
            case Edit(world) if self.status is Status.READY:
                grid_of(world)
                self._replace(TrainingSession(replace(self.settings, world=world, options={})))
            case Edit(world):
                session.configure({WORLD: world})
            case Extend(episodes):
                self._extend(episodes)
            case Reset(None):
                self._replace(TrainingSession(self.settings))
            case Reset(Settings() as settings):
                self._replace(TrainingSession(settings))
            case Load(TrainingSession() as other):
                self._replace(other)
            case _:
                raise ValueError(f"A training goes on from Settings or a TrainingSession; this is {command!r}.")
        self.settings = self._session.settings_in_force

    def _extend(self, episodes: int) -> None:
        self._session.extend(episodes)
        if self.finished:
            self._turn(Status.FINISHED)
        elif self.status is Status.FINISHED:
            self._turn(Status.PAUSED)

    def _replace(self, session: TrainingSession) -> None:
        self._evaluator.cancel()
        self._take(session)
        self.epoch += 1

    def _look_out(self, watch: Watch) -> None:
        self._slices.check_back()
        self._guard(self._slices.collect)
        self._session.watch(watch)
        self._watch = watch

    def _turn(self, status: Status) -> None:
        super()._turn(status)
        self._forget_watch()

    def _forget_watch(self) -> None:
        """Look out for nothing any more where the run has come to rest, as soon as its session is at hand."""
        is_resting = self.status not in (Status.RUNNING, Status.STARTING)
        if self._watch is not None and is_resting and self.session is not None:
            self._watch = None
            self._session.watch(None)

    def _pause_where_found(self) -> None:
        if self.session is not None and self._watch is not None and self._watch.has_stopped:
            self._turn(Status.PAUSED)

    def _warm_up(self) -> Callable[[], None] | None:
        return None if self._session.is_compiled else self._session.compile

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        self._slices.do(partial(self._chunks.advance, steps, episodes, deadline), deadline - self._clock())
        self._pause_where_found()
