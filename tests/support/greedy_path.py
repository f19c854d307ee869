"""The ways of a policy through a world, looked at whole."""

import numpy as np


def goes_astray(model, taken, optimal):
    """Return whether a way of the actions taken leads from a start to one that is not optimal; both are bool [S, A]."""
    waiting, seen = list(np.flatnonzero(model.start)), set()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        if (taken[state] & ~optimal[state]).any():
            return True
        goes_on = taken[state][:, None] & (model.probability[state] > 0) & (model.ending[state] == 0)
        waiting += list(model.successor[state][goes_on])
    return False
