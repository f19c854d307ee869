"""What a run has learned lately: found by replay, the same bits as a loop that looked out for it all the time."""

from dataclasses import fields, replace

import numpy as np
import pytest

from gridworld.agents import AGENTS
from gridworld.insight.overlays import OVERLAYS, offered
from gridworld.insight.recent_past import RecentPast
from gridworld.insight.replay import UnknownPastError
from gridworld.storage.keyframes import Keyframes
from gridworld.training.session import TrainingSession
from gridworld.training.update_watch import LATELY, RecentUpdates, UpdateWatch


def run(agent="q_learning", steps=300, compiled=False, **settings):
    session = TrainingSession(world="easy", agent=agent, episodes=0, seed=2, compiled=compiled, **settings)
    watch, keyframes = UpdateWatch(), Keyframes(share=0)
    session.watch(watch)
    for _ in range(5):
        keyframes.offer(session, keep=True)
        session.advance(steps // 5)
    return session, watch, keyframes


def assert_equal(one, other):
    for field in fields(RecentUpdates):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), field.name)


@pytest.mark.parametrize("agent", AGENTS)
def test_a_run_that_is_watched_is_the_same_run(agent, assert_same):
    watched, _, _ = run(agent)
    plain = TrainingSession(world="easy", agent=agent, episodes=0, seed=2, compiled=False)
    plain.advance(300)
    watched.watch(None)
    assert_same(watched, plain)


def test_a_compiled_loop_notes_the_same_as_a_plain_one():
    compiled, plain = run(compiled=True)[1].updates(), run()[1].updates()
    assert_equal(compiled, plain)
    assert compiled.count.sum() == 300


@pytest.mark.parametrize("agent", ["q_learning", "double_q_learning", "sarsa_lambda", "monte_carlo", "dyna_q"])
def test_a_replay_finds_what_a_loop_noted(agent):
    session, watch, keyframes = run(agent)
    assert_equal(RecentPast(session, keyframes).updates(), watch.updates())
    assert_equal(RecentPast(session).updates(), watch.updates())


def test_only_the_last_steps_count():
    steps = LATELY + 700
    session, _, keyframes = run(steps=steps, compiled=True)
    found = RecentPast(session, keyframes).updates()
    earlier = TrainingSession(world="easy", agent="q_learning", episodes=0, seed=2)
    earlier.advance(session.step - LATELY)
    np.testing.assert_array_equal(found.count, session.tables.N - earlier.tables.N)
    assert found.age.max() <= LATELY


def test_a_moment_of_the_past_has_the_updates_before_it():
    session, _, keyframes = run()
    before = TrainingSession(world="easy", agent="q_learning", episodes=0, seed=2, compiled=False)
    watch = UpdateWatch()
    before.watch(watch)
    before.advance(130)
    assert_equal(RecentPast(session, keyframes).updates(130), watch.updates())
    assert not RecentPast(session, keyframes).updates(0).count.any()


def test_the_age_is_that_of_the_last_write_planning_included():
    session, watch, _ = run("dyna_q", steps=5, planning_steps=0)
    last = session.scene().trail[-2]
    assert watch.updates().age[last] == 1
    planned = run("dyna_q", steps=50, planning_steps=50)[1].updates()
    direct = run("dyna_q", steps=50, planning_steps=0)[1].updates()
    assert planned.age.sum() < direct.age.sum()


def test_the_numbers_are_those_of_the_steps():
    session = TrainingSession(world="easy", agent="q_learning", episodes=0, seed=2, compiled=False)
    errors = {}
    for _ in range(200):
        watch = UpdateWatch()
        session.watch(watch)
        session.advance(1)
        (pair,) = np.argwhere(watch.updates().count).tolist()
        errors.setdefault(tuple(pair), []).append(watch.updates().error.max())
    session.watch(None)
    scene = scene_of(session)
    number = OVERLAYS["standard error"].of(session.problem, session.settings, scene)
    for pair, of in errors.items():
        wanted = np.sqrt(np.mean(np.square(of)) / len(of)) if len(of) > 1 else np.nan
        assert number[pair] == pytest.approx(wanted, nan_ok=True)
    mean = OVERLAYS["recent error"].of(session.problem, session.settings, scene)
    for state in {pair[0] for pair in errors}:
        assert mean[state] == pytest.approx(np.mean([e for pair, of in errors.items() if pair[0] == state for e in of]))


def scene_of(session):
    return replace(session.scene(), updates=RecentPast(session).updates())


def test_the_width_is_what_ucb_adds():
    session, *_ = run(steps=500, exploration="UCB", confidence=2.0)
    width = OVERLAYS["UCB width"].of(session.problem, session.settings, session.scene())
    state = int(session.tables.N.sum(1).argmax())
    visits = session.tables.N[state]
    np.testing.assert_allclose(width[state], 2.0 * np.sqrt(np.log(visits.sum()) / visits))
    chosen = (session.tables.Q[state] + width[state]).argmax()
    assert session.agent.policy.probabilities(session.tables, 2.0)[state, chosen] == 1


@pytest.mark.parametrize(
    ("agent", "settings", "there"),
    [
        ("q_learning", {}, {"recent error", "standard error", "age"}),
        ("q_learning", {"exploration": "UCB"}, {"recent error", "standard error", "age", "UCB width"}),
        ("monte_carlo", {}, {"age"}),
        ("n_step_sarsa", {}, {"age"}),
        ("random", {}, set()),
    ],
)
def test_each_is_offered_only_where_it_means_something(agent, settings, there):
    session = TrainingSession(world="easy", agent=agent, **settings)
    names = set(offered(session.problem, session.agent).values())
    assert names & {"recent error", "standard error", "age", "UCB width"} == there


def test_what_is_not_known_is_said():
    session, _, _ = run()
    session.departures.append("Its action values were loaded.")
    with pytest.raises(UnknownPastError, match="learned lately is not known: Its action values were loaded"):
        RecentPast(session).updates()
