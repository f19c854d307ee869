"""Players with hidden layers that do what a linear player does."""

import numpy as np


def as_network(weights, units: int) -> tuple[float, ...]:
    """Return the weights of a network whose values are those of a linear player: two units pass it on, with both
    signs."""
    first, second, last = np.zeros((len(weights), units)), np.zeros((units, units)), np.zeros(units)
    first[:, 0], first[:, -1] = weights, -np.array(weights)
    second[0, 0] = second[-1, -1] = 1.0
    last[[0, -1]] = 1.0, -1.0
    bias = np.zeros(units)
    return tuple(np.concatenate([first.ravel(), bias, second.ravel(), bias, last, [0.0]]).tolist())
