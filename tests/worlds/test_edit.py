"""Edits of a world: text and edits agree, what is undone is exactly what was, and nothing else changes."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridworld.errors import WorldError
from gridworld.worlds import edit
from gridworld.worlds.layout import Kind
from gridworld.worlds.named import WORLDS, load_world
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.text import format_world, parse_draft, parse_world
from gridworld.worlds.world import World

KINDS = st.sampled_from([Kind.FLOOR, Kind.WALL, Kind.START, Kind.GOAL, Kind.PIT, Kind.CLIFF, Kind.EXIT])
REWARDS = st.none() | st.sampled_from([-100.0, -0.5, 0.0, 1.0, 7.25])
PLACES = st.tuples(st.integers(0, 2), st.integers(0, 3))
START = parse_draft(
    "title: Small\nstep reward: -1\nwind: 0 1 0 0\n\nS..A\n.#.a\nGP..\n".replace("wind", "A: jump a 5\nwind")
)


def edits():
    """One edit as a function of a draft; those that can't be done raise WorldError."""
    return st.one_of(
        st.tuples(st.lists(PLACES, max_size=4), KINDS, REWARDS).map(
            lambda a: lambda d: edit.paint(d, inside(d, a[0]), Symbol(a[1], None if a[1] is Kind.WALL else a[2]))
        ),
        st.tuples(st.lists(PLACES, max_size=4), REWARDS).map(lambda a: lambda d: edit.pay(d, inside(d, a[0]), a[1])),
        st.tuples(PLACES, PLACES, REWARDS).map(lambda a: lambda d: edit.link(d, *inside(d, a[:2]), a[2])),
        st.tuples(st.integers(0, 3), st.integers(-2, 2)).map(lambda a: lambda d: edit.blow(d, a[0] % d.columns, a[1])),
        st.integers(0, 3).map(lambda i: lambda d: edit.add_row(d, min(i, d.rows))),
        st.integers(0, 3).map(lambda i: lambda d: edit.remove_row(d, i % d.rows)),
        st.integers(0, 4).map(lambda i: lambda d: edit.add_column(d, min(i, d.columns))),
        st.integers(0, 4).map(lambda i: lambda d: edit.remove_column(d, i % d.columns)),
        st.tuples(st.sampled_from(".#SGPC"), KINDS, REWARDS).map(
            lambda a: lambda d: edit.redefine(d, a[0], Symbol(a[1], a[2]))
        ),
    )


def inside(draft, cells):
    return [(row % draft.rows, column % draft.columns) for row, column in cells]


def done(draft, change):
    """The draft after an edit; as it was, where that can't be."""
    try:
        return change(draft)
    except WorldError:
        return draft


@given(st.lists(edits(), max_size=12))
def test_the_text_of_an_edited_world_is_that_world_again(changes):
    draft = START
    for change in changes:
        draft = done(draft, change)
        assert parse_draft(format_world(draft)) == draft


@given(st.lists(edits(), min_size=1, max_size=12), st.integers(0, 12), st.data())
def test_undo_and_redo_are_exact(changes, back, data):
    history, drafts = edit.EditHistory(START), [START]
    for change in changes:
        history.do(done(history.draft, change))
        if history.draft != drafts[-1]:
            drafts.append(history.draft)
    back = min(back, len(drafts) - 1)
    for i in range(back):
        assert history.undo() == drafts[-2 - i]
    assert (history.can_undo, history.can_redo) == (back < len(drafts) - 1, back > 0)
    for i in range(back):
        assert history.redo() == drafts[len(drafts) - back + i]
    assert history.redo() == drafts[-1]


@given(st.lists(edits(), max_size=8), st.lists(PLACES, min_size=1, max_size=3), KINDS)
def test_painted_cells_stand_for_what_was_painted_and_the_others_for_what_they_did(changes, cells, kind):
    draft = START
    for change in changes:
        draft = done(draft, change)
    cells = inside(draft, cells)
    painted = done(draft, lambda d: edit.paint(d, cells, Symbol(kind, 3.0)))
    if painted is draft:
        return
    every = [(row, column) for row in range(draft.rows) for column in range(draft.columns)]
    for cell in every:
        expected = Symbol(kind, 3.0) if cell in cells else edit.symbol_at(draft, cell)
        now = edit.symbol_at(painted, cell)
        assert (now.kind, now.reward) == (expected.kind, expected.reward), cell


