"""Watching a game: the scenes are the game, with its colours."""

import itertools

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris import demo

GOOD = (-12.6, 6.6, -9.2, -19.8, -13.1, -10.5, -1.6, -24.0)


def same(one, other) -> bool:
    return np.array_equal(one.cells, other.cells) and vars(one) | {"cells": 0} == vars(other) | {"cells": 0}


def test_a_game_from_the_first_scene_to_the_last():
    scenes = list(demo(np.zeros(8), width=5, height=6, seed=3))
    assert (scenes[0].cells.sum(), scenes[0].pieces, scenes[0].action) == (0, 0, -1)
    assert [scene.over for scene in scenes] == [False] * (len(scenes) - 1) + [True]
    assert [scene.pieces for scene in scenes] == list(range(len(scenes)))
    for before, after in itertools.pairwise(scenes):
        assert after.piece == before.next_piece
        cleared = after.lines - before.lines
        assert (after.cells > 0).sum() == (before.cells > 0).sum() + 4 - 5 * cleared
        if not cleared:
            added = after.cells[(before.cells == 0) & (after.cells > 0)]
            assert added.tolist() == [before.piece + 1] * 4, "the new cells have the piece's colour"


@pytest.mark.parametrize("bag", [False, True])
def test_one_seed_is_one_game_compiled_or_plain(bag):
    games = [list(itertools.islice(demo(GOOD, bag=bag, seed=5, fast=fast), 60)) for fast in (CAN_COMPILE, False)]
    assert all(itertools.starmap(same, zip(*games, strict=True)))
    other = itertools.islice(demo(GOOD, bag=bag, seed=6), 60)
    assert not all(itertools.starmap(same, zip(games[0], other, strict=True)))


def test_a_bag_deals_each_piece_once_in_seven():
    pieces = [scene.piece for scene in itertools.islice(demo(GOOD, bag=True), 21)]
    assert all(sorted(pieces[i : i + 7]) == list(range(7)) for i in (0, 7, 14))


@pytest.mark.parametrize("weights", [[1.0] * 7, [np.nan] * 8, [[1.0] * 8]])
def test_weights_are_checked_at_once(weights):
    with pytest.raises(ValueError, match="has 8 finite weights"):
        demo(weights)
