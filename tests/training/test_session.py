"""Training sessions: one seed gives one run, however cut, compiled or plain, on the model or the real environment."""

import pickle
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.runs.frame import Status
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

STEPS = 3_000
PROBLEMS = [
    ("medium", {}),
    ("hard", {"slip": 0.2, "step_limit": 40}),
    ("shortcut_maze", {"slip": 0.1}),
    ("jumps", {}),
    ("FrozenLake-v1", {"map_name": "8x8"}),
    ("CliffWalking-v1", {"step_limit": 50}),
    ("CliffWalking-v1", {"is_slippery": True, "step_limit": 50}),
    ("Taxi-v4", {}),
    ("Taxi-v4", {"is_rainy": True}),
]


def make(world="medium", options=None, **kwargs):
    return TrainingSession(world=world, options=options or {}, seed=5, episodes=0, **kwargs)


WAYS = [{"compiled": c, "stepped": s} for s in (False, True) for c in (True, False)]


@pytest.mark.parametrize(("world", "options"), PROBLEMS)
def test_compiled_plain_and_the_real_environment_agree_bit_for_bit(world, options, assert_same):
    first, *others = (make(world, options, **way) for way in WAYS)
    first.tick(STEPS)
    assert first.episode > 1
    for other in others:
        other.tick(STEPS)
        assert_same(first, other)


@pytest.mark.parametrize("agent", ["sarsa", "expected_sarsa", "n_step_sarsa", "dyna_q_plus"])
def test_agents_on_a_real_environment_agree_in_slices(agent, assert_same):
    """A history of 8 rows is full now and then, and a slice may end anywhere."""
    settings = {"world": "FrozenLake-v1", "agent": agent, "history": 8}
    first, *others = (make(**settings, **way) for way in WAYS)
    first.tick(1_000)
    for other in others:
        for steps in (1, 2, 0, 397, 600):
            other.tick(steps)
        assert_same(first, other)


def test_a_changing_world_agrees_across_its_change(assert_same):
    first, *others = (make("blocking_maze", **way) for way in WAYS)
    first.tick(2_500)
    for other in others:
        other.tick(2_500)
        assert_same(first, other)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(0, 700), min_size=1, max_size=12), history=st.sampled_from([8, 64, 4096]))
def test_ticks_compose(cuts, history):
    whole, sliced = make(agent="sarsa", history=history), make(agent="sarsa", history=history)
    whole.tick(sum(cuts))
    for steps in cuts:
        sliced.tick(steps)
    np.testing.assert_array_equal(whole.tables.Q, sliced.tables.Q)
    np.testing.assert_array_equal(whole.history.rows[: len(whole.history)], sliced.history.rows[: len(sliced.history)])
    np.testing.assert_array_equal(whole.arrays()["generators"], sliced.arrays()["generators"])


@pytest.mark.parametrize("how", WAYS)
def test_a_pickled_session_goes_on_as_if_nothing_had_happened(how, assert_same):
    whole, saved = make("hard", {"slip": 0.1}, **how), make("hard", {"slip": 0.1}, **how)
    whole.tick(1_234)
    saved.tick(1_001)
    saved.configure({"step_size": 0.3})
    whole_again = make("hard", {"slip": 0.1}, **how)
    whole_again.tick(1_001)
    whole_again.configure({"step_size": 0.3})
    restored = pickle.loads(pickle.dumps(saved))
    restored.tick(900)
    whole_again.tick(900)
    assert_same(restored, whole_again)


def test_two_seeds_give_two_runs():
    one, other = TrainingSession(seed=1), TrainingSession(seed=2)
    one.tick(500)
    other.tick(500)
    assert not np.array_equal(one.tables.Q, other.tables.Q)


def test_the_run_ends_with_its_last_episode_and_can_be_extended():
    session = TrainingSession(world="easy", episodes=20)
    frame = session.tick(10**6)
    assert (frame.episode, frame.status) == (20, Status.FINISHED)
    steps = session.step
    assert session.tick(10).step == steps
    session.extend(25)
    assert session.tick(10**6).episode == 25
    session.extend(0)
    assert session.tick(1000).step == session.step > steps


@pytest.mark.parametrize("episodes", [-1, 3, 10**10, 2.5])
def test_a_run_is_extended_only_forwards(episodes):
    session = TrainingSession(world="easy", episodes=20)
    session.tick_episodes(5)
    with pytest.raises(ValueError, match=re.escape(str(episodes).split(".")[0])):
        session.extend(episodes)


def test_the_history_records_what_happened():
    """Corridor S.G: right, right reaches the goal; rewards -0.5 and 1; a greedy agent with these values never errs."""
    world = "step reward: -0.5\n\nS.G"
    session = TrainingSession(
        world=world, episodes=3, epsilon=0.0, epsilon_schedule="constant", step_size=1.0, discount=1.0
    )
    session.tables.Q[:2, 1] = 1.0
    rows = session.tick(100).log["episodes"]
    assert rows["return"].tolist() == [0.5, 0.5, 0.5]
    assert rows["length"].tolist() == [2, 2, 2]
    assert rows["success"].tolist() == rows["terminated"].tolist() == [1, 1, 1]
    assert rows["mean_return"].tolist() == [0.5, 0.5, 0.5]
    # first episode: targets -0.5 + 1 = 0.5 and 1, values 1 and 1, so |errors| 0.5 and 0; afterwards none
    assert rows["td_error"].tolist() == [0.25, 0, 0]
    assert rows["step"].tolist() == [2, 4, 6]


