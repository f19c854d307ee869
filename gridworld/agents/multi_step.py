"""Control from the rewards of several steps: n of them, or all to the end of the episode."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import param

from gridworld.agents.base import MAX_VALUES, ValueAgent, step_size, toward
from gridworld.compiled import rule

MOST_STEPS = 128  # a power of two: positions in the ring wrap by a mask


class WaitingTables(NamedTuple):
    """Steps wait in a ring until n rewards have followed them."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    waiting: np.ndarray  # uint32 [128, 2]: state, action
    rewards: np.ndarray  # float64 [128]
    ring: np.ndarray  # int64 [2]: where the oldest is, how many wait


class NStepSarsa(ValueAgent):
    """n-step Sarsa: on-policy, n rewards and then the value of the action taken next.

    G = R₁ + γ R₂ + ... + γⁿ⁻¹ Rₙ + γⁿ Q(Sₙ, Aₙ);  Q(S₀, A₀) += α [G - Q(S₀, A₀)]

    At the end of an episode the steps still waiting learn from the rewards there are, followed by nothing where it
    terminated, and by the value of the action that would have been next where it was truncated.
    """

    id = "n_step_sarsa"
    label = "n-step Sarsa"
    learns_at_once = False
    source = "Sutton & Barto (2018), section 7.2 and eq. 7.5"
    on_policy = True
    live = (*ValueAgent.live, "n")
    tables = WaitingTables

    n = param.Integer(4, bounds=(1, MOST_STEPS), label="Steps n", doc="The number of rewards in each update target.")

    def allocate(self, S, A, step_limit):
        waiting = np.zeros((MOST_STEPS, 2), np.uint32)
        return WaitingTables(*self.action_tables(S, A), waiting, np.zeros(MOST_STEPS), np.zeros(2, np.int64))

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        oldest, count, mask = m.ring[0], m.ring[1] + 1, MOST_STEPS - 1
        newest = (oldest + count - 1) & mask
        m.waiting[newest, 0], m.waiting[newest, 1], m.rewards[newest] = step.state, step.action, step.reward
        errors = 0.0
        while count > 0 and (step.over or count >= k.n):
            target = 0.0 if step.terminated else m.Q[step.next_state, step.next_action]
            for later in range(oldest + count - 1, oldest - 1, -1):
                target = m.rewards[later & mask] + k.discount * target
            s, a = m.waiting[oldest, 0], m.waiting[oldest, 1]
            errors += toward(m.Q, s, a, step_size(k, m.N[s, a]), target)
            oldest, count = (oldest + 1) & mask, count - 1
        m.ring[0], m.ring[1] = oldest, count
        return errors


class EpisodeTables(NamedTuple):
    """The steps of the running episode."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    returns: np.ndarray  # int64 [S, A]: how many returns Q is the average of
    first: np.ndarray  # int64 [S, A]: 1 + the time of the first visit in this episode, 0 without one
    episode: np.ndarray  # uint32 [T, 2]: state, action
    rewards: np.ndarray  # float64 [T]
    length: np.ndarray  # int64 [1]


class MonteCarlo(ValueAgent):
    """First-visit Monte Carlo control: at the end of an episode, towards the returns received.

    G = Rₜ₊₁ + γ Rₜ₊₂ + ... to the end;  Q(Sₜ, Aₜ) += α [G - Q(Sₜ, Aₜ)] where t is the first visit of (Sₜ, Aₜ)

    With the step size 1/N, N counts first visits, so that Q is the average of the returns. A truncated episode goes on
    as the policy expects it to: its last state counts Σ_a π(a | S) Q(S, a). Where nothing else limits an episode it is
    cut after 10,000 steps, for a return needs an end.
    """

    id = "monte_carlo"
    label = "Monte Carlo"
    learns_at_once = False
    source = "Sutton & Barto (2018), section 5.4"
    default_step_limit = 10_000
    tables = EpisodeTables

    step_size_schedule = param.Selector(default="1/N")

    def allocate(self, S, A, step_limit):
        T = step_limit or self.default_step_limit
        if T > MAX_VALUES:
            raise ValueError(f"{self.label} keeps whole episodes: the step limit {T:,} is over {MAX_VALUES:,}.")
        returns, first = np.zeros((S, A), np.int64), np.zeros((S, A), np.int64)
        episode, rewards = np.zeros((T, 2), np.uint32), np.zeros(T)
        return EpisodeTables(*self.action_tables(S, A), returns, first, episode, rewards, np.zeros(1, np.int64))

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        t = m.length[0]
        m.episode[t, 0], m.episode[t, 1], m.rewards[t] = step.state, step.action, step.reward
        if m.first[step.state, step.action] == 0:
            m.first[step.state, step.action] = t + 1
        m.length[0] = t + 1
        errors = 0.0
        if step.over or t + 1 == m.rewards.shape[0]:
            target = 0.0 if step.terminated else mean(m, step.next_state, x)
            for time in range(t, -1, -1):
                s, a = m.episode[time, 0], m.episode[time, 1]
                target = m.rewards[time] + k.discount * target
                if m.first[s, a] == time + 1:
                    m.first[s, a] = 0
                    m.returns[s, a] += 1
                    errors += toward(m.Q, s, a, step_size(k, m.returns[s, a]), target)
            m.length[0] = 0
        return errors
