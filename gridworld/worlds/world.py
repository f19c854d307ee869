"""A grid world: its maps and numbers, from which its transition models and layouts are made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

from gridworld.errors import WorldError
from gridworld.worlds.dynamics import Rules, build_model
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.symbols import DIRECTIONS, SYMBOLS, Symbol, kinds_of
from gridworld.worlds.transition_model import TransitionModel

MAX_CELLS = 1_000_000


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

    def __repr__(self) -> str:
        maps = f", {len(self.maps)} maps" if len(self.maps) > 1 else ""
        return f"<World {self.title or 'without a title'}: {self.rows:,} × {self.columns:,} cells{maps}>"

    def __post_init__(self) -> None:
        _check_world(self)
        for (_, rows), (_, model) in zip(self.maps, self.phases, strict=True):
            _check_goals(kinds_of(rows, self.symbols), model)

    @property
    def _rules(self) -> Rules:
        return Rules(self.symbols, self.step_reward, self.bump_reward, self.slip, self.wind, len(self.maps))

    @property
    def rows(self) -> int:
        return len(self.maps[0][1])

    @property
    def columns(self) -> int:
        return len(self.maps[0][1][0])

    @cached_property
    def phases(self) -> tuple[tuple[int, TransitionModel], ...]:
        """(first step, model) for each map, in the order of their steps."""
        return tuple((step, build_model(self._rules, rows)) for step, rows in self.maps)

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


def _check_world(world: World) -> None:
    """Refuse a world whose numbers or maps make no sense."""
    if not 0 <= world.slip <= 1:
        raise WorldError(f"slip is {world.slip:g}; it is a probability between 0 and 1.")
    if not all(np.isfinite(x) for x in (world.step_reward, world.bump_reward or 0.0)):
        raise WorldError("the step reward and the bump reward must be finite numbers.")
    if world.step_limit is not None and world.step_limit < 1:
        raise WorldError(f"the step limit is {world.step_limit}; it must be at least 1, or left out for none.")
    symbols = dict(world.symbols)
    known = set(symbols) | {symbol.target for symbol in symbols.values()}
    shape = None
    for step, rows in world.maps:
        if not rows:
            raise WorldError("there is no map; write at least one row of cells.")
        shape = shape or (len(rows), len(rows[0]))
        if len(rows) != shape[0]:
            raise WorldError(f"the map from step {step} has {len(rows)} rows; the first map has {shape[0]}.")
        for row, line in enumerate(rows, 1):
            if len(line) != shape[1]:
                raise WorldError(f"row {row} has {len(line)} cells; the first row has {shape[1]}. Make them equal.")
            for column, letter in enumerate(line, 1):
                if letter not in known:
                    raise WorldError(f"row {row}, column {column}: {letter!r} is not defined; add it to the header.")
        _check_letters(rows, symbols)
    if shape and shape[0] * shape[1] > MAX_CELLS:
        raise WorldError(f"the map has {shape[0] * shape[1]:,} cells; at most {MAX_CELLS:,} are allowed.")
    if world.wind and shape and len(world.wind) != shape[1]:
        raise WorldError(f"the wind has {len(world.wind)} numbers; the map has {shape[1]} columns. Give one a column.")
    steps = [step for step, _ in world.maps]
    if steps[0] != 0 or sorted(set(steps)) != steps:
        raise WorldError(f"the maps begin at steps {steps}; the first begins at 0 and the others follow in order.")


def _check_letters(rows: tuple[str, ...], symbols: dict[str, Symbol]) -> None:
    text = "".join(rows)
    if not any(symbols[letter].kind is Kind.START for letter in set(text) if letter in symbols):
        raise WorldError("the map has no start; mark at least one cell with S.")
    for letter, symbol in symbols.items():
        if symbol.kind is Kind.JUMP and letter in text and text.count(symbol.target) != 1:
            found = text.count(symbol.target)
            raise WorldError(
                f"the jump {letter!r} leads to {symbol.target!r}, which is on the map {found} times, not once."
            )


def _check_goals(kinds: np.ndarray, model: TransitionModel) -> None:
    """Refuse a map with a goal that some start has no way to."""
    if (kinds == Kind.GOAL).any():
        graph = _graph(model)
        for state in np.flatnonzero(model.start):
            reached = scipy.sparse.csgraph.breadth_first_order(graph, state, return_predecessors=False)
            if not (kinds.flat[reached] == Kind.GOAL).any():
                row, column = divmod(int(state), kinds.shape[1])
                raise WorldError(
                    f"no goal can be reached from the start in row {row + 1}, column {column + 1}; open a way through."
                )


def _graph(model: TransitionModel) -> scipy.sparse.csr_matrix:
    """Which state can follow which: sparse [S, S]."""
    states = model.n_states
    possible = (model.probability > 0).reshape(states, -1)
    origin = np.broadcast_to(np.arange(states)[:, None], possible.shape)[possible]
    following = model.successor.reshape(states, -1)[possible]
    return scipy.sparse.csr_matrix((np.ones(len(origin)), (origin, following)), (states, states))
