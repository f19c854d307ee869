"""What a loop can look out for while it goes on; without a watch it looks out for nothing, and that costs nothing.

A watch is a rule of the loop, as its agent is: `notices(watch, m, step, td_error, episode_return, n) -> stop`, called
after each step. What it looks for, and what it has found, is in arrays.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gridworld.compiled import rule


class Watch(NamedTuple):
    """The step that last changed the value of one action."""

    place: np.ndarray  # int64 [2]: state, action
    value: np.ndarray  # float64 [1]: the action value as it was last seen
    changed: np.ndarray  # int64 [1]: steps done once it had changed; -1: it has not


def watch_value(Q: np.ndarray, state: int, action: int) -> Watch:
    """Return a watch for the next changes of Q(state, action), float64 [S, A]."""
    return Watch(np.array([state, action]), np.array([Q[state, action]]), np.array([-1]))


@rule
def nothing(watch, m, step, td_error, episode_return, n):
    """Look out for nothing."""
    return False


@rule
def notices(watch, m, step, td_error, episode_return, n):
    """Write down the step if it changed the value that is watched."""
    place, value, changed = watch
    now = m.Q[place[0], place[1]]
    if now != value[0] and (now == now or value[0] == value[0]):  # nan, of a run that diverged, stays nan
        value[0], changed[0] = now, n
    return False
