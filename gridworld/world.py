"""A grid world, from readable text to a transition model."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

from gridworld.layout import Kind, Layout
from gridworld.model import Ending, TransitionModel

ACTIONS = ("up", "right", "down", "left")
DIRECTIONS = ((-1, 0), (0, 1), (1, 0), (0, -1))
MAX_CELLS = 1_000_000
MAX_OUTCOMES = 24_000_000  # of all actions in all maps together; each takes 29 bytes
_SEPARATOR = re.compile(r"-{3,}\s*from step (\d+)\s*", re.IGNORECASE)
_ENTERED_REWARD = {Kind.FLOOR, Kind.START, Kind.GOAL, Kind.PIT, Kind.CLIFF}


class WorldError(ValueError):
    """A world that makes no sense; the message says where and what to do."""


@dataclass(frozen=True)
class Symbol:
    """What a letter of a map stands for. `reward` None: the step reward. A jump leads to the cell marked `target`."""

    kind: Kind
    reward: float | None = None
    target: str = ""


SYMBOLS = {
    ".": Symbol(Kind.FLOOR),
    "#": Symbol(Kind.WALL),
    "S": Symbol(Kind.START),
    "G": Symbol(Kind.GOAL, 1.0),
    "P": Symbol(Kind.PIT, -1.0),
    "C": Symbol(Kind.CLIFF, -1.0),
}


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
        _check(self)

    @property
    def rows(self) -> int:
        return len(self.maps[0][1])

    @property
    def columns(self) -> int:
        return len(self.maps[0][1][0])

    @cached_property
    def phases(self) -> tuple[tuple[int, TransitionModel], ...]:
        """(first step, model) for each map, in the order of their steps."""
        return tuple((step, _build(self, rows)) for step, rows in self.maps)

    @property
    def model(self) -> TransitionModel:
        """The model the world begins with."""
        return self.phases[0][1]

    @cached_property
    def layouts(self) -> tuple[tuple[int, Layout], ...]:
        """(first step, layout) for each map; a cell's state is row * columns + column."""
        states = np.arange(self.rows * self.columns).reshape(1, self.rows, self.columns)
        return tuple((step, Layout(_kinds(self, rows)[None], states, DIRECTIONS)) for step, rows in self.maps)

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


def parse_world(text: str, name: str = "the world") -> World:
    """The world that a text describes: a header of `key: value` lines, a blank line, and one or more maps.

    Header keys: `title`, `step reward`, `bump reward`, `slip`, `wind` (a number a column), `step limit`, and any single
    letter or digit of the map: `H: goal 5`, `P: pit -1`, `C: cliff -100`, `A: jump a 10` (to the cell marked a),
    `E: exit 1` (any action there ends the episode), `1: floor -0.5`. Without a header entry `.` is floor, `#` a wall,
    `S` a start, `G` a goal (reward 1), `P` a pit (-1) and `C` a cliff (-1). A line `--- from step 1000` begins another
    map that holds from that step of a run on.

    Raises
    ------
    WorldError
        With the line and what is allowed there.
    """
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    has_header = any(":" in line for line in lines)
    gap = lines.index("") if has_header and "" in lines else 0
    if has_header and not gap:
        raise WorldError(f"{name}: the header needs a blank line between it and the map.")
    numbers, symbols = _parse_header(lines[:gap], name)
    maps: list[tuple[int, tuple[str, ...]]] = []
    step = 0
    rows: list[str] = []
    for line in [line.strip() for line in lines[gap:]]:
        if separator := _SEPARATOR.fullmatch(line):
            maps.append((step, tuple(rows)))
            step, rows = int(separator[1]), []
        elif line:
            rows.append(line)
    maps.append((step, tuple(rows)))
    try:
        return World(tuple(maps), tuple(symbols.items()), **numbers)
    except WorldError as problem:
        raise WorldError(f"{name}: {problem}") from None


