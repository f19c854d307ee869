"""One-step temporal-difference control, and the agent that learns nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gridworld.agents.base import Agent, ValueAgent, step_size, toward
from gridworld.agents.policies import best, greedy
from gridworld.compiled import below, index, rule


class QLearning(ValueAgent):
    """Q-learning: off-policy, towards the best action of the next state.

    Q(S, A) += α [R + γ max_a Q(S', a) - Q(S, A)]
    """

    id = "q_learning"
    label = "Q-learning"
    source = "Watkins (1989); Sutton & Barto (2018), eq. 6.8"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        target = step.reward if step.terminated else step.reward + k.discount * best(m.Q, step.next_state)
        return toward(m.Q, step.state, step.action, step_size(k, m.N[step.state, step.action]), target)


class Sarsa(ValueAgent):
    """Sarsa: on-policy, towards the action that is taken next.

    Q(S, A) += α [R + γ Q(S', A') - Q(S, A)]
    """

    id = "sarsa"
    label = "Sarsa"
    source = "Rummery & Niranjan (1994); Sutton & Barto (2018), eq. 6.7"
    on_policy = True

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        target = step.reward if step.terminated else step.reward + k.discount * m.Q[step.next_state, step.next_action]
        return toward(m.Q, step.state, step.action, step_size(k, m.N[step.state, step.action]), target)


class ExpectedSarsa(ValueAgent):
    """Expected Sarsa: towards the policy's expectation over the next actions.

    Q(S, A) += α [R + γ Σ_a π(a | S') Q(S', a) - Q(S, A)]
    """

    id = "expected_sarsa"
    label = "Expected Sarsa"
    source = "van Seijen et al. (2009); Sutton & Barto (2018), eq. 6.9"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        target = step.reward if step.terminated else step.reward + k.discount * mean(m, step.next_state, x)
        return toward(m.Q, step.state, step.action, step_size(k, m.N[step.state, step.action]), target)


class TwinTables(NamedTuple):
    """Q is the mean of the twins."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    twins: np.ndarray  # float64 [2 S, A]: row 2 s + i is Q_i(s, .)
    updates: np.ndarray  # int64 [2 S, A]: of each twin's values


class DoubleQLearning(ValueAgent):
    """Double Q-learning: a coin decides which table learns; the other one values its best action.

    Q₁(S, A) += α [R + γ Q₂(S', argmax_a Q₁(S', a)) - Q₁(S, A)], or with the tables exchanged. It acts by their mean.
    """

    id = "double_q_learning"
    label = "Double Q-learning"
    source = "van Hasselt (2010); Sutton & Barto (2018), eq. 6.10"
    tables = TwinTables

    def allocate(self, S, A, step_limit):
        Q, N = self.action_tables(S, A)
        return TwinTables(Q, N, Q.repeat(2, axis=0), np.zeros((2 * S, A), np.int64))

    @staticmethod
    def set_values(tables, values):
        tables.Q[...], tables.twins[...] = values, values.repeat(2, axis=0)

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        if m.twins.shape[1] != m.Q.shape[1] or m.updates.shape[1] != m.Q.shape[1]:
            return 0.0  # never; the compiler learns that they have as many columns
        learner = below(2, rng)
        a, row, next_row = step.action, index(2 * step.state + learner), index(2 * step.next_state + learner)
        target = step.reward
        if not step.terminated:
            target += k.discount * m.twins[next_row ^ 1, greedy(m.twins, next_row, rng)]
        m.updates[row, a] += 1
        error = toward(m.twins, row, a, step_size(k, m.updates[row, a]), target)
        m.Q[step.state, a] = (m.twins[row, a] + m.twins[row ^ 1, a]) * 0.5
        return error


class RandomAgent(Agent):
    """Every action with the same probability, and nothing learned: what an agent has to beat."""

    id = "random"
    label = "Random"
    source = "a baseline"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        return 0.0
