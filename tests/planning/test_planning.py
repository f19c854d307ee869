"""Planning against published values, against brute force, and at the edges of what has a value.

S&B is Sutton & Barto, Reinforcement Learning, 2nd edition (2018).
"""

import itertools
import subprocess
import sys
from dataclasses import replace

import gymnasium
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld import Ending, TransitionModel, load_world
from gridworld.planning import (
    action_values,
    best_within,
    epsilon_greedy_policy,
    evaluate_policy,
    greedy_outcome,
    greedy_path,
    greedy_policy,
    policy_iteration,
    policy_outcome,
    uniform_policy,
    value_iteration,
)

SOLVERS = [value_iteration, policy_iteration]
TAXI = max(name for name in gymnasium.registry if name.startswith("Taxi-v"))


def gymnasium_model(name, **settings):
    env = gymnasium.make(name, **settings).unwrapped
    return TransitionModel.from_dynamics(env.P, env.initial_state_distrib)


def chain_of(*states, start=0):
    """A world from one list of actions per state; an action is a list of (probability, successor, reward, ended)."""
    dynamics = {s: dict(enumerate(actions)) for s, actions in enumerate(states)}
    return TransitionModel.from_dynamics(dynamics, np.eye(len(states))[start])


def go(successor, reward=0.0):
    return [(1.0, successor, reward, False)]


def end(reward=0.0):
    return [(1.0, 0, reward, True)]


def from_start(model, values):
    return float(model.start @ values)


@pytest.fixture(scope="module")
def frozen_lake():
    return gymnasium_model("FrozenLake-v1", map_name="4x4", is_slippery=True)


# Published values


def test_jumps_under_the_uniform_policy():
    """S&B, Figure 3.2."""
    model = load_world("jumps").model
    values = evaluate_policy(model, uniform_policy(model), 0.9).reshape(5, 5).round(1)
    assert values[0].tolist() == [3.3, 8.8, 4.4, 5.3, 1.5]
    assert values[-1].tolist() == [-1.9, -1.3, -1.2, -1.4, -2.0]


@pytest.mark.parametrize("solve", SOLVERS)
def test_jumps_at_their_best(solve):
    """S&B, Figure 3.5."""
    values = solve(load_world("jumps").model, 0.9).state_values.reshape(5, 5).round(1)
    assert values[0].tolist() == [22.0, 24.4, 22.0, 19.4, 17.5]
    assert values[-1].tolist() == [14.4, 16.0, 14.4, 13.0, 11.7]


def test_two_corners_under_the_uniform_policy():
    """S&B, Figure 4.1."""
    model = load_world("corners").model
    values = evaluate_policy(model, uniform_policy(model), 1.0).reshape(4, 4)
    expected = [[0, -14, -20, -22], [-14, -18, -20, -20], [-20, -20, -18, -14], [-22, -20, -14, 0]]
    np.testing.assert_allclose(values, expected, atol=1e-9)


@pytest.mark.parametrize("solve", SOLVERS)
@pytest.mark.parametrize("model", [load_world("cliff").model, gymnasium_model("CliffWalking-v1")])
def test_cliff(model, solve):
    """S&B, Example 6.6."""
    solution = solve(model, 1.0)
    assert from_start(model, solution.state_values) == -13
    around = epsilon_greedy_policy(solution, 0.1)
    assert from_start(model, evaluate_policy(model, around, 1.0)) == pytest.approx(-50.80, abs=0.005)
    assert policy_outcome(model, around).expected_return == pytest.approx(-50.80, abs=0.005)


def test_best_soft_policy_of_the_cliff():
    model = load_world("cliff").model
    best = policy_iteration(model, 1.0, epsilon=0.1)
    assert from_start(model, best.state_values) == pytest.approx(-20.71, abs=0.005)
    around = epsilon_greedy_policy(best, 0.1)
    np.testing.assert_allclose(evaluate_policy(model, around, 1.0), best.state_values, atol=1e-9)


@pytest.mark.parametrize("solve", SOLVERS)
def test_windy_gridworld(solve):
    """S&B, Example 6.5."""
    model = load_world("windy").model
    solution = solve(model, 1.0)
    assert from_start(model, solution.state_values) == -15
    assert greedy_outcome(model, solution, epsilon=0.1).expected_length == pytest.approx(17.05, abs=0.005)


@pytest.mark.parametrize("solve", SOLVERS)
def test_dyna_maze(solve):
    """S&B, Example 8.1."""
    model = load_world("dyna_maze").model
    values = solve(model, 0.95)
    path = greedy_path(model, values)
    assert (path.length, path.ending) == (14, Ending.SUCCESS)
    assert greedy_outcome(model, values).expected_length == pytest.approx(14)
    assert greedy_outcome(model, values, epsilon=0.1).expected_length == pytest.approx(15.88, abs=0.005)
    assert policy_outcome(model, uniform_policy(model)).expected_length == pytest.approx(868.7, abs=0.05)


