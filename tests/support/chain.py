"""A world in which nothing is left to chance, so that every update in it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gymnasium as gym

REWARDS = 1.0, 2.0, 4.0


class Chain(gym.Env):
    """States 0, 1, 2 and one action, which leads on with the rewards 1, 2 and 4; after the last the episode ends."""

    def __init__(self) -> None:
        self.observation_space, self.action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(1)
        self.P = {s: {0: [(1.0, min(s + 1, 2), REWARDS[s], s == 2)]} for s in range(3)}
        self.initial_state_distrib = [1.0, 0.0, 0.0]
        self.s = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.s = 0
        return 0, {}

    def step(self, action):
        ((_, successor, reward, terminated),) = self.P[self.s][int(action)]
        self.s = successor
        return successor, reward, terminated, False, {}


@contextmanager
def chain() -> Iterator[str]:
    """Register the chain for a while, and return its id."""
    gym.register("Chain-v0", entry_point=Chain)
    try:
        yield "Chain-v0"
    finally:
        del gym.registry["Chain-v0"]
