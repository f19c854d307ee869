"""A demo plays the greedy policy of a trained session, and the session stays as it is."""

import numpy as np
import pytest

from gridworld.runs.commands import Load, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.session import TrainingSession
from support.fingerprint import fingerprint
from support.own_environments import own_environments


def trained(world="medium", episodes=400, **settings):
    session = TrainingSession(world=world, episodes=0, **settings)
    session.advance_episodes(episodes)
    return session


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_it_walks_to_the_goal_and_learns_nothing():
    session = trained("cliff", agent="q_learning")
    before = [array.copy() for array in fingerprint(session)]
    demo = GreedyRun(session)
    demo.send(Step(episodes=3))
    frame = demo.poll(1.0)
    assert (frame.status, frame.episode, frame.step) == (Status.PAUSED, 3, 39)
    assert frame.scene.recent[:, 0].tolist() == [-13, -13, -13]
    assert frame.scene.trail[-1] == session.scene().trail[-1] or frame.scene.episode_step == 13
    for mine, theirs in zip(before, fingerprint(session), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("world", ["hard", "FrozenLake-v1", "Blackjack-v1", "shortcut_maze"])
def test_it_plays_any_world_with_or_without_a_model(world):
    demo = GreedyRun(trained(world, 60), seed=3)
    demo.send(Step(200))
    frame = demo.poll(1.0)
    assert frame.step == 200
    assert frame.scene.episode_return == frame.scene.episode_return
    demo.close()


def test_ties_are_broken_at_random_by_its_own_generator():
    session = TrainingSession(world="medium")
    seen = set()
    for seed in range(8):
        demo = GreedyRun(session, seed=seed)
        demo.send(Step(5))
        seen.add(tuple(demo.poll(1.0).scene.trail))
    assert len(seen) > 3
    again = GreedyRun(session, seed=7)
    again.send(Step(5))
    assert tuple(again.poll(1.0).scene.trail) in seen


def test_an_episode_that_would_never_end_is_cut():
    session = TrainingSession(world="cliff", options={"step_limit": 0})
    session.arrays()["table_Q"][:, 0] = 1.0  # up, for ever
    demo = GreedyRun(session)
    demo.send(Step(1_000))
    assert demo.poll(1.0).episode == 1


def test_it_keeps_the_pace_and_pauses():
    clock = Clock()
    demo = GreedyRun(trained(), pace=Pace(16.0), clock=clock)
    demo.send(Start())
    for _ in range(10):
        clock.now += 0.0625
        frame = demo.poll(1.0)
    assert (frame.status, frame.step) == (Status.RUNNING, 10)
    demo.send(Pause())
    clock.now += 1
    assert demo.poll(1.0).step == 10
    assert demo.poll(1.0) is None


def test_reset_begins_again_and_load_takes_another_session():
    demo = GreedyRun(trained())
    demo.send(Step(5))
    demo.send(Reset())
    frame = demo.poll(0.0)
    assert (frame.epoch, frame.step, frame.status) == (1, 0, Status.READY)
    demo.send(Load(trained("cliff")))
    frame = demo.poll(0.0)
    assert frame.epoch == 2
    assert demo.settings.world == "cliff"
    assert frame.scene.action_values.shape == (48, 4)


def test_a_step_that_raises_is_reported():
    with own_environments():
        demo = GreedyRun(trained("Raising-v0", 1))
        demo.send(Step(1))
        frame = demo.poll(1.0)
    assert frame.status is Status.FAILED
    assert "ZeroDivisionError" in frame.error
