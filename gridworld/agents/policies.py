"""How an agent chooses: `act` draws an action, `mean` is the policy's expectation of the action values.

Every rule takes the agent's tables `m` (`m.Q` float64 [S, A], `m.N` visits int64 [S, A]), a state and the policy's one
number `x`: epsilon, the temperature, or the confidence. Ties are broken evenly, and only a tie costs a draw.

A state may have fewer actions than the table has columns: it has the first ones, and the values of the others are -inf.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from gridworld.compiled import below, exp, rule, uniform


@rule
def choices(Q, s):
    """Return the number of actions of a state: the columns up to the last whose value is not -inf."""
    count = Q.shape[1]
    while count > 1 and Q[s, count - 1] == -math.inf:
        count -= 1
    return count


@rule
def best(Q, s):
    """Return max_a Q(s, a)"""
    top = Q[s, 0]
    for a in range(1, Q.shape[1]):
        if Q[s, a] > top:
            top = Q[s, a]
    return top


@rule
def greedy(Q, s, rng):
    """Return argmax_a Q(s, a)"""
    top, ties = best(Q, s), 0
    for a in range(Q.shape[1]):
        ties += Q[s, a] == top
    skip = below(ties, rng) if ties > 1 else ties - 1
    seen, pick = 0, 0
    for a in range(Q.shape[1] - 1):  # to the end: a loop without a break has no branch to guess
        seen += Q[s, a] == top
        pick += seen <= skip
    return pick


class Policy:
    """A way to choose actions: two rules, `act(m, s, x, rng) -> action` and `mean(m, s, x) -> Σ_a π(a | s) Q(s, a)`.

    `probabilities(m, x)` is π itself, float64 [S, A], for what is shown; no loop needs it.
    """

    act: ClassVar[Callable[..., int]]
    mean: ClassVar[Callable[..., float]]
    probabilities: ClassVar[Callable[..., np.ndarray]]


def evenly(chosen: np.ndarray) -> np.ndarray:
    """Return the policy that takes the chosen actions of each state, bool [S, A], with equal probability."""
    return chosen / np.maximum(chosen.sum(1, keepdims=True), 1)


def present(Q: np.ndarray) -> np.ndarray:
    """Return the actions that each state has, bool [S, A]."""
    has = ~np.isneginf(Q)
    return np.logical_or.accumulate(has[:, ::-1], axis=1)[:, ::-1] | (np.arange(Q.shape[1]) == 0)


class EpsilonGreedy(Policy):
    """With probability epsilon any action, else a greedy one (S&B, section 2.2)."""

    @staticmethod
    @rule
    def act(m, s, epsilon, rng):
        if uniform(rng) < epsilon:
            return below(choices(m.Q, s), rng)
        return greedy(m.Q, s, rng)

    @staticmethod
    @rule
    def mean(m, s, epsilon):
        total, actions = 0.0, choices(m.Q, s)
        for a in range(actions):
            total += m.Q[s, a]
        return (1.0 - epsilon) * best(m.Q, s) + epsilon * (total / actions)

    @staticmethod
    def probabilities(m, epsilon):
        greedy_actions = m.Q.max(1, keepdims=True) == m.Q
        return (1.0 - epsilon) * evenly(greedy_actions) + epsilon * evenly(present(m.Q))


class Softmax(Policy):
    """Action a with probability proportional to exp(Q(s, a) / temperature) (S&B, section 13.1)."""

    @staticmethod
    @rule
    def act(m, s, temperature, rng):
        top, total, actions = best(m.Q, s), 0.0, choices(m.Q, s)
        for a in range(actions):
            total += exp((m.Q[s, a] - top) / temperature)
        left = uniform(rng) * total
        for a in range(actions - 1):
            left -= exp((m.Q[s, a] - top) / temperature)
            if left < 0.0:
                return a
        return actions - 1

    @staticmethod
    @rule
    def mean(m, s, temperature):
        top, total, weighted = best(m.Q, s), 0.0, 0.0
        for a in range(choices(m.Q, s)):
            weight = exp((m.Q[s, a] - top) / temperature)
            total += weight
            weighted += weight * m.Q[s, a]
        return weighted / total

    @staticmethod
    def probabilities(m, temperature):
        with np.errstate(invalid="ignore", over="ignore"):
            weights = np.exp((m.Q - m.Q.max(1, keepdims=True)) / temperature)
        return weights / weights.sum(1, keepdims=True)


@rule
def upper_bound(m, s, a, log_visits, confidence):
    """Return Q(s, a) + c sqrt(ln N(s) / N(s, a)) of a tried action (S&B, eq. 2.10, per state)."""
    return m.Q[s, a] + confidence * math.sqrt(log_visits / m.N[s, a])


class UpperConfidenceBound(Policy):
    """The action with the highest upper confidence bound; an action not yet tried comes first."""

    @staticmethod
    @rule
    def act(m, s, confidence, rng):
        actions, visits, untried = choices(m.Q, s), 0, 0
        for a in range(actions):
            visits += m.N[s, a]
            if m.N[s, a] == 0:
                untried += 1
        if untried > 0:
            skip, pick = below(untried, rng), -1
            while skip >= 0:
                pick += 1
                if m.N[s, pick] == 0:
                    skip -= 1
            return pick
        log_visits = math.log(visits)
        top, ties, pick = upper_bound(m, s, 0, log_visits, confidence), 0, 0
        for a in range(1, actions):
            top = max(top, upper_bound(m, s, a, log_visits, confidence))
        for a in range(actions):
            if upper_bound(m, s, a, log_visits, confidence) == top:
                ties, pick = ties + 1, a
        if ties > 1:
            skip, pick = below(ties, rng), -1
            while skip >= 0:
                pick += 1
                if upper_bound(m, s, pick, log_visits, confidence) == top:
                    skip -= 1
        return pick

    @staticmethod
    @rule
    def mean(m, s, confidence):
        return best(m.Q, s)

    @staticmethod
    def probabilities(m, confidence):
        has = present(m.Q)
        untried = has & (m.N == 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            log_visits = np.log(np.where(has, m.N, 0).sum(1, keepdims=True))
            bounds = np.where(has, m.Q + confidence * np.sqrt(log_visits / m.N), -np.inf)
        return evenly(np.where(untried.any(1, keepdims=True), untried, bounds == bounds.max(1, keepdims=True)))


class UniformRandom(Policy):
    """Every action with the same probability."""

    @staticmethod
    @rule
    def act(m, s, x, rng):
        return below(choices(m.Q, s), rng)

    @staticmethod
    @rule
    def mean(m, s, x):
        total, actions = 0.0, choices(m.Q, s)
        for a in range(actions):
            total += m.Q[s, a]
        return total / actions

    @staticmethod
    def probabilities(m, x):
        return evenly(present(m.Q))


POLICIES: dict[str, type[Policy]] = {
    "epsilon-greedy": EpsilonGreedy,
    "softmax": Softmax,
    "UCB": UpperConfidenceBound,
}
"""The policies that a user can choose, by the value of `exploration`."""
