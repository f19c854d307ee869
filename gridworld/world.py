"""A grid world: its maps and numbers, from which its transition models and layouts are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gridworld.cells import DIRECTIONS, SYMBOLS, Symbol, kinds_of
from gridworld.grid_model import build_model
from gridworld.layout import Layout
from gridworld.model import TransitionModel
from gridworld.world_checks import check_goals, check_world


@dataclass(frozen=True)
class World:
    """A rectangular world: its maps, and the numbers that hold in all of them.

    The reward of a step is that of the cell entered (a goal, pit, cliff, or floor with a reward of its own) or of the
    jump or exit taken, else the step reward; a bump that is given a reward has that reward instead. With probability
    `slip` a move goes to one of the two sides of where it aimed, half each. The wind of the column a move starts from
    lifts it by so many cells; up and down add to the wind, and walls and edges stop it.

    `maps` holds (first step, rows of text): a world may change at a stated step of a run.
    """

    maps: tuple[tuple[int, tuple[str, ...]], ...]
    symbols: tuple[tuple[str, Symbol], ...] = tuple(SYMBOLS.items())
    title: str = ""
    step_reward: float = -1.0
    bump_reward: float | None = None
    slip: float = 0.0
    wind: tuple[int, ...] = ()
    step_limit: int | None = None

    def __post_init__(self) -> None:
        check_world(self)
        for (_, rows), (_, model) in zip(self.maps, self.phases, strict=True):
            check_goals(kinds_of(rows, self.symbols), model)

    @property
    def rows(self) -> int:
        return len(self.maps[0][1])

    @property
    def columns(self) -> int:
        return len(self.maps[0][1][0])

    @cached_property
    def phases(self) -> tuple[tuple[int, TransitionModel], ...]:
        """(first step, model) for each map, in the order of their steps."""
        return tuple((step, build_model(self, rows)) for step, rows in self.maps)

    @property
    def model(self) -> TransitionModel:
        """The model the world begins with."""
        return self.phases[0][1]

    @cached_property
    def layouts(self) -> tuple[tuple[int, Layout], ...]:
        """(first step, layout) for each map; a cell's state is row * columns + column."""
        states = np.arange(self.rows * self.columns).reshape(1, self.rows, self.columns)
        return tuple((step, Layout(kinds_of(rows, self.symbols)[None], states, DIRECTIONS)) for step, rows in self.maps)

    def with_numbers(
        self, *, slip: float | None = None, step_reward: float | None = None, step_limit: int | None = None
    ) -> World:
        """This world with other numbers; None leaves one as it is, a step limit of 0 takes the limit away."""
        limit = self.step_limit if step_limit is None else step_limit or None
        return replace(
            self,
            slip=self.slip if slip is None else slip,
            step_reward=self.step_reward if step_reward is None else step_reward,
            step_limit=limit,
        )
