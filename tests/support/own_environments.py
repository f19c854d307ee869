"""Environments without a model, as users bring them: one that works, one that raises, one that never comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

import gymnasium as gym

RELEASE = Event()
"""Set when a test ends, to let `Hanging` environments come back, so that no thread outlives it."""

LEFT = Event()
"""Set when a step that computed for ever has come to an end."""


@contextmanager
def own_environments() -> Iterator[None]:
    """Register `Coin-v0`, `Corridor-v0`, `Raising-v0`, `Hanging-v0` and `Stuck-v0` for a while."""
    kinds = {f"{kind.__name__}-v0": kind for kind in (Coin, Corridor, Raising, Hanging, Stuck)}
    RELEASE.clear()
    LEFT.clear()
    for name, kind in kinds.items():
        kind.begun = 0
        gym.register(name, entry_point=kind)
    try:
        yield
    finally:
        RELEASE.set()
        for name in kinds:
            del gym.registry[name]


class Coin(gym.Env):
    """Two states, one step: heads (action 1) pays 1 or -1 evenly, tails (action 0) pays `sure`."""

    begun = 0

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
    """A step raises, but not in the first environment that takes one: the one to train in."""

    number = 0

    def step(self, action):
        if not self.number:
            type(self).begun += 1
            self.number = self.begun
        if self.number > 1:
            self.fail()
        return super().step(action)

    def fail(self):
        raise ZeroDivisionError("no more\nfuel")


class Hanging(Raising):
    """A step hangs, but not in the first environment that takes one."""

    def fail(self):
        RELEASE.wait(60)


class Stuck(Coin):
    """The third step of each environment hangs; with `asleep`, so does every reset but that of the first one made.

    With `busy`, the step computes instead of waiting; `LEFT` is set when it was ended.
    """

    steps = 0

    def __init__(self, asleep: bool = False, busy: bool = False) -> None:
        super().__init__()
        type(self).begun += 1
        self.asleep, self.busy = asleep and self.begun > 1, busy

    def reset(self, *, seed=None, options=None):
        if self.asleep:
            RELEASE.wait(60)
        return super().reset(seed=seed)

    def step(self, action):
        self.steps += 1
        if self.steps == 3:
            self.compute() if self.busy else RELEASE.wait(60)
        return super().step(action)

    def compute(self):
        try:
            while not RELEASE.is_set():
                pass
        finally:
            LEFT.set()
