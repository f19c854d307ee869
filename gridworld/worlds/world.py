"""A grid world: its maps and numbers, from which its transition models and layouts are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.checks import MAX_REWARD, MAX_STEP_LIMIT, MAX_STEPS, check_number, check_rows, check_whole
from gridworld.worlds.dynamics import Rules, build_model, outcomes_of
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.moves import MoveGrid
from gridworld.worlds.symbols import DIRECTIONS, SYMBOLS, Legend, Symbol
from gridworld.worlds.transition_model import MAX_OUTCOMES, TransitionModel

MAX_CELLS = 1_000_000
MAX_MAPS = 200
MAX_SYMBOLS = 10_000


@dataclass(frozen=True)
class Draft:
    """A world as it can be written down and drawn, whether or not an agent can be trained in it; see `World`.

    Raises
    ------
    WorldError
        If a number is out of its range, the rows of a map are not of one length, or a letter has no meaning.
    """

    maps: tuple[tuple[int, tuple[str, ...]], ...]
    symbols: tuple[tuple[str, Symbol], ...] = tuple(SYMBOLS.items())
    title: str = ""
    step_reward: float = -1.0
    bump_reward: float | None = None
    slip: float = 0.0
    wind: tuple[int, ...] = ()
    step_limit: int | None = None

    def __repr__(self) -> str:
        maps = f", {len(self.maps)} maps" if len(self.maps) > 1 else ""
        title = self.title or "without a title"
        return f"<{type(self).__name__} {title}: {self.rows:,} × {self.columns:,} cells{maps}>"

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_size(self)
        known = set(Legend.of(self.symbols).letters)
        for step, rows in self.maps:
            check_rows(rows, step, (self.rows, self.columns), known)

    @property
    def rows(self) -> int:
        return len(self.maps[0][1])

    @property
    def columns(self) -> int:
        return len(self.maps[0][1][0])

    @property
    def terrains(self) -> list[tuple[int, MoveGrid]]:
        """(first step, where moves lead) for each map."""
        legend = Legend.of(self.symbols)
        return [(step, MoveGrid.of(legend, legend.read(rows), self.wind)) for step, rows in self.maps]

    @cached_property
    def layouts(self) -> tuple[tuple[int, Layout], ...]:
        """(first step, layout) for each map; a cell's state is row * columns + column."""
        legend = Legend.of(self.symbols)
        states = np.arange(self.rows * self.columns).reshape(1, self.rows, self.columns)
        return tuple(
            (step, Layout(legend.kind[legend.read(rows)][None], states, DIRECTIONS)) for step, rows in self.maps
        )


