"""What a solver returns: the best values of a world, and the actions that are best by them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Solution:
    """The best values of a world with S states and A actions.

    -inf marks what no policy can be certain to end the episode after, or to go on free of cost; also states that no
    episode reaches, where rewards without end lie among them.
    """

    state_values: np.ndarray  # float64 [S]
    action_values: np.ndarray  # float64 [S, A]
    best_actions: np.ndarray  # bool [S, A]; several where their values differ by no more than rounding
    rounds: int  # sweeps, improvements of the policy, or steps of the horizon
    change: float  # the largest change of a state's value in the last round
