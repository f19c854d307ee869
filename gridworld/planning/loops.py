"""The loops of planning, compiled or plain: sweeps of values and searches through a graph of states.

A world with S states and A actions is a sparse matrix of S * A rows: row s * A + a holds the probabilities of going
on from state s by action a, as in scipy's compressed rows (`first`, `columns`, `weights`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.compiled import CAN_COMPILE, compile_loop


def _sweep(states, actions, first, columns, weights, reward, discount, values, tolerance, limit):
    """Do Gauss-Seidel value iteration in place over states 0 .. `states` - 1 (Sutton & Barto, section 4.4).

    Stops when no value of a sweep changes by more than the tolerance, or by more than rounding explains. Returns the
    number of sweeps, the largest change of the last one, and whether it stopped by itself.
    """
    largest_change = np.inf
    for sweep in range(limit):
        largest_change = 0.0
        largest_value = 0.0
        for state in range(states):
            best = -np.inf
            for row in range(state * actions, state * actions + actions):
                following = 0.0
                for entry in range(first[row], first[row + 1]):
                    following += weights[entry] * values[columns[entry]]
                best = max(best, reward[row] + discount * following)
            largest_change = max(largest_change, abs(best - values[state]))
            largest_value = max(largest_value, abs(best))
            values[state] = best
        if largest_change <= max(tolerance, 2e-15 * largest_value):
            return sweep + 1, largest_change, True
    return limit, largest_change, False


def _spread(first, rows, actions, allowed, depth, order, count):
    """Search breadth-first from the `count` states at the head of `order`, over allowed rows only.

    Each state met is appended to `order` and gets its `depth`, which is 1 at the sources and 0 where nothing was met.
    Returns how many states `order` holds at the end.
    """
    done = 0
    while done < count:
        state = order[done]
        done += 1
        for entry in range(first[state], first[state + 1]):
            row = rows[entry]
            origin = row // actions
            if allowed[row] and depth[origin] == 0:
                depth[origin] = depth[state] + 1
                order[count] = origin
                count += 1
    return count


def _prune(first, rows, actions, allowed, options, removed, count):
    """Take back the allowed rows that may lead to a removed state; a state left without options is removed too.

    `removed` holds `count` states at its head; returns how many it holds at the end.
    """
    done = 0
    while done < count:
        state = removed[done]
        done += 1
        for entry in range(first[state], first[state + 1]):
            row = rows[entry]
            if allowed[row]:
                allowed[row] = 0
                origin = row // actions
                options[origin] -= 1
                if options[origin] == 0:
                    removed[count] = origin
                    count += 1
    return count


def _plain(loop: Callable[..., Any]) -> Callable[..., Any]:
    """Return the loop as Python, on memoryviews: they give Python's own numbers, several times as fast as numpy's."""

    def run(*arguments: Any) -> Any:
        return loop(*(x.data if isinstance(x, np.ndarray) else x for x in arguments))

    return run


_ready = compile_loop if CAN_COMPILE else _plain
sweep, spread, prune = _ready(_sweep), _ready(_spread), _ready(_prune)