@dataclass(frozen=True, repr=False)
class World(Draft):
    """A rectangular world: its maps, and the numbers that hold in all of them.

    The reward of a step is that of the cell entered (a goal, pit, cliff, or floor with a reward of its own) or of the
    jump or exit taken, else the step reward; a bump that is given a reward has that reward instead. With probability
    `slip` a move goes to one of the two sides of where it aimed, half each. The wind of the column a move starts from
    lifts it by that number of cells; up and down add to the wind, and walls and edges stop it.

    `maps` holds (first step, rows of text): a world may change at a stated step of a run.

    Raises
    ------
    WorldError
        If a number or a map makes no sense; the message names where and what to do.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_maps(self)
        for step, terrain in self.terrains:
            if (start := terrain.cut_off()) is not None:
                row, column = divmod(start, self.columns)
                where = f" of the map from step {step}" if step else ""
                raise WorldError(
                    f"no goal can be reached from the start in row {row}, column {column}{where}; open a way through."
                )

    @property
    def rules(self) -> Rules:
        """The numbers behind the dynamics."""
        return Rules(self.step_reward, self.bump_reward, self.slip)

    @cached_property
    def phases(self) -> tuple[tuple[int, TransitionModel], ...]:
        """(first step, model) for each map, in the order of their steps."""
        return tuple((step, build_model(self.rules, terrain)) for step, terrain in self.terrains)

    @property
    def model(self) -> TransitionModel:
        """The model the world begins with."""
        return self.phases[0][1]

    def with_numbers(
        self, *, slip: float | None = None, step_reward: float | None = None, step_limit: int | None = None
    ) -> World:
        """Return this world with other numbers; None leaves one as it is, a step limit of 0 takes the limit away."""
        if slip is step_reward is step_limit is None:
            return self  # a large world takes a second to check
        limit = self.step_limit if step_limit is None else step_limit or None
        return replace(
            self,
            slip=self.slip if slip is None else slip,
            step_reward=self.step_reward if step_reward is None else step_reward,
            step_limit=limit,
        )


def _check_numbers(world: Draft) -> None:
    check_number("slip", world.slip, 0, 1)
    check_number("the step reward", world.step_reward, -MAX_REWARD, MAX_REWARD)
    if world.bump_reward is not None:
        check_number("the bump reward", world.bump_reward, -MAX_REWARD, MAX_REWARD)
    if world.step_limit is not None:
        check_whole("the step limit", world.step_limit, 1, MAX_STEP_LIMIT)
    if len(world.symbols) > MAX_SYMBOLS:
        raise WorldError(f"the header defines {len(world.symbols):,} letters; at most {MAX_SYMBOLS:,} are allowed.")
    for letter, symbol in world.symbols:
        if symbol.reward is not None:
            check_number(f"the reward of {letter!r}", symbol.reward, -MAX_REWARD, MAX_REWARD)
        if symbol.kind is Kind.JUMP and len(symbol.target) != 1:
            raise WorldError(f"the jump {letter!r} names no letter of a cell that it leads to; write 'jump a 10'.")
    for lift in world.wind:
        check_whole("the wind of a column", lift, -MAX_CELLS, MAX_CELLS)


def _check_size(world: Draft) -> None:
    steps = [step for step, _ in world.maps]
    if len(steps) > MAX_MAPS:
        raise WorldError(f"there are {len(steps):,} maps; at most {MAX_MAPS:,} are allowed.")
    for step in steps:
        check_whole("the first step of a map", step, 0, MAX_STEPS)
    if not steps or steps[0] != 0 or sorted(set(steps)) != steps:
        raise WorldError(f"the maps begin at steps {steps}; the first begins at 0 and the others follow in order.")
    if not all(rows and rows[0] for _, rows in world.maps):
        raise WorldError("there is no map; write at least one row of cells.")
    if world.rows * world.columns > MAX_CELLS:
        raise WorldError(f"the map has {world.rows * world.columns:,} cells; at most {MAX_CELLS:,} are allowed.")
    if world.wind and len(world.wind) != world.columns:
        raise WorldError(
            f"the wind has {len(world.wind)} numbers; the map has {world.columns} columns. Give one for each column."
        )


def _check_maps(world: World) -> None:
    legend, outcomes = Legend.of(world.symbols), 0
    for _, rows in world.maps:
        count = np.bincount(legend.read(rows).ravel(), minlength=len(legend.kind))
        starts, cliffs = (int(count[legend.kind == kind].sum()) for kind in (Kind.START, Kind.CLIFF))
        if not starts:
            raise WorldError("the map has no start; mark at least one cell with S.")
        _check_jumps(legend, count)
        outcomes += outcomes_of(world.rules, world.rows * world.columns, starts, cliffs > 0)
    if outcomes > MAX_OUTCOMES:
        raise WorldError(
            f"the maps have {outcomes:,} outcomes of actions; at most {MAX_OUTCOMES:,} are allowed. "
            "Use fewer cells, maps, or starts that cliffs send back to."
        )


def _check_jumps(legend: Legend, count: np.ndarray) -> None:
    """Refuse a jump that leads nowhere or to several cells; `count` int64 [L] is how often each letter is there."""
    astray = (legend.kind == Kind.JUMP) & (count > 0) & (count[legend.target] != 1)
    if astray.any():
        jump = int(astray.argmax())
        target = int(legend.target[jump])
        letter, times = legend.letters[target], int(count[target])
        place = f"which is {times:,} times on the map; leave it in one cell" if times else "which is not on the map"
        raise WorldError(f"the jump {legend.letters[jump]!r} leads to {letter!r}, {place}.")
