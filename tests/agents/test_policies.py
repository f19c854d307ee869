"""Policies: how often they choose what, what they expect, and what their draws cost; schedules, worked out by hand."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridworld.agents.policies import EpsilonGreedy, Policy, Softmax, UniformRandom, UpperConfidenceBound, best, greedy
from gridworld.agents.schedules import constant, exponential, following, linear
from support.learner import Draws

DRAWS = 20_000


class Tables(NamedTuple):
    Q: np.ndarray
    N: np.ndarray


def tables(values, visits=None):
    """One state."""
    return Tables(np.array([values], float), np.array([visits or [1] * len(values)]))


def shares(policy: type[Policy], m, x):
    """How often each action is chosen."""
    rng = np.random.default_rng(7)
    return np.bincount([policy.act(m, 0, x, rng) for _ in range(DRAWS)], minlength=m.Q.shape[1]) / DRAWS


CASES = [
    (EpsilonGreedy, [1, 3, 3, 0], 0.4, [0.1, 0.4, 0.4, 0.1]),
    (EpsilonGreedy, [1, 3, 2, 0], 0.0, [0, 1, 0, 0]),
    (EpsilonGreedy, [1, 3, 2, 0], 1.0, [0.25] * 4),
    (Softmax, [0, math.log(2), math.log(5)], 1.0, [1 / 8, 2 / 8, 5 / 8]),
    (Softmax, [0, math.log(2), math.log(5)], 0.5, [1 / 30, 4 / 30, 25 / 30]),
    (Softmax, [-1e9, 1e9], 0.001, [0, 1]),
    (UniformRandom, [5, 0, 0, 0], 0.0, [0.25] * 4),
]


@pytest.mark.parametrize(("policy", "values", "x", "probabilities"), CASES)
def test_actions_are_chosen_with_their_probabilities(policy, values, x, probabilities):
    p = np.array(probabilities)
    error = np.abs(shares(policy, tables(values), x) - p)
    assert (error <= 4 * np.sqrt(p * (1 - p) / DRAWS)).all()


@pytest.mark.parametrize(("policy", "values", "x", "probabilities"), CASES)
def test_the_mean_is_that_of_those_probabilities(policy, values, x, probabilities):
    assert policy.mean(tables(values), 0, x) == pytest.approx(np.dot(probabilities, values))


@given(
    values=st.lists(st.floats(-100, 100), min_size=1, max_size=6),
    temperature=st.floats(0.001, 100),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_softmax_stays_within_the_values(values, temperature, draw):
    m = tables(values)
    assert Softmax.act(m, 0, temperature, Draws(draw)) in range(len(values))
    assert min(values) - 1e-9 <= Softmax.mean(m, 0, temperature) <= max(values) + 1e-9


def test_ties_are_broken_evenly_and_only_a_tie_costs_a_draw():
    tied = tables([2, 5, 5, 1, 5]).Q
    assert [greedy(tied, 0, Draws(u)) for u in (0.0, 0.3, 0.34, 0.66, 0.67, 0.99)] == [1, 1, 2, 2, 4, 4]
    assert greedy(tables([2, 5, 4]).Q, 0, Draws()) == 1
    assert greedy(tables([2, 5, 7]).Q, 0, Draws()) == 2
    assert greedy(tables([math.nan, 5, 4]).Q, 0, Draws()) == 0, "a run that diverged goes on"
    assert greedy(tables([-math.inf, -math.inf, -math.inf]).Q, 0, Draws(0.99)) == 2
    assert best(tied, 0) == 5


def test_epsilon_greedy_explores_below_epsilon():
    m = tables([1, 2, 0, 0])
    assert EpsilonGreedy.act(m, 0, 0.3, Draws(0.29, 0.8)) == 3
    assert EpsilonGreedy.act(m, 0, 0.3, Draws(0.3)) == 1


def test_ucb_tries_what_is_untried_first():
    m = tables([100, 0, 0, 50], visits=[3, 0, 0, 1])
    assert [UpperConfidenceBound.act(m, 0, 1.0, Draws(u)) for u in (0.0, 0.49, 0.5, 0.99)] == [1, 1, 2, 2]


@pytest.mark.parametrize(("confidence", "action"), [(0.0, 0), (0.5, 0), (1.0, 1)])
def test_ucb_weighs_values_against_visits(confidence, action):
    """Visits 6 and 2, ln 8 = 2.079: bonuses of 0.589 c and 1.020 c, so that 1/3 more value loses from c = 0.77 on."""
    m = tables([1 / 3, 0], visits=[6, 2])
    assert UpperConfidenceBound.act(m, 0, confidence, Draws()) == action


def test_ucb_breaks_its_ties_evenly():
    m = tables([1, 1, 0], visits=[4, 4, 4])
    assert [UpperConfidenceBound.act(m, 0, 1.0, Draws(u)) for u in (0.49, 0.5)] == [0, 1]
    assert UpperConfidenceBound.mean(m, 0, 1.0) == 1


def run(schedule, episodes):
    numbers = [schedule.start]
    for _ in range(episodes):
        numbers.append(following(numbers[-1], schedule))
    return numbers


@pytest.mark.parametrize(
    ("schedule", "numbers"),
    [
        (constant(0.3, 0.1, 0.5), [0.3, 0.3, 0.3]),
        (exponential(0.8, 0.15, 0.5), [0.8, 0.4, 0.2, 0.15, 0.15]),
        (exponential(0.2, 0.5, 0.5), [0.2, 0.4, 0.5, 0.5]),
        (linear(1.0, 0.5, 0.8), [1.0, 0.8, 0.6, 0.5, 0.5]),
        (linear(0.0, 0.4, 0.75), [0.0, 0.1, 0.2, 0.3, 0.4, 0.4]),
        (linear(0.5, 0.1, 1.0), [0.5, 0.5, 0.5]),
        (exponential(0.4, 0.4, 0.9), [0.4, 0.4, 0.4]),
    ],
)
def test_schedules_go_from_start_to_end(schedule, numbers):
    assert run(schedule, len(numbers) - 1) == pytest.approx(numbers)
