"""Control with eligibility traces: a TD error is shared out among the steps that led to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import param

from gridworld.agents.base import ValueAgent, step_size
from gridworld.agents.policies import best
from gridworld.compiled import index, rule

FAINT = 1e-8  # a trace below it is dropped


class TraceTables(NamedTuple):
    """Traces, and the list of the pairs that have one."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    traces: np.ndarray  # float64 [S, A]
    traced: np.ndarray  # uint32 [S A, 2]: state, action
    size: np.ndarray  # int64 [1]: how many pairs the list has


@rule
def share_out(m, k, s, a, td_error, decay):
    """Mark (s, a); then Q += α δ E for every pair with a trace E, and E *= decay."""
    actions = m.Q.shape[1]
    if m.traces.shape[1] != actions or m.N.shape[1] != actions or m.traced.shape[1] != 2:
        return  # never; from here on the compiler knows how many columns each has
    if m.traces[s, a] == 0.0:
        m.traced[m.size[0], 0], m.traced[m.size[0], 1] = s, a
        m.size[0] += 1
    m.traces[s, a] = 1.0 if k.traces == 0 else m.traces[s, a] + 1.0
    i, count = index(0), m.size[0]
    while i < count:
        p, b = m.traced[i, 0], m.traced[i, 1]
        trace = m.traces[p, b]
        m.Q[p, b] += step_size(k, m.N[p, b]) * td_error * trace
        trace *= decay
        if trace > FAINT:
            m.traces[p, b] = trace
            i = index(i + 1)
        else:  # the last pair of the list takes its place
            m.traces[p, b] = 0.0
            count -= 1
            m.traced[i, 0], m.traced[i, 1] = m.traced[count, 0], m.traced[count, 1]
    m.size[0] = count


class TraceAgent(ValueAgent):
    """An agent with eligibility traces, which end with the episode."""

    on_policy = True
    live = (*ValueAgent.live, "trace_decay")
    tables = TraceTables

    trace_decay = param.Number(
        0.9,
        bounds=(0, 1),
        step=0.01,
        label="Trace decay λ",
        doc="The factor by which a trace shrinks with each step, in addition to γ; 0 is one-step learning.",
    )
    traces = param.Selector(
        default="replacing",
        objects=["replacing", "accumulating"],
        label="Traces",
        doc="On another visit, replacing traces are set to 1, accumulating ones grow by 1.",
    )

    def allocate(self, S, A, step_limit):
        traces, traced = np.zeros((S, A)), np.zeros((S * A, 2), np.uint32)
        return TraceTables(*self.action_tables(S, A), traces, traced, np.zeros(1, np.int64))

    @staticmethod
    def shown(tables):
        return {"traces": tables.traces}


class SarsaLambda(TraceAgent):
    """Sarsa(λ): Sarsa's TD error updates every pair in proportion to its trace.

    δ = R + γ Q(S', A') - Q(S, A);  E(S, A) = 1 (or += 1);  Q += α δ E;  E *= γ λ
    """

    id = "sarsa_lambda"
    label = "Sarsa(λ)"
    source = "Rummery & Niranjan (1994); Sutton & Barto (2018), section 12.7"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        s, a = step.state, step.action
        following = 0.0 if step.terminated else m.Q[step.next_state, step.next_action]
        td_error = step.reward + k.discount * following - m.Q[s, a]
        share_out(m, k, s, a, td_error, 0.0 if step.over else k.discount * k.trace_decay)
        return abs(td_error)


class QLambda(TraceAgent):
    """Watkins's Q(λ): Q-learning's TD error updates pairs in proportion to their traces, which exploring cuts.

    δ = R + γ max_a Q(S', a) - Q(S, A);  E(S, A) = 1 (or += 1);  Q += α δ E;  E *= γ λ if A' is greedy, else E = 0
    """

    id = "q_lambda"
    label = "Q(λ)"
    source = "Watkins (1989); Sutton & Barto (2018), section 12.10"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        s, a = step.state, step.action
        following = 0.0 if step.terminated else best(m.Q, step.next_state)
        td_error = step.reward + k.discount * following - m.Q[s, a]
        goes_on = not step.over and m.Q[step.next_state, step.next_action] == following
        share_out(m, k, s, a, td_error, k.discount * k.trace_decay if goes_on else 0.0)
        return abs(td_error)
