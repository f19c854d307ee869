"""Generators by name, and the worlds that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from gridworld.errors import WorldError
from gridworld.worlds.checks import check_number, check_whole, shown
from gridworld.worlds.generators.mazes import maze_with_loops, perfect_maze, rooms
from gridworld.worlds.generators.scattered import neighbours, scattered
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.world import World

SMALLEST, LARGEST = 2, 200  # rows, columns
MAX_SEED = 2**53 - 1
LAKE = {**SYMBOLS, "P": Symbol(Kind.PIT, 0.0)}
"""The letters of a lake: as in Gymnasium's FrozenLake, a hole ends the episode and costs nothing."""


@dataclass(frozen=True)
class Generator:
    """A way to draw a world: `draw(rows, columns, density, random)` returns its obstacles, bool [rows, columns]."""

    label: str
    density: str  # what it is the share of; "" where it has no meaning
    usual: float  # density
    draw: Callable[[int, int, float, np.random.Generator], np.ndarray]
    is_lake: bool = False


GENERATORS = {
    "maze": Generator("Perfect maze", "", 1.0, perfect_maze),
    "loops": Generator("Maze with loops", "The share of the maze's inner walls that is kept.", 0.7, maze_with_loops),
    "rooms": Generator("Rooms", "The probability that a room is divided once more.", 0.9, rooms),
    "lake": Generator("Random lake", "The share of the cells that are holes.", 0.2, scattered, is_lake=True),
    "walls": Generator("Random walls", "The share of the cells that are walls.", 0.3, scattered),
}


def generate_world(
    kind: str, rows: int = 15, columns: int = 15, *, seed: int = 0, density: float | None = None, success: float = 1.0
) -> World:
    """Return a random world; the same arguments give the same world.

    The start is in the upper left corner, the goal at the free cell to which the way is longest, or in a lake and among
    random walls in the opposite corner.

    Parameters
    ----------
    kind
        One of `GENERATORS`.
    rows, columns
        From 2 to 200.
    seed
        From 0 to 2^53 - 1.
    density
        From 0 to 1; what it is the share of, and what it is if None, is in `GENERATORS`.
    success
        The probability that a move goes where it aims; else it goes to one of the two sides.

    Raises
    ------
    WorldError
        If there is no such generator, or a number is out of its range.
    """
    if kind not in GENERATORS:
        raise WorldError(f"There is no generator {shown(kind)}; choose one of {', '.join(GENERATORS)}.")
    for name, size in (("number of rows", rows), ("number of columns", columns)):
        check_whole(f"the {name}", size, SMALLEST, LARGEST)
    check_whole("the seed", seed, 0, MAX_SEED)
    chosen = GENERATORS[kind]
    density = chosen.usual if density is None else density
    check_number("the density", density, 0, 1)
    check_number("the success probability", success, 0, 1)
    obstacles = chosen.draw(rows, columns, density, np.random.default_rng(seed))
    goal = (rows - 1, columns - 1) if chosen.draw is scattered else _farthest(obstacles)
    letters = np.where(obstacles, "P" if chosen.is_lake else "#", ".")
    letters[0, 0], letters[goal] = "S", "G"
    return World(
        maps=((0, tuple("".join(row) for row in letters)),),
        symbols=tuple((LAKE if chosen.is_lake else SYMBOLS).items()),
        title=f"{chosen.label} {rows} × {columns}, seed {seed}",
        step_reward=0.0 if chosen.is_lake else -0.01,
        slip=1.0 - success,
    )


def _farthest(walls: np.ndarray) -> tuple[int, int]:
    """Return the free cell to which the way from the first cell is longest."""
    tails, heads = neighbours(*walls.shape)
    free = ~walls.ravel()
    is_way = free[tails] & free[heads]
    ways = scipy.sparse.csr_array((np.ones(is_way.sum()), (tails[is_way], heads[is_way])), (walls.size, walls.size))
    lengths = scipy.sparse.csgraph.dijkstra(ways, directed=False, unweighted=True, indices=0)
    return divmod(int(np.where(np.isfinite(lengths), lengths, -1).argmax()), walls.shape[1])
