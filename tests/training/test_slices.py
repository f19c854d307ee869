"""An environment that is slow, or never answers, holds up nobody but its own run."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.hub.executors import EachApart
from gridworld.runs.commands import Configure, Extend, Load, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.training.slices import PATIENCE
from support.clock import Clock
from support.own_environments import LEFT, RELEASE, Stuck, own_environments


@pytest.fixture
def stuck():
    """A run of five steps on a server, and its clock; its environment does not answer to the third."""
    with own_environments():
        clock = Clock()
        run = LocalRun(
            TrainingSession(world="Stuck-v0", episodes=0), pace=Pace(None), executor=EachApart(), clock=clock
        )
        run.send(Step(5))
        until(lambda: run.poll(0.01), lambda: run.session is None)
        yield run, clock


def until(work, is_done):
    """Work until something is so; the time limit of a test ends what never is."""
    while not is_done():
        work()


def test_a_step_that_does_not_come_back_leaves_the_caller_free_and_ends_its_own_run(stuck):
    run, clock = stuck
    assert run.status is Status.RUNNING
    clock.now += PATIENCE
    frame = run.poll(0.01)
    assert frame.status is Status.FAILED
    assert "After 2 steps Stuck-v0 has not answered for 20 s and was given up." in frame.error
    assert run.session is None
    with pytest.raises(ValueError, match="was given up"):
        run.send(Configure({"step_size": 0.5}))
    run.send(Reset())
    assert run.poll(0.01).status is Status.READY
    assert run.session.step == 0


def test_pause_is_reported_while_a_step_is_waited_for_and_what_it_did_counts(stuck):
    run, _ = stuck
    run.send(Pause())
    frame = run.poll(0.01)
    assert (frame.status, frame.scene, frame.log) == (Status.PAUSED, None, {})
    RELEASE.set()
    until(lambda: run.poll(0.01), lambda: run.session is not None)
    assert run.session.step == 5
    assert run.status is Status.PAUSED


@pytest.mark.parametrize("command", [Configure({"step_size": 0.5}), Extend(9), Reset(), "another"])
def test_what_would_touch_the_session_is_refused_meanwhile(stuck, command):
    run, _ = stuck
    if command == "another":
        command = Load(TrainingSession(world="easy"))
    with pytest.raises(ValueError, match=r"After 2 steps Stuck-v0 has not answered for .* s; press Pause"):
        run.send(command)
    RELEASE.set()
    run.send(Pause())
    until(lambda: run.poll(0.01), lambda: run.session is not None)
    run.send(command)


def test_an_environment_is_made_in_the_first_slice_so_that_one_that_never_begins_holds_up_nobody():
    with own_environments():
        clock = Clock()
        run = LocalRun(TrainingSession(world="Stuck-v0?asleep=true"), executor=EachApart(), clock=clock)
        run.send(Reset())
        assert Stuck.begun == 1, "only to be looked at"
        run.send(Step())
        until(lambda: run.poll(0.01), lambda: run.session is None)
        clock.now += PATIENCE
        assert "After 0 steps Stuck-v0 has not answered" in run.poll(0.01).error


def test_a_step_that_computes_for_ever_is_ended_when_it_is_given_up():
    with own_environments():
        clock = Clock()
        run = LocalRun(TrainingSession(world="Stuck-v0?busy=true"), executor=EachApart(), clock=clock)
        run.send(Step(5))
        until(lambda: run.poll(0.01), lambda: run.session is None)
        clock.now += PATIENCE
        assert "has not answered for 20 s and was given up" in run.poll(0.01).error
        assert LEFT.wait(30), "it takes no more processor time"


@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_run_in_threads_is_the_run_without_them_bit_for_bit(compiled):
    fields = {"world": "Blackjack-v1", "episodes": 300, "seed": 3, "compiled": compiled}
    plain = TrainingSession(**fields)
    plain.advance_episodes(300)
    run = LocalRun(TrainingSession(**fields), pace=Pace(None), executor=EachApart())
    run.send(Start())
    until(lambda: run.poll(0.002), lambda: run.status is Status.FINISHED and run.session is not None)
    for name, array in plain.arrays().items():
        np.testing.assert_array_equal(array, run.session.arrays()[name], err_msg=name)


def test_a_demo_that_does_not_come_back_ends_alone_and_can_be_played_again():
    with own_environments():
        clock = Clock()
        demo = GreedyRun(TrainingSession(world="Stuck-v0"), clock=clock)
        demo.send(Step(3))
        until(lambda: demo.poll(0.01), lambda: demo.poll(0.01) is None and demo.step == 2)
        clock.now += PATIENCE
        assert "After 2 steps Stuck-v0 has not answered" in demo.poll(0.01).error
        demo.send(Reset())
        assert (demo.poll(0.01).step, demo.status) == (0, Status.READY)
        RELEASE.set()
        demo.send(Step(5))
        until(lambda: demo.poll(0.01), lambda: demo.status is Status.PAUSED)
        assert demo.step == 5
