"""Observations as numbers from 0 on: for environments whose observations are Discrete, or tuples of Discrete ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from operator import index
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.checks import shown

MAX_STATES = 1_000_000


@dataclass(frozen=True)
class Flat:
    """Numbers the observations of Discrete spaces, or of a tuple of them, from 0 on, the last part fastest."""

    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    is_tuple: bool

    @cached_property
    def size(self) -> int:
        return math.prod(self.sizes)

    @cached_property
    def changes_nothing(self) -> bool:
        """Whether the observations are the numbers from 0 on already."""
        return not self.is_tuple and self.starts == (0,)

    @property
    def allowed(self) -> str:
        """What an observation may be, as part of a sentence."""
        ranges = [f"{start} to {start + size - 1}" for start, size in zip(self.starts, self.sizes, strict=True)]
        if not self.is_tuple:
            return f"its observations are whole numbers from {ranges[0]}"
        return f"its observations are tuples of {len(ranges)} whole numbers: {', '.join(ranges)}"

    def __call__(self, observation: Any) -> int:
        """Return the number of an observation.

        Raises
        ------
        ValueError, TypeError
            If it is none of the space's.
        """
        parts = observation if self.is_tuple else (observation,)
        number = 0
        for part, size, start in zip(parts, self.sizes, self.starts, strict=True):
            place = (part if part.__class__ is int else _whole(part)) - start
            if not 0 <= place < size:
                raise ValueError(f"{part} is outside the space")
            number = number * size + place
        return number

    def name(self, state: int) -> str:
        """Return the name of a state: the parts of its observation, or its number in the space's own terms."""
        if not self.is_tuple:
            return f"state {state + self.starts[0]}"
        parts = zip(np.unravel_index(state, self.sizes), self.starts, strict=True)
        return ", ".join(str(int(part) + start) for part, start in parts)


def _whole(part: Any) -> int:
    """Return one whole number of any kind as a plain one; raise TypeError for what is none, such as 3.0."""
    return int(part) if isinstance(part, np.bool_) else index(part)


def flatten(name: str, space: gym.Space) -> Flat:
    """Return the numbering of a space.

    Raises
    ------
    WorldError
        If the space is not discrete, or too large for a table.
    """
    parts: Any = space.spaces if isinstance(space, gym.spaces.Tuple) else (space,)
    if not all(isinstance(part, gym.spaces.Discrete) for part in parts):
        raise WorldError(
            f"{name} has the observation space {shown(space)}; a table of action values needs Discrete observations or "
            "a tuple of them. Wrap the environment in one that sorts what it observes into a finite number of bins."
        )
    sizes, starts = tuple(int(part.n) for part in parts), tuple(int(part.start) for part in parts)
    flat = Flat(sizes, starts, isinstance(space, gym.spaces.Tuple))
    if flat.size > MAX_STATES:
        raise WorldError(f"{name} has {shown(flat.size)} states; at most {MAX_STATES:,} fit in a table here.")
    return flat
