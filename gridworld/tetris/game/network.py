"""The value of a placement by a network with two hidden layers: a player that is not linear in its features.

Its weights are one list. Each layer has first the weights of its first input to every unit, then those of the second
input, and so on, then the bias of every unit. Hidden units are rectified; the last layer has one unit, the value.
"""

from __future__ import annotations

from gridworld.compiled import rule

MOST_UNITS = 64
"""In each hidden layer of a player."""


def n_weights(units: int, inputs: int) -> int:
    """Return how many weights a network has."""
    return units * (inputs + 1) + units * (units + 1) + units + 1


def is_network_size(n: int, inputs: int) -> bool:
    """Return whether a network for this number of inputs may have n weights."""
    return any(n == n_weights(units, inputs) for units in range(1, MOST_UNITS + 1))


@rule
def network_value(weights, start, hidden, inputs):
    """Return the value of the first `inputs` numbers of `hidden`; the network's weights begin at `start`.

    `hidden`, float64 [inputs + 2 `MOST_UNITS`] or more, is left with the hidden layers behind the inputs.
    """
    half = 0.5 * (inputs + 3)
    units = int((half * half - 1.0 + len(weights) - start) ** 0.5 - half + 0.5)
    begin, end, at = 0, inputs, start
    for _ in range(2):
        bias = at + (end - begin) * units
        for j in range(units):
            hidden[end + j] = weights[bias + j]
        for i in range(begin, end):
            given = hidden[i]
            if given != 0.0:
                for j in range(units):
                    hidden[end + j] += given * weights[at + j]
            at += units
        for j in range(units):
            hidden[end + j] = max(hidden[end + j], 0.0)
        begin, end, at = end, end + units, bias + units
    total = weights[at + units]
    for j in range(units):
        total += weights[at + j] * hidden[begin + j]
    return total