def _parse_header(lines: list[str], name: str) -> tuple[dict, dict[str, Symbol]]:
    numbers: dict = {}
    symbols = dict(SYMBOLS)
    readers: dict[str, Callable[[str], Any]] = {
        "title": str,
        "step reward": float,
        "bump reward": float,
        "slip": float,
        "step limit": int,
        "wind": lambda value: tuple(int(word) for word in value.split()),
    }
    for number, line in enumerate(lines, 1):
        key, colon, value = (part.strip() for part in line.partition(":"))
        try:
            if not colon:
                raise ValueError(f"{line!r} is not of the form 'key: value'")
            if key.lower() in readers:
                numbers[key.lower().replace(" ", "_")] = readers[key.lower()](value)
            elif len(key) == 1 and not key.isspace():
                symbols[key] = _parse_symbol(value)
            else:
                raise ValueError(f"the key {key!r} is not one of {', '.join(readers)}, or a single letter of the map")
        except ValueError as problem:
            raise WorldError(f"{name}, line {number}: {problem}.") from None
    return numbers, symbols


def _parse_symbol(value: str) -> Symbol:
    kind_name, *rest = value.split() or [""]
    kinds = {kind.name.lower(): kind for kind in Kind}
    if kind_name.lower() not in kinds:
        raise ValueError(f"{kind_name!r} is not a kind of cell; the kinds are {', '.join(kinds)}")
    kind = kinds[kind_name.lower()]
    target = rest.pop(0) if kind is Kind.JUMP and rest else ""
    if kind is Kind.JUMP and len(target) != 1:
        raise ValueError("a jump names the letter of the cell it leads to: 'jump a 10'")
    if len(rest) > 1:
        raise ValueError(f"{value!r} has more than a kind and a reward")
    defaults = {Kind.GOAL: 1.0, Kind.PIT: -1.0, Kind.CLIFF: -1.0}
    return Symbol(kind, float(rest[0]) if rest else defaults.get(kind), target)


def _check(world: World) -> None:
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
    for (_, rows), (_, model) in zip(world.maps, world.phases, strict=True):
        _check_goals(_kinds(world, rows), model)


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


def _kinds(world: World, rows: tuple[str, ...]) -> np.ndarray:
    """uint8 [rows, columns]; the letter a jump leads to is floor unless it has a meaning of its own."""
    code = np.full(0x110000, Kind.FLOOR, np.uint8)
    for letter, symbol in world.symbols:
        code[ord(letter)] = symbol.kind
    return code[_letters(rows)]


def _letters(rows: tuple[str, ...]) -> np.ndarray:
    """The code points of a map: uint32 [rows, columns]."""
    return np.array(rows).view(np.uint32).reshape(len(rows), -1)


def _graph(model: TransitionModel) -> scipy.sparse.csr_matrix:
    """Which state can follow which: sparse [S, S]."""
    states = model.n_states
    possible = (model.probability > 0).reshape(states, -1)
    origin = np.broadcast_to(np.arange(states)[:, None], possible.shape)[possible]
    following = model.successor.reshape(states, -1)[possible]
    return scipy.sparse.csr_matrix((np.ones(len(origin)), (origin, following)), (states, states))


