"""A run that warms up elsewhere: it starts when that is done, and fails when that fails."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pytest

from gridworld.runs.commands import Pace, Pause, Start
from gridworld.runs.frame import Frame, Status
from gridworld.runs.paced import PacedRun
from support.clock import Clock


class ByHand(Executor):
    """Does nothing until a test finishes its one future."""

    def submit(self, work, *args, **kwargs):
        self.future: Future = Future()
        return self.future


class Counter(PacedRun):
    """Counts its steps, after a warm-up."""

    settings = None
    step = episode = 0
    most = 1_000  # steps that there is time for in one poll

    def _change(self, command):
        raise ValueError("A counter only counts.")

    def _advance(self, steps, episodes, deadline):
        self.step += min(steps, self.most)

    def _frame(self):
        return Frame(self.epoch, self.status, self.step, self.episode, None, error=self.error)

    def _warm_up(self):
        return lambda: None


@pytest.fixture
def executor():
    return ByHand()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def run(executor, clock):
    run = Counter(Pace(100.0, 1), executor, clock)
    run.poll(1.0)
    run.send(Start())
    return run


def test_it_starts_when_the_warm_up_is_done_and_owes_nothing_for_that_time(run, executor, clock):
    assert run.poll(1.0).status is Status.STARTING
    clock.now += 5.0
    assert run.poll(1.0) is None
    executor.future.set_result(None)
    assert run.poll(1.0).status is Status.RUNNING
    assert run.step == 0
    clock.now += 0.055
    assert run.poll(1.0).step == 5


def test_a_warm_up_that_fails_ends_the_run_with_its_reason(run, executor):
    executor.future.set_exception(RuntimeError("no compiler"))
    frame = run.poll(1.0)
    assert frame.status is Status.FAILED
    assert frame.error.strip().endswith("RuntimeError: no compiler")


def test_a_pause_during_the_warm_up_holds(run, executor, clock):
    run.send(Pause())
    executor.future.set_result(None)
    clock.now += 5.0
    assert run.poll(1.0).status is Status.PAUSED
    assert run.step == 0


def test_steps_for_which_there_was_no_time_are_forgiven(clock):
    slow = Counter(Pace(100.0, 1), clock=clock)
    slow.most = 2
    slow.send(Start())
    clock.now += 0.095
    assert slow.poll(1.0).step == 2
    slow.most = 1_000
    clock.now += 0.025
    assert slow.poll(1.0).step == 4
