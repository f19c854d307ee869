"""Prioritized sweeping: plan first where a value is most wrong, and go backwards from there."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import param

from gridworld.agents.base import ValueAgent, step_size, toward
from gridworld.agents.dyna import ENDS, expected
from gridworld.agents.policies import best
from gridworld.compiled import index, rule

UNTRIED = -2
NONE = -1  # the end of a list, or a pair that is not in the queue


class SweepingTables(NamedTuple):
    """A model, who leads to whom in it, and a queue. The pair of state s and action a is the number s A + a."""

    Q: np.ndarray  # float64 [S, A]
    N: np.ndarray  # int64 [S, A]
    outcome: np.ndarray  # int64 [S, A]: the successor, ENDS or UNTRIED
    reward: np.ndarray  # float64 [S, A]
    leading: np.ndarray  # int64 [S]: the first pair that leads to the state
    after: np.ndarray  # int64 [S A]: the next pair that leads to the same state
    before: np.ndarray  # int64 [S A]: the one before
    queue: np.ndarray  # int64 [S A]: pairs as a binary heap, the highest priority first
    place: np.ndarray  # int64 [S A]: where a pair is in the queue
    priority: np.ndarray  # float64 [S A]
    size: np.ndarray  # int64 [1]: how many pairs the queue has


@rule
def push(m, pair, priority):
    """Put a pair into the queue, or raise its priority there; a lower one changes nothing."""
    queued = m.place[pair]
    if queued == NONE:
        queued = m.size[0]
        m.size[0] += 1
    elif priority <= m.priority[pair]:
        return
    m.priority[pair] = priority
    place = index(queued)
    while place > 0:
        parent = index((place - 1) >> 1)
        above = index(m.queue[parent])
        if m.priority[above] >= priority:
            break
        m.queue[place], m.place[above] = above, place
        place = parent
    m.queue[place], m.place[pair] = pair, place


@rule
def pop(m):
    """Take the pair of the highest priority out of the queue, which must have one."""
    top = index(m.queue[0])
    m.place[top] = NONE
    m.size[0] -= 1
    count = m.size[0]
    if count == 0:
        return top
    moved, place, child = index(m.queue[count]), index(0), index(1)
    priority = m.priority[moved]
    while child < count:
        below = index(m.queue[child])
        if child + 1 < count:
            right = index(m.queue[index(child + 1)])
            is_higher = m.priority[right] > m.priority[below]
            child = index(child + is_higher)
            below = index(m.queue[child])
        if priority >= m.priority[below]:
            break
        m.queue[place], m.place[below] = below, place
        place, child = child, index(2 * child + 1)
    m.queue[place], m.place[moved] = moved, place
    return top


@rule
def relink(m, pair, old, new):
    """Move a pair from the list of those that lead to `old` to the list of those that lead to `new`."""
    if old >= 0:
        before, after = m.before[pair], m.after[pair]
        if before == NONE:
            m.leading[old] = after
        else:
            m.after[before] = after
        if after != NONE:
            m.before[after] = before
    if new >= 0:
        head = m.leading[new]
        m.before[pair], m.after[pair], m.leading[new] = NONE, head, pair
        if head != NONE:
            m.before[head] = pair


@rule
def consider(m, k, s, a, target):
    """Queue (s, a) if its value is off its target by more than the threshold; return by how much."""
    error = abs(target - m.Q[s, a])
    if error > k.threshold:
        push(m, index(s * m.Q.shape[1] + a), error)
    return error


@rule
def consider_earlier(m, k, s):
    """Consider every pair that leads to a state."""
    value, earlier = k.discount * best(m.Q, s), m.leading[s]
    while earlier != NONE:
        pair = index(earlier)
        p, b = index(pair // m.Q.shape[1]), index(pair % m.Q.shape[1])
        consider(m, k, p, b, m.reward[p, b] + value)
        earlier = m.after[pair]


class PrioritizedSweeping(ValueAgent):
    """Prioritized sweeping: updates from a model, the largest error first, then those that lead to what changed.

    P = |R + γ max_a Q(S', a) - Q(S, A)|; a pair with P > θ waits in a queue. After each step the first n of the queue
    are updated, Q(S, A) += α [R + γ max_a Q(S', a) - Q(S, A)], and the pairs that lead to S are considered again. The
    model expects of an action what it did the last time.
    """

    id = "prioritized_sweeping"
    label = "Prioritized sweeping"
    source = "Moore & Atkeson (1993), Peng & Williams (1993); Sutton & Barto (2018), section 8.4"
    live = (*ValueAgent.live, "planning_steps", "threshold")
    tables = SweepingTables

    planning_steps = param.Integer(
        5,
        bounds=(0, 10_000),
        softbounds=(0, 100),
        label="Planning steps n",
        doc="The largest number of updates after each real step; the agent learns by these only.",
    )
    threshold = param.Number(
        1e-4, bounds=(0, 100), softbounds=(0, 1), step=1e-4, label="Threshold θ", doc="Smaller errors are ignored."
    )

    def allocate(self, S, A, step_limit):
        none = partial(np.full, fill_value=NONE, dtype=np.int64)
        return SweepingTables(
            *self.action_tables(S, A),
            outcome=np.full((S, A), UNTRIED, np.int64),
            reward=np.zeros((S, A)),
            leading=none(S),
            after=none(S * A),
            before=none(S * A),
            queue=none(S * A),
            place=none(S * A),
            priority=np.zeros(S * A),
            size=np.zeros(1, np.int64),
        )

    @staticmethod
    def shown(tables):
        return {"queue": np.where(tables.place == NONE, 0.0, tables.priority).reshape(tables.Q.shape)}

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        s, a, actions = step.state, step.action, m.Q.shape[1]
        outcome = ENDS if step.terminated else step.next_state
        if m.outcome[s, a] != outcome:
            relink(m, s * actions + a, m.outcome[s, a], outcome)
            m.outcome[s, a] = outcome
        m.reward[s, a] = step.reward
        error = consider(m, k, s, a, expected(m, k, s, a))
        for _ in range(int(k.planning_steps)):
            if m.size[0] == 0:
                break
            pair = pop(m)
            p, b = index(pair // actions), index(pair % actions)
            toward(m.Q, p, b, step_size(k, m.N[p, b]), expected(m, k, p, b))
            consider_earlier(m, k, p)
        return error