def test_the_rolling_mean_is_that_of_the_last_fifty_returns():
    session = TrainingSession(world="hard", episodes=300, options={"step_limit": 60})
    rows = session.tick(10**6).log["episodes"]
    returns = rows["return"]
    expected = [returns[max(0, i - 49) : i + 1].mean() for i in range(300)]
    np.testing.assert_allclose(rows["mean_return"], expected, atol=1e-12)


def test_a_long_history_is_bounded_and_covers_the_whole_run():
    session = TrainingSession(world="easy", episodes=100_000, history=64)
    reported = []
    while not session.finished:
        reported.append(session.tick(50_000).log.get("episodes"))
    assert session.history.rows.shape[0] == 64
    kept = session.history.since()
    assert kept["episodes"].sum() >= 100_000 - kept["episodes"][0]
    assert sum(rows["episodes"].sum() for rows in reported if rows) == kept["episodes"].sum()
    assert np.all(np.diff(kept["episode"]) > 0)


def test_truncation_bootstraps_and_termination_does_not():
    """One state, one step an episode, reward 1, discount 0.5: cut, the value tends to 2; ended, to 1."""
    cut = TrainingSession(world="step reward: 1\nstep limit: 1\n\nS", discount=0.5, step_size=0.5, episodes=400)
    ended = TrainingSession(
        world="E: exit 1\n\nSE", discount=0.5, step_size=0.5, episodes=400, options={"step_limit": 100}
    )
    cut.tick(10**6)
    ended.tick(10**6)
    assert cut.tables.Q[0].max() == pytest.approx(2, abs=1e-6)
    assert ended.tables.Q[1].max() == pytest.approx(1, abs=1e-6)


def test_a_live_change_holds_from_the_next_episode_on():
    session = make("medium", {"step_limit": 10}, epsilon_schedule="constant", epsilon=0.2)
    session.tick(15)
    in_episode = session.scene()
    session.configure({"epsilon": 0.7, "step_size": 0.25})
    assert session.scene().exploration == 0.2
    assert session.interventions == []
    session.tick_episodes(1)
    session.tick(1)
    assert session.scene().exploration == 0.7
    (change,) = session.interventions
    assert change.changes == {"epsilon": 0.7, "step_size": 0.25}
    assert change.step > in_episode.episode_step
    assert session.agent.step_size == 0.25


def test_changing_only_the_end_of_epsilon_keeps_it_where_it_is():
    session = make("medium", {"step_limit": 10})
    session.tick_episodes(30)
    before = session.scene().exploration
    session.configure({"epsilon_end": 0.01})
    assert session.scene().exploration == before


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"step_size": 2}, "step_size is 2; it must be a number from 0 to 1"),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0"),
        ({"seed": 1.5}, "seed is 1.5"),
        ({"episodes": -3}, "number of episodes is -3"),
        ({"agent": "alphago"}, "no agent 'alphago'"),
        ({"world": "nowhere"}, "no world 'nowhere'"),
        ({"colour": 3}, "no hyperparameter 'colour'"),
        ({"options": {"gravity": 1}}, "no option 'gravity'"),
        ({"exploration": "luck"}, "exploration is 'luck'; it must be one of epsilon-greedy, softmax, UCB"),
    ],
)
def test_settings_that_make_no_sense_are_refused_with_a_sentence(fields, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        TrainingSession(**fields)


@pytest.mark.parametrize("changes", [{"step_size": 7}, {"initial_value": 1.0}, {"nonsense": 1}])
def test_a_refused_change_changes_nothing(changes, assert_same):
    touched, untouched = make(), make()
    for session in (touched, untouched):
        session.tick(100)
    with pytest.raises(ValueError, match=next(iter(changes))):
        touched.configure(changes)
    for session in (touched, untouched):
        session.tick(400)
    assert_same(touched, untouched)


def test_the_scene_shows_where_the_agent_walked():
    session = make("easy", epsilon=0.0, epsilon_schedule="constant")
    states = [int(session.tick(1).scene.state) for _ in range(30)]
    scene = session.scene()
    assert scene.trail.tolist()[-5:] == states[-5:] or scene.trail[-1] == states[-1]
    assert len(scene.trail) == 20
    assert scene.visits.sum() == 30


def test_the_histogram_of_recent_actions_covers_the_last_fifty_episodes():
    session = make("easy", {"step_limit": 7})
    session.tick_episodes(200)
    lengths = session.scene().recent[:, 1]
    assert session.scene().recent_actions.sum() == lengths.sum()
    assert len(lengths) == 50


def test_settings_fields_and_settings_are_not_mixed():
    with pytest.raises(ValueError, match="'world' was given beside settings"):
        TrainingSession(Settings(), world="easy")
