"""Maximization bias, as an environment that no table of transitions holds: its rewards are Gaussian."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

A, B, END = range(3)


class MaximizationBias(gym.Env):
    """Two states: right is safe, left leads to many bad bets of which some look good (S&B, Example 6.7).

    Observation
        `Discrete(3)`: 0 is A, 1 is B, 2 the end.
    Actions
        `Discrete(n)`. A has two, 0 left and 1 right; in B each of n is a bet of its own (`state_actions`).
        One that A doesn't have changes nothing.
    Reward
        0 in A; in B drawn from a normal distribution with mean -0.1 and standard deviation 1, whatever the bet.
    Start
        A.
    End
        Going right, or any bet, terminates; `info["success"]` is whether it was by going right. There is no step
        limit: an episode has at most two steps.
    Arguments
        `bets`: n, 10 by default.

    The optimum is always to go right, with return 0.

    Source: Sutton & Barto (2018), Example 6.7 and Figure 6.5; van Hasselt (2010).
    """

    mean = -0.1
    deviation = 1.0
    state_names = ("A", "B", "end")

    def __init__(self, bets: int = 10) -> None:
        if bets < 2:
            raise ValueError(f"bets is {bets}; it must be at least 2.")
        self.observation_space = gym.spaces.Discrete(3)
        self.action_space = gym.spaces.Discrete(bets)
        self._bets = bets
        self.state_actions = (("left", "right"), tuple(f"bet {bet + 1}" for bet in range(bets)), ())
        self._state = A

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode in A."""
        super().reset(seed=seed)
        self._state = A
        return A, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Go left or right from A, or bet in B."""
        if not 0 <= action < self._bets:
            raise ValueError(f"The action {action!r} is not one of 0 to {self._bets - 1}.")
        if self._state == A and action > 1:
            return A, 0.0, False, False, {}
        if self._state == A and action == 0:
            self._state = B
            return B, 0.0, False, False, {}
        bet = self._state == B
        reward = float(self.np_random.normal(self.mean, self.deviation)) if bet else 0.0
        self._state = END
        return END, reward, True, False, {"success": not bet}

    def get_state(self) -> int:
        """Return the state the episode is in."""
        return self._state

    def set_state(self, value: int) -> None:
        """Put the episode into a state.

        Raises
        ------
        ValueError
            If it is none.
        """
        if value not in (A, B, END):
            raise ValueError(f"The state is {value!r}; it must be 0, 1 or 2.")
        self._state = value
