"""What is known of one state."""

from math import isnan

import numpy as np
import pytest

from gridworld.agents.base import Tables
from gridworld.agents.policies import EpsilonGreedy, Softmax, UniformRandom, UpperConfidenceBound
from gridworld.insight.inspection import inspect_state, policy_now, why_not
from gridworld.planning.optimum import solve
from gridworld.training.session import TrainingSession


@pytest.fixture(scope="module")
def lake():
    session = TrainingSession(world="FrozenLake-v1", agent="q_learning", episodes=0, epsilon=0.2, epsilon_end=0.2)
    session.advance(20_000)
    return session


def test_a_state_has_its_kind_and_the_outcomes_of_its_actions(lake):
    solution = solve(lake.problem.phases[0][1], 0.99)
    facts = inspect_state(lake.problem, lake.agent, lake.scene(), 14, solution)
    assert (facts.state, facts.kind, [action.name for action in facts.actions]) == (
        14,
        "floor",
        list(lake.problem.actions),
    )
    right = facts.actions[2]
    assert sorted((o.successor, round(o.probability, 3), o.reward, o.ending.name) for o in right.outcomes) == [
        (10, 0.333, 0.0, "NONE"),
        (14, 0.333, 0.0, "NONE"),
        (15, 0.333, 1.0, "SUCCESS"),
    ]
    assert right.optimal_value == solution.action_values[14, 2]
    assert (right.value, right.visits) == (lake.tables.Q[14, 2], lake.tables.N[14, 2])
    assert sum(action.probability for action in facts.actions) == pytest.approx(1)
    best = max(facts.actions, key=lambda action: action.value)
    assert best.probability == pytest.approx(0.8 + 0.2 / 4)


def test_without_a_model_or_a_solution_nothing_is_made_up():
    session = TrainingSession(world="Blackjack-v1", episodes=0)
    facts = inspect_state(session.problem, session.agent, session.scene(), 5, None)
    assert all(isnan(action.optimal_value) for action in facts.actions)


def test_what_an_action_lacks_to_be_best(lake):
    facts = inspect_state(lake.problem, lake.agent, lake.scene(), 14, None)
    worst = min(facts.actions, key=lambda action: action.value)
    lack = why_not(facts, worst.action, lake.agent, lake.scene())
    assert lack.gap == lack.best.value - worst.value > 0
    assert lack.step_size == 0.1
    assert worst.value + 0.1 * (lack.needed_target - worst.value) == pytest.approx(lack.best.value)
    values = lake.tables.Q.max(1)
    expected = sum(o.probability * (o.reward + (not o.ending) * 0.99 * values[o.successor]) for o in worst.outcomes)
    assert lack.expected_target == pytest.approx(expected)
    assert why_not(facts, lack.best.action, lake.agent, lake.scene()) is None


@pytest.mark.parametrize(
    ("settings", "size"), [({"step_size_schedule": "1/N"}, 1 / 3), ({"step_size": 0.0}, 0.0), ({}, 0.1)]
)
def test_the_step_size_of_the_next_update(settings, size):
    session = TrainingSession(world="easy", agent="q_learning", **settings)
    scene = session.scene()
    scene.action_values[0, 1], scene.visits[0, 0] = 1.0, 2
    lack = why_not(inspect_state(session.problem, session.agent, scene, 0, None), 0, session.agent, scene)
    assert lack.step_size == size
    assert isnan(lack.needed_target) if size == 0 else lack.needed_target == pytest.approx(1 / size)


@pytest.mark.parametrize("agent", ["double_q_learning", "random"])
def test_no_target_is_named_where_none_would_do(agent):
    session = TrainingSession(world="easy", agent=agent)
    scene = session.scene()
    scene.action_values[0, 1] = 1.0
    assert isnan(
        why_not(inspect_state(session.problem, session.agent, scene, 0, None), 0, session.agent, scene).needed_target
    )


def test_a_state_that_is_not_there_is_refused(lake):
    with pytest.raises(ValueError, match="There is no state 16; this world has the states 0 to 15"):
        inspect_state(lake.problem, lake.agent, lake.scene(), 16, None)


TABLES = Tables(
    np.array([[1.0, 1.0, 0.5], [0.0, 2.0, -np.inf], [0.3, 0.1, 0.2]]), np.array([[5, 4, 0], [3, 1, 0], [4, 5, 6]])
)


@pytest.mark.parametrize(
    ("policy", "x"), [(EpsilonGreedy, 0.3), (Softmax, 0.5), (UniformRandom, 0.0), (UpperConfidenceBound, 0.0)]
)
def test_the_probabilities_of_a_policy_give_its_expectation(policy, x):
    tables = TABLES if policy is not UpperConfidenceBound else TABLES._replace(N=np.full((3, 3), 7))
    probabilities = policy.probabilities(tables, x)
    np.testing.assert_allclose(probabilities.sum(1), 1)
    assert probabilities[1, 2] == 0, "a state may lack the last actions"
    known = np.where(np.isneginf(tables.Q), 0, tables.Q)
    for s in range(3):
        assert (probabilities[s] * known[s]).sum() == pytest.approx(policy.mean(tables, s, x))


@pytest.mark.parametrize("policy", [EpsilonGreedy, Softmax, UniformRandom, UpperConfidenceBound])
def test_the_probabilities_are_how_often_actions_are_taken(policy):
    generator, draws = np.random.default_rng(1), 4_000
    probabilities = policy.probabilities(TABLES, 0.6)
    for s in range(3):
        taken = np.bincount([policy.act(TABLES, s, 0.6, generator) for _ in range(draws)], minlength=3)
        spread = np.sqrt(probabilities[s] * (1 - probabilities[s]) / draws)
        assert (np.abs(taken / draws - probabilities[s]) <= 4.5 * spread).all()


def test_the_policy_of_a_scene_has_a_row_for_each_state(lake):
    assert policy_now(lake.agent, lake.scene()).shape == (16, 4)
