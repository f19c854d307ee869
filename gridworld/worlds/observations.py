"""Observations as numbers from 0 on: for environments whose observations are Discrete, or tuples of Discrete ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.errors import WorldError

MAX_STATES = 1_000_000


@dataclass(frozen=True)
class Flat:
    """Numbers the observations of Discrete spaces, or of a tuple of them, from 0 on, the last part fastest."""

    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    is_tuple: bool

    @property
    def size(self) -> int:
        return int(np.prod(self.sizes))

    @property
    def changes_nothing(self) -> bool:
        """Whether the observations are the numbers from 0 on already."""
        return not self.is_tuple and self.starts == (0,)

    def __call__(self, observation: Any) -> int:
        if not self.is_tuple:
            return int(observation) - self.starts[0]
        number = 0
        for part, size, start in zip(observation, self.sizes, self.starts, strict=True):
            number = number * size + int(part) - start
        return number

    def parts(self, state: int) -> tuple[int, ...]:
        """The observation of a state, as the parts of the tuple."""
        return tuple(int(i) + s for i, s in zip(np.unravel_index(state, self.sizes), self.starts, strict=True))


class Flattened(gym.ObservationWrapper):
    """An environment whose observations are numbered from 0 to S - 1."""

    def __init__(self, env: gym.Env, flat: Flat) -> None:
        super().__init__(env)
        self.flat = flat
        self.observation_space = gym.spaces.Discrete(flat.size)

    def observation(self, observation: Any) -> int:
        return self.flat(observation)


def flatten(name: str, space: gym.Space) -> tuple[Flat, Callable[[int], str]]:
    """The numbering of a space, and the name of a state; WorldError where there is none."""
    parts: Any = space.spaces if isinstance(space, gym.spaces.Tuple) else (space,)
    if not all(isinstance(part, gym.spaces.Discrete) for part in parts):
        raise WorldError(
            f"{name} has the observation space {space}; a table of action values needs Discrete observations or a "
            "tuple of them. Wrap the environment in one that sorts what it observes into a finite number of bins."
        )
    sizes, starts = tuple(int(part.n) for part in parts), tuple(int(part.start) for part in parts)
    flat = Flat(sizes, starts, isinstance(space, gym.spaces.Tuple))
    if flat.size > MAX_STATES:
        raise WorldError(f"{name} has {flat.size:,} states; at most {MAX_STATES:,} fit in a table here.")
    if flat.is_tuple:
        return flat, lambda state: ", ".join(str(part) for part in flat.parts(state))
    return flat, lambda state: f"state {state + flat.starts[0]}"
