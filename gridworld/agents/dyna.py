"""Dyna: learn from each step, remember what it did, and learn again from what is remembered."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np
import param

from gridworld.agents.base import ValueAgent, step_size, toward
from gridworld.agents.policies import best, choices
from gridworld.compiled import below, rule

ENDS = -1  # the remembered outcome of an action that terminated the episode


class ModelTables(NamedTuple):
    """A model that expects of each action what it did the last time."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    outcome: np.ndarray  # int64 [S, A]: the successor, or ENDS; the state itself before the first try
    reward: np.ndarray  # float64 [S, A]
    visited: np.ndarray  # uint32 [S]: the states seen, in the order of their first visit
    tried: np.ndarray  # uint32 [S, A]: the actions tried in a state, in the order of their first use
    tried_count: np.ndarray  # int64 [S]
    visited_count: np.ndarray  # int64 [1]
    stream: np.ndarray  # int64 [1]: what `draw` goes on from
    tried_at: np.ndarray  # int64 [S, A]: the step an action was last tried at, 0 before
    clock: np.ndarray  # int64 [1]: steps done


@rule
def draw(stream, n):
    """Draw one of 0 ... n - 1, for n < 2**31, by Marsaglia's multiply-with-carry, which fits a signed 64-bit word.

    Planning draws from a stream of its own, so that the number of planning steps doesn't change how the agent explores.
    """
    word = 1791398085 * (stream[0] & 0xFFFFFFFF) + (stream[0] >> 32)
    stream[0] = word
    return ((word & 0xFFFFFFFF) * n) >> 32


@rule
def remember(m, step, rng):
    """Write a step into the model."""
    s, a = step.state, step.action
    if m.stream[0] == 0:
        m.stream[0] = 1 + below(1 << 53, rng)
    if m.N[s, a] == 1:
        if m.tried_count[s] == 0:
            m.visited[m.visited_count[0]] = s
            m.visited_count[0] += 1
        m.tried[s, m.tried_count[s]] = a
        m.tried_count[s] += 1
    m.outcome[s, a] = ENDS if step.terminated else step.next_state
    m.reward[s, a] = step.reward


@rule
def expected(m, k, s, a):
    """Return the value that the model gives to an action: R + γ max_b Q(S', b)."""
    if m.outcome[s, a] < 0:
        return m.reward[s, a]
    return m.reward[s, a] + k.discount * best(m.Q, m.outcome[s, a])


class DynaQ(ValueAgent):
    """Dyna-Q: Q-learning, and after each step n updates more, from remembered actions of states drawn at random.

    Q(S, A) += α [R + γ max_a Q(S', a) - Q(S, A)], first as it happened, then as Model(S, A) = (R, S') last did
    """

    id = "dyna_q"
    label = "Dyna-Q"
    source = "Sutton (1990); Sutton & Barto (2018), section 8.2"
    live = (*ValueAgent.live, "planning_steps")
    tables = ModelTables

    planning_steps = param.Integer(
        5,
        bounds=(0, 10_000),
        softbounds=(0, 100),
        label="Planning steps n",
        doc="The number of simulated updates after each real step.",
    )

    def allocate(self, S, A, step_limit):
        zeros = partial(np.zeros, dtype=np.int64)
        return ModelTables(
            *self.action_tables(S, A),
            outcome=np.repeat(np.arange(S), A).reshape(S, A),
            reward=np.zeros((S, A)),
            visited=np.zeros(S, np.uint32),
            tried=np.zeros((S, A), np.uint32),
            tried_count=zeros(S),
            visited_count=zeros(1),
            stream=zeros(1),
            tried_at=zeros((S, A)),
            clock=zeros(1),
        )

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        remember(m, step, rng)
        s, a = step.state, step.action
        error = toward(m.Q, s, a, step_size(k, m.N[s, a]), expected(m, k, s, a))
        for _ in range(int(k.planning_steps)):
            s = m.visited[draw(m.stream, m.visited_count[0])]
            a = m.tried[s, draw(m.stream, m.tried_count[s])]
            toward(m.Q, s, a, step_size(k, m.N[s, a]), expected(m, k, s, a))
        return error


class DynaQPlus(DynaQ):
    """Dyna-Q+: planning adds a bonus to actions not tried for a long time, so that changes of the world are noticed.

    Q(S, A) += α [R + κ √τ + γ max_a Q(S', a) - Q(S, A)] in planning, τ steps after A was last tried in S. Actions never
    tried in a state that was visited are planned with too, as leading back to it with reward 0.
    """

    id = "dyna_q_plus"
    label = "Dyna-Q+"
    source = "Sutton (1990); Sutton & Barto (2018), section 8.3"
    live = (*DynaQ.live, "kappa")

    kappa = param.Number(
        1e-3,
        bounds=(0, 10),
        softbounds=(0, 0.1),
        step=1e-4,
        label="Bonus κ",
        doc="The weight of the exploration bonus κ √(steps since the action was last tried).",
    )

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        remember(m, step, rng)
        s, a = step.state, step.action
        m.clock[0] += 1
        m.tried_at[s, a] = m.clock[0]
        error = toward(m.Q, s, a, step_size(k, m.N[s, a]), expected(m, k, s, a))
        for _ in range(int(k.planning_steps)):
            s = m.visited[draw(m.stream, m.visited_count[0])]
            a = draw(m.stream, choices(m.Q, s))
            bonus = k.kappa * math.sqrt(m.clock[0] - m.tried_at[s, a])
            toward(m.Q, s, a, step_size(k, max(1, m.N[s, a])), bonus + expected(m, k, s, a))
        return error
