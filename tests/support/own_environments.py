"""Environments without a model, as users bring them: one that works, one that raises, one that never comes back."""

from __future__ import annotations

from threading import Event

import gymnasium as gym

RELEASE = Event()
"""Set it to let `Hanging` environments come back, so that no thread outlives a test."""


class Coin(gym.Env):
    """Two states, one step: heads (action 1) pays 1 or -1 evenly, tails (action 0) pays `sure`."""

    def __init__(self, sure: float = 0.0) -> None:
        self.observation_space, self.action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)
        self.sure = sure

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 1, self.np_random.choice([-1.0, 1.0]) if action else self.sure, True, False, {}


class Corridor(Coin):
    """It never ends; each step pays -1."""

    def step(self, action):
        return 0, -1.0, False, False, {}


class Raising(Coin):
    """A step raises in all environments but the first of a process that `first` counts."""

    made = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).made += 1
        self.number = self.made

    def step(self, action):
        if self.number > 2:  # the first two are made to look at, and to train in
            raise ZeroDivisionError("no more\nfuel")
        return super().step(action)


class Hanging(Raising):
    """The same, but a step hangs."""

    def step(self, action):
        if self.number > 2:
            RELEASE.wait(60)
        return super(Raising, self).step(action)
