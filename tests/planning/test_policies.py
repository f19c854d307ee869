"""One rule says which actions are best: exact for what was learned, up to rounding for what was solved."""

from __future__ import annotations

import numpy as np
import pytest

from gridworld.planning import best_actions, epsilon_greedy_policy, greedy_outcome, greedy_policy, value_iteration
from gridworld.planning.policies import action_values, checked_policy, draw_action, preferred_actions
from gridworld.planning.solution import Solution
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem
from gridworld.worlds.transition_model import TransitionModel


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ([10_000, 10_000.000001, 0, 0], [1]),
        ([1, 1 + 1e-10, 1, 0], [1]),
        ([0.5, 0.5 - 1e-3, 0.5 - 1e-9, 0.5], [0, 3]),
        ([1e-12, 0, 1e-12, -1], [0, 2]),
        ([np.nan, 0, -1, 0], [1, 3]),
        ([-np.inf] * 4, [0, 1, 2, 3]),
        ([np.nan] * 4, [0, 1, 2, 3]),
    ],
)
def test_the_best_of_a_learned_table_are_exactly_the_highest(values, best):
    row = np.array([values], float)
    assert np.flatnonzero(best_actions(row)[0]).tolist() == best
    assert np.flatnonzero(greedy_policy(row)[0]).tolist() == best
    assert greedy_policy(row)[0].sum() == 1


def test_probabilities_are_split_evenly_over_ties():
    values = np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 1.0]])
    greedy = np.array([[0.5, 0.5, 0], [1, 0, 0]])
    np.testing.assert_allclose(greedy_policy(values), greedy)
    np.testing.assert_allclose(epsilon_greedy_policy(values, 0.3), 0.1 + 0.7 * greedy)


def test_the_agent_itself_acts_by_the_same_rule():
    """A greedy agent in a state whose values differ by one part in 10^10 takes the highest, ever."""
    session = TrainingSession(
        world="open_5",
        episodes=0,
        epsilon=0.0,
        epsilon_schedule="constant",
        step_size=1e-300,
        options={"step_limit": 1},
    )
    session.arrays()["table_Q"][:] = [1.0, 1.0 + 1e-10, 1.0, 0.0]
    session.advance_episodes(200)
    assert session.tables.N.sum(0).tolist() == [0, 200, 0, 0]
    assert best_actions(session.tables.Q)[0].tolist() == [False, True, False, False]


def test_solved_values_tie_up_to_rounding():
    """Ways round a slippery, symmetric world are equally good, but for the last bits of their values."""
    solution = value_iteration(load_problem("corners?slip=0.3&step_reward=-0.1").phases[0][1], 0.9)
    values = solution.action_values.reshape(4, 4, 4)
    mirrored = values.transpose(1, 0, 2)[..., [3, 2, 1, 0]]  # up <-> left, right <-> down
    np.testing.assert_allclose(values, mirrored, rtol=1e-12)
    best = best_actions(solution).reshape(4, 4, 4)
    np.testing.assert_array_equal(best, best.transpose(1, 0, 2)[..., [3, 2, 1, 0]])


@pytest.mark.parametrize(
    ("world", "discount", "returned", "steps"),
    [
        ("open_30", 0.5, 0.43, 58),
        ("open_30", 0.1, 0.43, 58),
        ("cliff", 0.1, -13, 13),
        ("windy", 0.1, -15, 15),
        ("open_30?slip=0.2", 0.5, 0.3019, 70.809),
    ],
)
def test_the_best_actions_far_from_the_goal_are_known_at_any_discount(world, discount, returned, steps):
    """Their values differ by less than an absolute tolerance would notice, or even than float64 shows."""
    model = load_problem(world).phases[0][1]
    outcome = greedy_outcome(model, value_iteration(model, discount))
    assert outcome.expected_return == pytest.approx(returned, abs=5e-5)
    assert outcome.expected_length == pytest.approx(steps, abs=5e-4)


def test_a_solution_names_what_is_best():
    values = np.array([[1.0, 1.0 + 1e-13]])
    both = Solution(values.max(1), values, np.array([[True, True]]), 1, 0.0)
    assert greedy_policy(both).tolist() == [[0.5, 0.5]]
    assert greedy_policy(both.action_values).tolist() == [[0.0, 1.0]]


def test_nothing_is_preferred_where_nothing_was_learned():
    values, visits = np.array([[0, 1.0], [0, 1.0], [1.0, 1.0]]), np.array([[0, 0], [0, 1], [3, 4]])
    assert preferred_actions(values, visits).tolist() == [[False, False], [False, True], [False, False]]


def test_ties_are_drawn_evenly_and_only_they_cost_a_draw():
    generator = np.random.default_rng(0)
    drawn = [draw_action(np.array([True, False, True, True]), generator) for _ in range(3000)]
    assert np.bincount(drawn, minlength=4) / 3000 == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3], abs=0.04)
    state = generator.bit_generator.state
    assert draw_action(np.array([False, True]), generator) == 1
    assert generator.bit_generator.state == state


@pytest.mark.parametrize("epsilon", [-0.1, 1.1, np.nan])
def test_an_epsilon_that_is_no_probability_is_refused(epsilon):
    with pytest.raises(ValueError, match="Epsilon"):
        epsilon_greedy_policy(np.zeros((2, 4)), epsilon)


@pytest.mark.parametrize(("short", "ties"), [(1e-15, True), (1e-10, False)])
def test_solved_values_tie_where_they_differ_by_rounding_only(short, ties):
    table = {0: {0: [(1.0, 0, 1.0, True)], 1: [(1.0, 0, 1.0 - short, True)]}}
    solution = value_iteration(TransitionModel.from_dynamics(table, [1.0]), 0.5)
    assert best_actions(solution).tolist() == [[True, ties]]


def test_an_empty_table_has_no_best_actions():
    with pytest.raises(ValueError, match=r"shape \(0, 4\)"):
        best_actions(np.zeros((0, 4)))


def test_an_action_that_is_not_there_is_no_preference():
    values, visits = np.array([[1.0, 1.0, -np.inf], [1.0, 0.0, -np.inf]]), np.ones((2, 3), int)
    assert preferred_actions(values, visits).tolist() == [[False] * 3, [True, False, False]]


@pytest.mark.parametrize("row", [[1.5, -0.5, 0, 0], [0.5, 0.5, 0.05, 0]])
def test_a_row_that_holds_no_probabilities_is_named(row):
    model = load_problem("easy").phases[0][1]
    policy = np.full((model.n_states, 4), 0.25)
    policy[3] = row
    with pytest.raises(ValueError, match="The policy in state 3 is"):
        checked_policy(model, policy)


def test_a_discount_above_1_has_no_action_values():
    model = load_problem("easy").phases[0][1]
    with pytest.raises(ValueError, match=r"discount is 1\.5"):
        action_values(model, np.zeros(model.n_states), 1.5)