@pytest.mark.parametrize("solve", SOLVERS)
def test_frozen_lake(frozen_lake, solve):
    solution = solve(frozen_lake, 1.0)
    assert from_start(frozen_lake, solution.state_values) == pytest.approx(14 / 17, abs=1e-9)  # .8235
    assert from_start(frozen_lake, solve(frozen_lake, 0.99).state_values) == pytest.approx(0.5420, abs=5e-5)
    outcome = greedy_outcome(frozen_lake, solution)
    assert outcome.success_probability == pytest.approx(14 / 17)
    assert outcome.ending_probability == pytest.approx(1)


def test_frozen_lake_within_its_step_limit(frozen_lake):
    best = best_within(frozen_lake, 100)
    assert from_start(frozen_lake, best.state_values) == pytest.approx(0.7442, abs=5e-5)
    policy = greedy_policy(value_iteration(frozen_lake, 1.0))
    stationary = policy_outcome(frozen_lake, policy, horizon=100)
    assert stationary.success_probability <= from_start(frozen_lake, best.state_values)
    assert from_start(frozen_lake, evaluate_policy(frozen_lake, policy, 1.0, horizon=100)) == pytest.approx(
        stationary.expected_return
    )


def test_bellman_equation_has_a_wrong_solution_above(frozen_lake):
    """Sweeps from 1 would stay there: the top row can be walked for ever without falling in."""
    values = np.ones(16)
    for _ in range(2000):
        values = action_values(frozen_lake, values, 1.0).max(1)
    assert from_start(frozen_lake, values) == pytest.approx(1.0)
    assert from_start(frozen_lake, value_iteration(frozen_lake, 1.0).state_values) == pytest.approx(0.8235, abs=5e-5)


@pytest.mark.parametrize("solve", SOLVERS)
def test_taxi(solve):
    model = gymnasium_model(TAXI)
    outcome = greedy_outcome(model, solve(model, 1.0))
    assert outcome.expected_return == pytest.approx(7.93)
    assert outcome.ending_probability == pytest.approx(1)


# Brute force


def random_model(seed):
    """Five states, two actions, up to two outcomes; loops, traps and free or paid ways are all likely."""
    rng = np.random.default_rng(seed)
    shape = (5, 2, 2)
    successor = rng.integers(5, size=shape).astype(np.uint32)
    probability = rng.choice([0.0, 0.25, 0.5], size=(5, 2))
    probability = np.stack([probability, 1 - probability], -1)
    reward = rng.choice([-2.0, -1.0, 0.0, 0.0, 0.0, rng.choice([0.0, 0.0, 1.0])], size=shape)
    ending = (rng.random(shape) < 0.2).astype(np.uint8)
    reward[ending > 0] += rng.choice([0.0, 3.0])
    return TransitionModel(successor, probability, reward, ending, np.eye(5)[0])


def best_by_brute_force(model):
    """The largest total reward of a deterministic policy, by long sums; None if one is paid + and - for ever."""
    best = np.full(5, -np.inf)
    for choice in itertools.product(range(2), repeat=5):
        index = np.arange(5), np.array(choice)
        step = np.zeros((5, 5))
        weights = model.probability[index] * (model.ending[index] == 0)
        np.add.at(step, (np.arange(5)[:, None], model.successor[index]), weights)
        total = model.expected_reward[index]
        totals = [total]
        for _ in range(16):
            total = total + step @ total
            step = step @ step
            totals.append(total)
        growth = totals[-1] - totals[-2]
        bounded = np.abs(growth) <= 1e-6
        still_paid = step @ np.abs(totals[0]) > 1e-9
        if (still_paid & (np.abs(growth) < 100)).any():
            return None
        best = np.maximum(best, np.where(bounded, totals[-1], np.copysign(np.inf, growth)))
    return best


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
@pytest.mark.slow
def test_best_total_reward_by_brute_force(seed):
    model = random_model(seed)
    best = best_by_brute_force(model)
    if best is None:
        return
    for solve in SOLVERS:
        if np.isfinite(best[0]):
            values = solve(model, 1.0).state_values
            known = np.isfinite(values)
            np.testing.assert_allclose(values[known], best[known], atol=1e-8)
            assert known[0]
        else:
            with pytest.raises(ValueError, match="At discount 1"):
                solve(model, 1.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.3, 0.9, 0.999]))
