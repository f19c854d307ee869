"""What a greedy policy is worth: exact where a model is known, else sampled, with an error that is reported."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan

import gymnasium as gym
import numpy as np
import pytest

from gridworld.errors import EvaluationError
from gridworld.planning import greedy_policy, policy_outcome, uniform_policy
from gridworld.planning.greedy_return import Sampling, exact_greedy_return, greedy_return
from gridworld.worlds.problem import load_problem
from support.own_environments import Coin, Corridor, Raising, own_environments

UP, RIGHT = ([1.0, 0, 0, 0], [0, 1.0, 0, 0])


@pytest.fixture(autouse=True)
def _registered():
    with own_environments():
        yield


def always(problem, row):
    return np.tile(np.array(row, float), (problem.n_states, 1))


def test_a_policy_that_never_reaches_the_goal_has_the_return_of_its_steps():
    problem = load_problem("medium?step_limit=50")
    worth = greedy_return(problem, always(problem, UP), step_limit=50)
    assert worth.expected_return == pytest.approx(-0.5)
    assert (worth.expected_length, worth.success_probability, worth.exact) == (50, 0, True)


def test_an_environment_that_can_not_be_closed_is_one_sentence(registries):
    class Stiff(Coin):
        closed = 0

        def close(self):
            type(self).closed += 1
            if self.closed > 1:  # the first is closed when the problem is made
                raise OSError("the window\nis gone")

    gym.register("Stiff-v0", Stiff)
    problem = load_problem("Stiff-v0")
    with pytest.raises(EvaluationError, match=r"evaluated in Stiff-v0: its environment raised OSError: the window is"):
        greedy_return(problem, np.zeros((2, 2)), sampling=Sampling(episodes=1))


def test_a_policy_without_an_end_is_reported():
    problem = load_problem("medium")
    worth = greedy_return(problem, always(problem, UP))
    assert (worth.expected_return, worth.endless) == (-inf, True)


def test_a_policy_that_visits_very_many_states_is_sampled_and_one_that_visits_few_is_not():
    problem, sampling = load_problem("open_300"), Sampling(episodes=3, steps=1_000)
    anywhere = greedy_return(problem, always(problem, [0.0] * 4), step_limit=20, sampling=sampling)
    assert (anywhere.exact, anywhere.episodes, anywhere.expected_length) == (False, 3, 20)
    assert exact_greedy_return(problem, always(problem, [0.0] * 4)) is None
    assert greedy_return(problem, always(problem, RIGHT), step_limit=20).exact


@pytest.mark.parametrize("reward", [0, -2])
def test_endings_that_all_pay_nothing_or_less_have_a_return_too(reward):
    problem = load_problem(f"step reward: 0\nE: exit {reward}\n\nS.E\n")
    worth = greedy_return(problem, always(problem, RIGHT))
    assert (worth.expected_return, worth.expected_length) == (reward, 3)
    resting = greedy_return(problem, always(problem, UP))
    assert (resting.expected_return, resting.endless) == (0, True)


def test_a_step_limit_far_away_costs_no_time():
    """A billion steps in circles are added up turn by turn."""
    problem = load_problem("cliff")
    worth = greedy_return(problem, always(problem, UP), step_limit=10**9)
    assert (worth.expected_return, worth.expected_length) == (-(10**9), 10**9)
    assert greedy_return(problem, always(problem, RIGHT), step_limit=777).expected_length == 777


@pytest.mark.parametrize("world", ["four_rooms?slip=0.3", "medium?slip=0.3", "cliff?slip=0.1", "jumps", "medium"])
@pytest.mark.parametrize("seed", range(6))
def test_turns_added_up_at_once_are_those_that_would_follow(world, seed):
    """Six random policies each: some end, some walk in circles, some end now and then; step by step they agree."""
    model = load_problem(world).phases[0][1]
    policy, total, present = greedy_policy(np.random.default_rng(seed).random((model.n_states, 4))), 0.0, model.start
    onward = model.probability * (model.ending == 0) * policy[..., None]
    matrix = np.zeros((model.n_states, model.n_states))
    np.add.at(matrix, (model.successor, np.arange(model.n_states)[:, None, None]), onward)
    reward = (policy * model.expected_reward).sum(1)
    for _ in range(5000):
        total += float(present @ reward)
        present = matrix @ present
    assert policy_outcome(model, policy, 5000).expected_return == pytest.approx(total, rel=1e-9)


def test_a_far_step_limit_is_as_good_as_none():
    model = load_problem("four_rooms").phases[0][1]
    limited, unlimited = (policy_outcome(model, uniform_policy(model), limit) for limit in (10**9, None))
    assert limited.expected_length == pytest.approx(unlimited.expected_length, rel=1e-6)


def test_sampled_figures_carry_their_error():
    problem = load_problem("Coin-v0")
    worth = greedy_return(problem, np.array([[0.0, 1.0], [0, 0]]), sampling=Sampling(episodes=400))
    assert (worth.exact, worth.episodes, worth.expected_length) == (False, 400, 1)
    assert worth.standard_error == pytest.approx(1 / 20, abs=0.003)
    low, high = worth.interval
    assert abs(worth.expected_return) < 4 * worth.standard_error
    assert high - low == pytest.approx(2 * 1.966 * worth.standard_error, rel=1e-3)
    assert worth == greedy_return(problem, np.array([[0.0, 1.0], [0, 0]]), sampling=Sampling(episodes=400))
    assert worth != greedy_return(problem, np.array([[0.0, 1.0], [0, 0]]), sampling=Sampling(episodes=400, seed=1))


def test_one_episode_proves_nothing():
    worth = greedy_return(load_problem("Coin-v0"), np.zeros((2, 2)), sampling=Sampling(episodes=1))
    assert worth.interval == (-inf, inf)


def test_a_sampled_policy_breaks_ties_evenly():
    problem = load_problem("Coin-v0?sure=5")
    worth = greedy_return(problem, np.zeros((2, 2)), sampling=Sampling(episodes=2000))
    assert worth.expected_return == pytest.approx(2.5, abs=4 * worth.standard_error)
    assert 0.05 < worth.standard_error < 0.07


def test_sampled_episodes_are_cut_by_the_step_limit_or_count_as_endless():
    problem = load_problem("Corridor-v0")
    cut = greedy_return(problem, np.zeros((2, 2)), step_limit=7, sampling=Sampling(episodes=3))
    assert (cut.expected_return, cut.expected_length, cut.ending_probability, cut.endless) == (-7, 7, 0, False)
    endless = greedy_return(problem, np.zeros((2, 2)), sampling=Sampling(episodes=3))
    assert isnan(endless.expected_return)
    assert endless.endless


def test_sampling_agrees_with_the_model():
    problem = load_problem("FrozenLake-v1")
    values = np.random.default_rng(1).random((16, 4))
    exact = greedy_return(problem, values, step_limit=100)
    unknown = replace(problem, phases=())
    sampled = greedy_return(unknown, values, step_limit=100)
    assert exact.expected_return == pytest.approx(sampled.expected_return, abs=4 * sampled.standard_error)
    assert exact.success_probability == pytest.approx(sampled.success_probability, abs=4 * sampled.standard_error)
    assert exact.expected_length == pytest.approx(sampled.expected_length, rel=0.1)
    assert exact_greedy_return(unknown, values) is None


def test_an_environment_that_raises_is_named_in_one_sentence():
    Raising.begun = 1
    problem = load_problem("Raising-v0")
    with pytest.raises(EvaluationError) as caught:
        greedy_return(problem, np.zeros((2, 2)))
    assert str(caught.value).startswith(
        "The greedy policy can't be evaluated: after 0 steps Raising-v0 raised ZeroDivisionError (no more fuel) "
    )


def test_the_step_after_which_an_environment_went_wrong_is_named(registries):
    class Third(Corridor):
        steps = 0

        def step(self, action):
            self.steps += 1
            return super().step(action) if self.steps < 3 else (7, 0.0, False, False, {})

    gym.register("Third-v0", Third)
    with pytest.raises(EvaluationError, match=r"evaluated: after 2 steps Third-v0 returned 7 for action .; its obs"):
        greedy_return(load_problem("Third-v0"), np.zeros((2, 2)))


def test_sampling_has_a_time_limit_and_can_be_cancelled():
    problem = load_problem("Corridor-v0")
    with pytest.raises(EvaluationError, match=r"that took over 0 s"):
        greedy_return(problem, np.zeros((2, 2)), sampling=Sampling(seconds=0.0))
    with pytest.raises(EvaluationError, match="it was cancelled"):
        greedy_return(problem, np.zeros((2, 2)), sampling=Sampling(cancelled=lambda: True))
