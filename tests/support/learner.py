"""Agents without a world: single transitions, so that an answer can be worked out by hand."""

from __future__ import annotations

import numpy as np

from gridworld.agents import Agent, Transition
from gridworld.training.loop import constants_type


class Learner:
    """An agent's tables and its rule, run plain. Its exploration's number is `x`, its random numbers are `draws`."""

    def __init__(self, agent: type[Agent], S: int = 3, A: int = 2, x: float = 0.5, draws=None, **settings) -> None:
        self.agent = agent.create({"discount": 0.5, "step_size": 0.5, **settings})
        self.m = self.agent.allocate(S, A, 10)
        self.x = x
        self.rng = draws or np.random.default_rng(0)

    def step(self, s, a, reward, s2, a2=0, *, terminated=False, truncated=False) -> float:
        """Learn from one transition; gives the TD error that is reported."""
        k = constants_type(type(self.agent))(*self.agent.constants())
        self.m.N[s, a] += 1
        transition = Transition(s, a, reward, s2, a2, terminated, terminated or truncated)
        return self.agent.learn(self.m, k, transition, self.x, self.agent.policy.mean, self.rng)


class Draws:
    """Uniform numbers that a test has chosen."""

    def __init__(self, *numbers: float) -> None:
        self.numbers = list(numbers)

    def random(self) -> float:
        return self.numbers.pop(0)