def _build(world: World, rows: tuple[str, ...]) -> TransitionModel:
    """The dynamics of one map. A cell that nobody can act from (wall, goal, pit, cliff) ends at once with reward 0."""
    kinds, letters = _kinds(world, rows).ravel(), _letters(rows).ravel()
    symbols = dict(world.symbols)
    states = np.arange(len(kinds))
    given = np.full(len(kinds), np.nan)
    for letter, symbol in symbols.items():
        if symbol.reward is not None:
            given[letters == ord(letter)] = symbol.reward
    starts = np.flatnonzero(kinds == Kind.START)
    moves = [_move(world, kinds, direction) for direction in range(4)]
    sides = [(0, 1 - world.slip), (1, world.slip / 2), (3, world.slip / 2)] if world.slip else [(0, 1.0)]
    homes = starts if (kinds == Kind.CLIFF).any() else starts[:1]
    shape = (len(kinds), 4, len(sides) * len(homes))
    if (outcomes := len(world.maps) * shape[0] * shape[1] * shape[2]) > MAX_OUTCOMES:
        raise WorldError(
            f"the maps have {outcomes:,} outcomes of actions; at most {MAX_OUTCOMES:,} are allowed. "
            "Use fewer cells, maps, or starts that cliffs send back to."
        )
    successor, ending = np.zeros(shape, np.uint32), np.zeros(shape, np.uint8)
    probability, reward = np.zeros(shape), np.zeros(shape)
    entered = np.where([Kind(kind) in _ENTERED_REWARD for kind in range(len(Kind))], 1, 0)[kinds] == 1
    cell_reward = np.where(entered & ~np.isnan(given), given, world.step_reward)
    outcome = np.select([kinds == Kind.GOAL, kinds == Kind.PIT], [Ending.SUCCESS, Ending.FAILURE], Ending.NONE)
    for action in range(4):
        for side, (turn, share) in enumerate(sides):
            landed, bumped = moves[(action + turn) % 4]
            fallen = kinds[landed] == Kind.CLIFF
            for home, start in enumerate(homes):
                k = side * len(homes) + home
                probability[:, action, k] = np.where(fallen, share / len(homes), share if home == 0 else 0.0)
                successor[:, action, k] = np.where(fallen, start, landed)
                reward[:, action, k] = cell_reward[landed]
                if world.bump_reward is not None:
                    reward[bumped, action, k] = world.bump_reward
                ending[:, action, k] = outcome[landed]
    for letter, symbol in symbols.items():
        if symbol.kind in (Kind.JUMP, Kind.EXIT):
            here = letters == ord(letter)
            pay = world.step_reward if symbol.reward is None else symbol.reward
            leaves = symbol.kind is Kind.EXIT
            target = states[here] if leaves else np.flatnonzero(letters == ord(symbol.target))[:1]
            _overwrite(
                here, successor, probability, reward, ending, target, pay, _ending_of(pay) if leaves else Ending.NONE
            )
    idle = np.isin(kinds, [Kind.WALL, Kind.GOAL, Kind.PIT, Kind.CLIFF])
    _overwrite(idle, successor, probability, reward, ending, states[idle], 0.0, Ending.FAILURE)
    begin = np.zeros(len(kinds))
    begin[starts] = 1 / len(starts)
    return TransitionModel(successor, probability, reward, ending, begin)


def _ending_of(reward: float) -> Ending:
    return Ending.SUCCESS if reward > 0 else Ending.FAILURE


def _overwrite(
    here: np.ndarray,
    successor: np.ndarray,
    probability: np.ndarray,
    reward: np.ndarray,
    ending: np.ndarray,
    target: Any,
    pay: float,
    end: Ending,
) -> None:
    """Let every action of the states `here` lead surely to `target`."""
    if not here.any():
        return
    successor[here] = np.asarray(target)[:, None, None]
    probability[here] = 0.0
    probability[here, :, 0] = 1.0
    reward[here], ending[here] = pay, end


def _move(world: World, kinds: np.ndarray, direction: int) -> tuple[np.ndarray, np.ndarray]:
    """Where a move in a direction ends from each state [S], and whether it was stopped by a wall or an edge [S]."""
    shape = world.rows, world.columns
    wall = np.pad(kinds.reshape(shape) == Kind.WALL, 1, constant_values=True)
    row, column = np.indices(shape) + 1
    d_row, d_column = DIRECTIONS[direction]
    bumped = np.zeros(shape, bool)
    if d_column:
        bumped = wall[row, column + d_column]
        column = np.where(bumped, column, column + d_column)
    wind = np.array(world.wind or [0] * world.columns)
    rise = np.broadcast_to(d_row - wind, shape)
    for distance in range(int(np.abs(rise).max(initial=0))):
        still = np.abs(rise) > distance
        blocked = wall[row + np.sign(rise), column] & still
        if distance == 0 and d_row:
            bumped = blocked & (np.sign(rise) == d_row)
        row = np.where(still & ~blocked, row + np.sign(rise), row)
    return ((row - 1) * world.columns + column - 1).ravel(), bumped.ravel()
