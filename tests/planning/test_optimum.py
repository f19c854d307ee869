"""One meaning of "optimum": the best undiscounted return within the step limit; and what a discount aims at."""

from __future__ import annotations

import numpy as np
import pytest

from gridworld.planning import best_within, policy_iteration, value_iteration
from gridworld.planning.optimum import find_optimum, solve
from gridworld.worlds.problem import load_problem


@pytest.mark.parametrize(
    ("world", "discount", "optimum", "for_discount"),
    [
        ("FrozenLake8x8-v1", 0.99, 0.9132, 0.8630),  # within 200 steps
        ("FrozenLake8x8-v1", 1.0, 0.9132, 0.8857),
        ("FrozenLake-v1", 0.99, 0.7442, 0.7402),
        ("FrozenLake-v1?is_slippery=false", 1.0, 1, 1),
        ("dyna_maze?step_limit=100", 1.0, 1, 1),
        ("dyna_maze?step_limit=100", 0.95, 1, 1),
        ("cliff", 0.1, -13, -13),
        ("open_30", 0.5, 0.43, 0.43),
        ("jumps?step_limit=100", 0.5, 197.619, 185),
    ],
)
def test_the_optimum_and_what_the_discount_aims_at(world, discount, optimum, for_discount):
    problem = load_problem(world)
    best = find_optimum(problem.phases[0][1], discount, problem.step_limit)
    assert best.expected_return == pytest.approx(optimum, abs=5e-4)
    assert best.return_for_discount == pytest.approx(for_discount, abs=5e-4)
    assert best.aims_lower == (for_discount < optimum)


def test_what_has_no_bound_is_not_known():
    model = load_problem("jumps?step_limit=0").phases[0][1]
    best = find_optimum(model, 0.9, None)
    assert np.isnan([best.expected_return, best.return_for_discount]).all()
    assert best.solution is not None
    assert not best.aims_lower
    assert find_optimum(model, 1.0, None).solution is None


def test_an_agent_without_a_discount_aims_at_nothing_else():
    best = find_optimum(load_problem("cliff").phases[0][1], None, None)
    assert best.expected_return == -13
    assert best.solution is None
    assert not best.aims_lower


def test_policy_iteration_takes_over_where_sweeps_do_not_settle():
    model = load_problem("jumps").phases[0][1]
    with pytest.raises(RuntimeError, match="use policy iteration"):
        value_iteration(model, 0.99999)
    solution = solve(model, 0.99999)
    assert solution.rounds < 10
    np.testing.assert_allclose(solution.state_values, policy_iteration(model, 0.99999).state_values)
    assert solution.state_values[1] == pytest.approx(10 / (1 - 0.99999**5), rel=1e-9)


def test_a_step_limit_that_is_too_far_away_is_reported():
    with pytest.raises(RuntimeError, match="choose a lower limit"):
        best_within(load_problem("jumps").phases[0][1], 1_000_000, rounds=100)


@pytest.mark.parametrize(("world", "steps"), [("dyna_maze", 14), ("blocking_maze", 10), ("cliff", np.nan)])
def test_the_fewest_steps_are_found_where_returns_are_all_alike(world, steps):
    best = find_optimum(load_problem(world).phases[0][1], 0.95, None)
    assert best.fewest_steps == pytest.approx(steps, nan_ok=True)
