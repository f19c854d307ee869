"""Worlds drawn at random: the same seed draws the same world, every world is solvable, sizes are bounded."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st

from gridworld.errors import WorldError
from gridworld.worlds.generators import GENERATORS, generate_world
from gridworld.worlds.generators.mazes import maze_with_loops, perfect_maze
from gridworld.worlds.generators.scattered import neighbours
from gridworld.worlds.text import format_world, parse_world

SIZES = st.integers(2, 24)
SEEDS = st.integers(0, 2**53 - 1)
SHARES = st.floats(0, 1)


@given(st.sampled_from(list(GENERATORS)), SIZES, SIZES, SEEDS, SHARES, SHARES)
@pytest.mark.slow
def test_every_world_is_solvable_and_the_same_for_the_same_numbers(kind, rows, columns, seed, density, success):
    numbers = {"seed": seed, "density": density, "success": success}
    world = generate_world(kind, rows, columns, **numbers)  # a world whose start is cut off is refused when it is made
    assert (world.rows, world.columns, world.slip) == (rows, columns, pytest.approx(1 - success))
    assert {"S", "G"} <= set("".join(world.maps[0][1]))
    assert generate_world(kind, rows, columns, **numbers) == world
    assert parse_world(format_world(world)) == world


def ways(walls):
    """The number of free cells, of ways between them, and of parts that hang together."""
    tails, heads = neighbours(*walls.shape)
    free = ~walls.ravel()
    both = free[tails] & free[heads]
    graph = scipy.sparse.csr_array((np.ones(both.sum()), (tails[both], heads[both])), (walls.size, walls.size))
    parts = scipy.sparse.csgraph.connected_components(graph, directed=False)[0] - walls.sum()
    return free.sum(), both.sum(), parts


@given(SIZES, SIZES, SEEDS)
def test_a_perfect_maze_has_one_way_between_any_two_cells(rows, columns, seed):
    cells, links, parts = ways(perfect_maze(rows, columns, 1.0, np.random.default_rng(seed)))
    assert (parts, links) == (1, cells - 1)


def test_the_fewer_walls_are_kept_the_more_loops_a_maze_has():
    loops = []
    for density in (1.0, 0.5, 0.0):
        cells, links, parts = ways(maze_with_loops(15, 15, density, np.random.default_rng(3)))
        assert parts == 1
        loops.append(int(links - cells + 1))
    assert loops[0] == 0 < loops[1] < loops[2]


def test_the_density_is_the_share_of_obstacles():
    text = "".join(generate_world("walls", 100, 100, density=0.25, seed=1).maps[0][1])
    assert text.count("#") / 10_000 == pytest.approx(0.25, abs=0.02)


def test_a_lake_slips_as_frozen_lake_does():
    lake = generate_world("lake", 8, 8, seed=5, success=1 / 3)
    kinds = dict(lake.symbols)
    assert (lake.slip, lake.step_reward) == (pytest.approx(2 / 3), 0.0)
    assert (kinds["P"].reward, kinds["G"].reward) == (0.0, 1.0)


def test_no_global_generator_is_used():
    np.random.seed(1)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    generate_world("walls", 9, 9, seed=2)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("spiral",), "no generator 'spiral'"),
        (("maze", 1, 9), "the number of rows is 1; it must be a whole number from 2 to 200"),
        (("maze", 9, 10**9), "the number of columns is 1,000,000,000"),
        (("maze", 9, 9.5), "the number of columns is 9.5"),
    ],
)
def test_sizes_are_bounded(arguments, says):
    with pytest.raises(WorldError, match=says):
        generate_world(*arguments)


@pytest.mark.parametrize(("name", "value"), [("seed", -1), ("density", 1.5), ("success", float("nan")), ("seed", 0.5)])
def test_numbers_out_of_range_are_refused(name, value):
    with pytest.raises(WorldError, match="it must be a"):
        generate_world("walls", **{name: value})


@pytest.mark.parametrize("seed", [4, 10])  # which would leave the first room undivided
def test_rooms_are_at_least_two(seed):
    assert any("#" in row for row in generate_world("rooms", 9, 12, seed=seed).maps[0][1])


def test_rooms_that_are_never_divided_are_one():
    assert not any("#" in row for row in generate_world("rooms", 9, 12, density=0.0).maps[0][1])
