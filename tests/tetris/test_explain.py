"""What is explained is what is played: the best placement is the player's choice, and its parts add up."""

import itertools

import numpy as np
import pytest

from gridworld.tetris import demo
from gridworld.tetris.explain import explain
from gridworld.tetris.players.builtin import BUILT_IN


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_the_best_placement_is_the_one_that_is_played(name):
    player = BUILT_IN[name]
    scenes = itertools.islice(demo(player.weights, features=player.features, height=10, seed=4), 60)
    for before, after in itertools.pairwise(scenes):
        found = explain(before.cells, before.piece, player.weights, player.features)
        best = {10 * each.rotation + each.column for each in found if np.isclose(each.value, found[0].value, 1e-12)}
        assert after.action in best
        for each in found:
            np.testing.assert_allclose(each.parts, each.features * player.weights)
            assert each.value == pytest.approx(each.parts.sum())
        assert [each.value for each in found] == sorted((each.value for each in found), reverse=True)


def test_there_is_nothing_to_explain_where_nothing_fits():
    assert explain(np.ones((4, 4), np.uint8) - np.eye(4, dtype=np.uint8), 1, BUILT_IN["bcts"].weights) == []