def test_a_jump_is_linked_and_unlinked_without_a_trace():
    draft = edit.drafted(load_world("easy"))
    linked = edit.link(draft, (0, 2), (3, 3), 10.0)
    world = edit.usable(linked)
    assert world.model.successor[2, :, 0].tolist() == [18] * 4
    assert world.model.reward[2, :, 0].tolist() == [10.0] * 4
    assert edit.paint(linked, [(0, 2)], SYMBOLS["."]) == draft


def test_a_landing_stays_one_when_it_becomes_a_start():
    linked = edit.link(edit.drafted(load_world("easy")), (0, 2), (3, 3))
    moved = edit.paint(linked, [(3, 3)], SYMBOLS["S"])
    assert edit.usable(moved).model.successor[2, 0, 0] == 18
    assert edit.symbol_at(moved, (3, 3)).kind is Kind.START


@pytest.mark.parametrize(
    ("origin", "target", "says"),
    [((0, 0), (0, 0), "leads to another cell"), ((0, 1), (1, 1), "not to a wall"), ((0, 1), (2, 0), "not to a goal")],
)
def test_a_jump_to_nowhere_is_refused(origin, target, says):
    with pytest.raises(WorldError, match=says):
        edit.link(START, origin, target)


def test_what_makes_a_world_unusable_is_marked():
    draft = edit.paint(edit.drafted(load_world("easy")), [(3, 4), (4, 3), (3, 3)], SYMBOLS["#"])
    with pytest.raises(WorldError, match="no goal can be reached from the start in row 0, column 0"):
        edit.usable(draft)
    kinds = draft.layouts[0][1].kinds.ravel()
    assert edit.obstacles(draft).tolist() == np.flatnonzero(np.isin(kinds, [Kind.FLOOR, Kind.START])).tolist()
    astray = parse_draft("A: jump a\n\nS.A\n..G\n")
    assert edit.obstacles(astray).tolist() == [2]


def test_a_reward_is_given_to_what_is_entered_and_not_to_a_wall():
    paid = edit.pay(START, [(0, 1), (1, 1), (2, 0)], -7.0)
    assert [edit.symbol_at(paid, cell).reward for cell in ((0, 1), (1, 1), (2, 0))] == [-7.0, None, -7.0]
    assert edit.symbol_at(paid, (2, 0)).kind is Kind.GOAL


def test_wind_goes_with_its_column():
    windy = edit.drafted(load_world("windy"))
    assert edit.add_column(windy, 3).wind == (0, 0, 0, 0, 1, 1, 1, 2, 2, 1, 0)
    assert edit.remove_column(windy, 7).wind == (0, 0, 0, 1, 1, 1, 2, 1, 0)
    assert edit.calm(windy).wind == ()


def test_all_maps_of_a_changing_world_keep_one_size_and_only_one_is_painted():
    maze = edit.drafted(load_world("blocking_maze"))
    wider = edit.add_column(maze, 0)
    assert {len(row) for _, rows in wider.maps for row in rows} == {10}
    painted = edit.paint(maze, [(0, 0)], SYMBOLS["#"], at=1)
    assert painted.maps[0] == maze.maps[0]
    assert painted.maps[1][1][0][0] == "#"


def test_no_more_letters_than_there_are():
    draft = parse_draft("title: Wide\n\n" + "S" + "." * 98 + "G\n")
    every = [(lambda d, column=column: edit.pay(d, [(0, column)], float(column))) for column in range(1, 99)]
    with pytest.raises(WorldError, match="letters that a map is marked with are taken"):
        reduce(lambda d, change: change(d), every, draft)


@pytest.mark.parametrize("name", WORLDS)
def test_a_draft_of_a_named_world_is_that_world(name):
    world = load_world(name)
    draft = edit.drafted(world)
    assert edit.usable(draft) == world
    assert parse_world(format_world(draft)) == world


def test_the_history_is_bounded():
    history = edit.EditHistory(START, most=3)
    for column in range(4):
        history.do(edit.paint(history.draft, [(2, column)], SYMBOLS["#"]))
    for _ in range(9):
        history.undo()
    assert history.draft == edit.paint(START, [(2, 0)], SYMBOLS["#"])


def test_a_goal_that_pays_the_step_reward_is_written_with_it():
    symbols = {**SYMBOLS, "G": Symbol(Kind.GOAL, None)}
    world = World(((0, ("S.G",)),), tuple(symbols.items()), step_reward=-2.0)
    again = parse_world(format_world(world))
    assert dict(again.symbols)["G"].reward == -2.0
    np.testing.assert_array_equal(again.model.reward, world.model.reward)
