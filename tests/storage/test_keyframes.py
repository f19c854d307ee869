"""Keyframes bring a run back exactly, stay bounded, and cover the whole run."""

import numpy as np
import pytest

from gridworld.storage.keyframes import Keyframes, fork, take
from gridworld.training.session import TrainingSession


def begun(**settings) -> TrainingSession:
    return TrainingSession(**{"world": "medium", "episodes": 0, "history": 16, **settings})


def grown(keyframes: Keyframes, offers: int, steps: int = 10) -> TrainingSession:
    session = begun()
    for _ in range(offers):
        keyframes.offer(session)
        session.advance(steps)
    keyframes.offer(session, keep=True)
    return session


@pytest.mark.parametrize("agent", ["q_learning", "sarsa_lambda", "monte_carlo", "dyna_q", "prioritized_sweeping"])
def test_a_fork_does_what_the_run_did(agent, assert_same):
    session = begun(agent=agent)
    session.advance(333)
    keyframe = take(session)
    session.configure({"epsilon": 0.3})
    session.advance(400)
    fresh = fork(keyframe)
    assert fresh.step == keyframe.step == 333
    fresh.configure({"epsilon": 0.3})
    fresh.advance(400)
    assert_same(session, fresh)
    assert fresh.interventions == session.interventions


def test_a_fork_can_be_compiled_or_plain_and_changed_without_touching_the_keyframe(assert_same):
    session = begun()
    session.advance(100)
    keyframe = take(session)
    one = fork(keyframe, compiled=False)
    one.configure({"step_size": 0.9})
    one.advance(500)
    two, three = fork(keyframe), fork(keyframe, compiled=False)
    assert_same(session, two)
    two.advance(500)
    three.advance(500)
    assert_same(two, three)
    assert not np.array_equal(one.tables.Q, two.tables.Q)


def test_a_keyframe_has_the_picture_of_its_step():
    session = begun()
    session.advance(100)
    keyframe, scene = take(session), session.scene()
    session.advance(100)
    np.testing.assert_array_equal(keyframe.scene.action_values, scene.action_values)
    np.testing.assert_array_equal(keyframe.scene.visits, scene.visits)
    assert (keyframe.scene.state, keyframe.episode) == (scene.state, keyframe.checkpoint.episode)
    assert keyframe.scene.action_values is keyframe.checkpoint.arrays["table_Q"], "the picture costs no second copy"


def test_the_first_and_the_last_are_kept_and_the_others_stand_evenly():
    keyframes = Keyframes(most=20, share=0)
    session = grown(keyframes, 3_000)
    steps = [frame.step for frame in keyframes]
    assert steps[0] == 0
    assert steps[-1] == session.step == 30_000
    assert 10 < len(steps) <= 20
    gaps = np.diff(steps)[:-1]
    assert gaps.min() > 0
    assert gaps.max() <= 4 * gaps.min()


def test_they_stay_within_the_bytes_allowed():
    size = take(begun()).nbytes
    keyframes = Keyframes(most_bytes=6 * size + size // 2, share=0)
    session = grown(keyframes, 100)
    assert keyframes.nbytes <= keyframes.most_bytes
    assert 3 <= len(keyframes) <= 6
    assert (keyframes[0].step, keyframes[-1].step) == (0, session.step)


def test_a_run_too_large_for_two_has_none_and_reports_it():
    keyframes = Keyframes(most_bytes=take(begun()).nbytes + 1, share=0)
    session = begun()
    assert keyframes.offer(session)
    session.advance(10)
    assert not keyframes.offer(session)
    assert len(keyframes) == 0
    assert "can't be rewound" in keyframes.problem
    assert not keyframes.offer(session, keep=True)


def test_taking_them_costs_no_more_than_its_share_of_the_time():
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.001  # each look at the clock: so a keyframe takes 1 ms
        return now

    keyframes = Keyframes(share=0.05, clock=clock)
    session, taken = begun(), 0
    for _ in range(1_000):
        session.advance(10)
        taken += keyframes.offer(session)
    assert taken > 2
    assert taken * 0.001 <= 0.055 * now


def test_nothing_new_means_no_keyframe():
    keyframes = Keyframes(share=0)
    session = begun()
    assert keyframes.offer(session, keep=True)
    assert not keyframes.offer(session, keep=True)
    session.advance(1)
    assert keyframes.offer(session, keep=True)


def test_keyframes_are_of_one_run():
    keyframes = Keyframes(share=0)
    grown(keyframes, 3)
    with pytest.raises(ValueError, match="new keyframes"):
        keyframes.offer(begun())


def test_the_nearest_is_found():
    keyframes = Keyframes(share=0)
    with pytest.raises(ValueError, match="no keyframe"):
        keyframes.near(5)
    grown(keyframes, 5)
    assert [keyframes.near(step).step for step in (-5, 14, 16, 999)] == [0, 10, 20, 50]


def test_too_few_are_refused():
    with pytest.raises(ValueError, match="too few"):
        Keyframes(most=1)


# replay


def test_a_replay_makes_the_same_changes_at_the_same_steps(assert_same):
    session = begun(agent="sarsa")
    for change in ({"epsilon": 0.5}, {"step_size": 0.2, "discount": 0.9}, {"epsilon_decay": 0.95}):
        session.advance(200)
        session.configure(change)
    session.advance(300)
    assert len(session.interventions) == 3
    again = TrainingSession.replay(session.settings, session.interventions, session.step, history=16, compiled=False)
    assert again.interventions == session.interventions
    assert_same(session, again)


def test_a_replay_that_ends_before_a_change_is_refused():
    session = begun()
    session.advance(500)
    session.configure({"epsilon": 0.5})
    session.advance_episodes(2)
    short = TrainingSession(world="medium", episodes=1).settings
    with pytest.raises(ValueError, match="before the change"):
        TrainingSession.replay(short, session.interventions, session.step)