def test_solvers_agree_below_discount_one(seed, discount):
    model = random_model(seed)
    one, other = (solve(model, discount) for solve in SOLVERS)
    np.testing.assert_allclose(one.state_values, other.state_values, atol=1e-9)
    np.testing.assert_allclose(one.action_values.max(1), one.state_values, atol=1e-9)
    policy = greedy_policy(one)
    np.testing.assert_allclose(evaluate_policy(model, policy, discount), one.state_values, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_outcome_and_values_agree_within_a_horizon(seed, horizon):
    model = random_model(seed)
    policy = uniform_policy(model)
    outcome = policy_outcome(model, policy, horizon)
    values = evaluate_policy(model, policy, 1.0, horizon)
    assert outcome.expected_return == pytest.approx(from_start(model, values), abs=1e-9)
    assert outcome.success_probability <= outcome.ending_probability <= 1
    assert 1 <= outcome.expected_length <= horizon + 1e-9
    assert not outcome.endless
    assert (best_within(model, horizon).state_values >= values - 1e-9).all()


@pytest.mark.parametrize("world", ["four_rooms", "windy", "cliff"])
def test_solvers_agree_on_slippery_ground(world):
    """At discount 1 with costs, where the sweeps' start value takes a way to the end that slips seldom lead astray."""
    model = replace(load_world(world), slip=0.6).model
    one, other = (solve(model, 1.0) for solve in SOLVERS)
    known = np.isfinite(other.state_values)
    np.testing.assert_array_equal(np.isfinite(one.state_values), known)
    np.testing.assert_allclose(one.state_values[known], other.state_values[known], rtol=1e-8)
    assert one.rounds < 2000


@pytest.mark.parametrize("discount", [0.9, 1.0])
def test_best_soft_policy_of_epsilon_one_is_the_uniform_one(discount):
    model = load_world("cliff").model
    uniform = evaluate_policy(model, uniform_policy(model), discount)
    np.testing.assert_allclose(policy_iteration(model, discount, epsilon=1.0).state_values, uniform, atol=1e-6)


def test_a_long_horizon_is_no_horizon():
    model = load_world("dyna_maze").model
    policy = uniform_policy(model)
    unlimited = policy_outcome(model, policy)
    limited = policy_outcome(model, policy, horizon=100_000)
    assert limited.expected_return == pytest.approx(unlimited.expected_return)
    assert limited.expected_length == pytest.approx(unlimited.expected_length)


def test_the_same_without_numba(frozen_lake):
    program = (
        "import sys; sys.modules['numba'] = None\n"
        "import gymnasium\n"
        "from gridworld.worlds.transition_model import TransitionModel\n"
        "from gridworld.planning import value_iteration\n"
        "env = gymnasium.make('FrozenLake-v1', map_name='4x4', is_slippery=True).unwrapped\n"
        "model = TransitionModel.from_dynamics(env.P, env.initial_state_distrib)\n"
        "print(value_iteration(model, 1.0).state_values.tobytes().hex())\n"
    )
    plain = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert plain == value_iteration(frozen_lake, 1.0).state_values.tobytes().hex()


# What has no finite value


@pytest.mark.parametrize("solve", SOLVERS)
def test_rewards_without_end_are_refused(solve):
    """S&B, Example 3.5 never ends and pays 10 a turn."""
    with pytest.raises(ValueError, match=r"best return is infinite.*discount below 1 or a step limit"):
        solve(load_world("jumps").model, 1.0)


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_start_without_a_way_out_is_refused(solve):
    with pytest.raises(ValueError, match=r"no policy is sure to end the episode from state 0.*way out"):
        solve(chain_of([go(0, -1)], [end(1)]), 1.0)


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_trap_that_can_be_avoided_is_minus_infinite(solve):
    model = chain_of([go(1, -1), go(2, -1)], [end(), end()], [go(2, -1), go(2, -1)])
    solution = solve(model, 1.0)
    assert solution.state_values.tolist() == [-1, 0, -np.inf]
    assert solution.action_values[0].tolist() == [-1, -np.inf]
    assert greedy_outcome(model, solution).expected_return == -1


@pytest.mark.parametrize("solve", SOLVERS)
@pytest.mark.parametrize("reward", [-1.0, 0.0, 1.0])
def test_cells_that_no_episode_reaches_do_not_matter(solve, reward):
    model = chain_of([go(1, -1)], [end(5)], [go(2, reward)])
    assert solve(model, 1.0).state_values[:2].tolist() == [4, 5]
    assert evaluate_policy(model, uniform_policy(model), 1.0)[:2].tolist() == [4, 5]


@pytest.mark.parametrize("solve", SOLVERS)
def test_resting_for_free_beats_a_bad_ending(solve):
    assert solve(chain_of([go(0), end(-10)]), 1.0).state_values.tolist() == [0]


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_free_loop_does_not_hide_a_good_ending(solve):
    model = chain_of([go(1), go(0)], [go(0), end(2)])
    solution = solve(model, 1.0)
    assert solution.state_values.tolist() == [2, 2]
    assert greedy_outcome(model, solution).expected_return == pytest.approx(2)


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_reward_on_the_way_that_can_be_had_once(solve):
    assert solve(chain_of([go(1, 3), end(1)], [go(1, -1), end(0)]), 1.0).state_values.tolist() == [3, 0]


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_paid_round_trip_that_costs_as_much_is_finite(solve):
    model = chain_of([go(1, 1), end(0)], [go(0, -1), end(0)])
    assert solve(model, 1.0).state_values.tolist() == [1, 0]


def test_a_policy_that_never_ends():
    model = chain_of([go(1, -1), end(0)], [go(0, -1), end(0)])
    forever = np.array([[1.0, 0.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match=r"no finite value: from state 0"):
        evaluate_policy(model, forever, 1.0)
    outcome = policy_outcome(model, forever)
    assert outcome.endless
    assert (outcome.expected_return, outcome.expected_length) == (-np.inf, np.inf)
    assert (outcome.ending_probability, outcome.success_probability) == (0, 0)
    limited = policy_outcome(model, forever, horizon=7)
    assert (limited.expected_return, limited.expected_length, limited.ending_probability) == (-7, 7, 0)


def test_a_policy_that_sometimes_ends():
    """Half of the episodes rest for free, a quarter fail, a quarter succeed."""
    first = [(0.5, 1, -1.0, False), (0.25, 0, -1.0, True), (0.25, 0, 1.0, True)]
    outcome = policy_outcome(chain_of([first], [go(1)]), np.ones((2, 1)))
    assert outcome.endless
    assert outcome.expected_return == pytest.approx(-0.5)
    assert (outcome.ending_probability, outcome.success_probability) == (0.5, 0.25)


def test_sweeps_that_do_not_suffice_are_reported(frozen_lake):
    with pytest.raises(RuntimeError, match=r"After 3 sweeps .* use policy iteration"):
        value_iteration(frozen_lake, 0.99, sweeps=3)


# Policies and paths


def test_a_path_that_runs_in_circles_stops():
    model = chain_of([go(1), end()], [go(0), end()])
    path = greedy_path(model, np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert (path.states.tolist(), path.ending) == ([0, 1, 0], Ending.NONE)


def test_a_path_is_no_longer_than_its_limit():
    model = load_world("cliff").model
    path = greedy_path(model, value_iteration(model, 1.0), limit=4)
    assert (path.length, path.ending) == (4, Ending.NONE)
    assert greedy_path(model, value_iteration(model, 1.0), start=0).states[0] == 0


# Arguments


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: value_iteration(m, 1.5), r"discount is 1.5; choose one from 0 to 1"),
        (lambda m: value_iteration(m, float("nan")), r"discount is nan"),
        (lambda m: value_iteration(m, 0.9, tolerance=0), r"tolerance is 0; choose a number above 0"),
        (lambda m: value_iteration(m, 0.9, sweeps=0), r"number of sweeps is 0"),
        (lambda m: policy_iteration(m, -0.1), r"discount is -0.1"),
        (lambda m: policy_iteration(m, 0.9, epsilon=2), r"Epsilon is 2; it is a probability"),
        (lambda m: policy_iteration(m, 0.9, rounds=0), r"number of rounds is 0"),
        (lambda m: best_within(m, 0), r"horizon is 0; choose a whole number from 1 up"),
        (lambda m: best_within(m, 2.5), r"horizon is 2.5"),
        (lambda m: evaluate_policy(m, np.ones((3, 2)), 0.9), r"shape \(3, 2\); this world needs .*\(2, 2\)"),
        (lambda m: evaluate_policy(m, np.ones((2, 2)), 0.9), r"policy in state 0 is 1, 1"),
        (lambda m: evaluate_policy(m, np.full((2, 2), np.nan), 0.9), r"policy in state 0 is nan, nan"),
        (lambda m: evaluate_policy(m, uniform_policy(m), 0.9, horizon=-1), r"horizon is -1"),
        (lambda m: policy_outcome(m, uniform_policy(m), horizon=0), r"horizon is 0"),
        (lambda m: greedy_policy(np.zeros(4)), r"action values have shape \(4,\)"),
        (lambda m: greedy_outcome(m, np.zeros((3, 2))), r"shape \(3, 2\)"),
        (lambda m: action_values(m, np.zeros(3), 0.9), r"state values have shape \(3,\)"),
        (lambda m: greedy_path(m, np.zeros((2, 2)), start=2), r"start is state 2; the states are 0 to 1"),
        (lambda m: greedy_path(m, np.zeros((2, 2)), limit=0), r"limit is 0"),
    ],
)
def test_a_wrong_argument_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(chain_of([go(1), end()], [go(0), end()]))
