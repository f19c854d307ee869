"""Networks as players: their values are what a matrix library computes, and they play all that linear players do."""

from itertools import islice

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.explain import explain
from gridworld.tetris.game.features import DT_FEATURES, FEATURES, HIDDEN, LEARNED_FEATURES, check_weights, player_row
from gridworld.tetris.game.network import MOST_UNITS, is_network_size, n_weights, network_value
from gridworld.tetris.game.watch import demo
from support.networks import as_network

LINEAR = (-2.18, 2.42, -2.17, -3.31, 0.95, -2.22, -0.81, -9.65, 1.27)
INPUTS = len(LEARNED_FEATURES)


@pytest.mark.parametrize("units", [1, 3, MOST_UNITS])
def test_a_value_is_what_matrices_give(units):
    rng = np.random.default_rng(units)
    weights, inputs = rng.normal(size=n_weights(units, INPUTS)), rng.normal(size=INPUTS)
    ends = np.cumsum([INPUTS * units, units, units * units, units, units])
    first, bias, second, other_bias, last, final = np.split(weights, ends)
    hidden = np.maximum(inputs @ first.reshape(INPUTS, units) + bias, 0)
    hidden = np.maximum(hidden @ second.reshape(units, units) + other_bias, 0)
    row = player_row(weights, LEARNED_FEATURES)[0].tolist()
    found = network_value(row, len(FEATURES), [*inputs.tolist(), *[0.0] * HIDDEN], INPUTS)
    assert found == pytest.approx(hidden @ last + final[0])


@pytest.mark.parametrize("fast", [CAN_COMPILE, False])
def test_it_plays_as_the_linear_player_that_it_copies(fast):
    options = {"features": LEARNED_FEATURES, "height": 10, "seed": 3, "fast": fast}
    pieces = 200 if fast else 8
    mine, other = (list(islice(demo(w, **options), pieces)) for w in (as_network(LINEAR, 5), LINEAR))
    assert [scene.action for scene in mine] == [scene.action for scene in other]


def test_it_is_evaluated_from_a_file_too(tmp_path):
    games = {"width": 6, "height": 6, "games": 3, "seed": 1}
    played = [Evaluation(weights, LEARNED_FEATURES, **games) for weights in (as_network(LINEAR, MOST_UNITS), LINEAR)]
    played[0].save(tmp_path / "games.npz")
    played[0] = Evaluation.load(tmp_path / "games.npz")
    for each in played:
        while not each.finished:
            each.advance()
    assert played[0].estimate == played[1].estimate


def test_its_placements_are_explained_by_their_values():
    cells = np.zeros((20, 10))
    mine, other = (explain(cells, 2, weights, LEARNED_FEATURES) for weights in (as_network(LINEAR, 2), LINEAR))
    assert [each[:3] for each in mine] == [each[:3] for each in other]
    assert [each.value for each in mine] == pytest.approx([each.value for each in other])
    assert all(len(each.parts) == 0 for each in mine)


@pytest.mark.parametrize(
    ("weights", "features"),
    [
        ((0.0,) * n_weights(2, 9), DT_FEATURES),
        ((0.0,) * (n_weights(2, 9) + 1), LEARNED_FEATURES),
        ((0.0,) * n_weights(MOST_UNITS + 1, 9), LEARNED_FEATURES),
        (((0.0,) * n_weights(2, 9),), LEARNED_FEATURES),
        ((float("nan"),) * n_weights(2, 9), LEARNED_FEATURES),
        ((1e300,) * 9, LEARNED_FEATURES),
    ],
)
def test_what_is_no_network_is_refused(weights, features):
    with pytest.raises(ValueError, match="has 9 finite weights") as refused:
        check_weights(weights, features)
    assert len(str(refused.value)) < 200


def test_no_network_has_the_size_of_a_linear_player():
    assert not is_network_size(INPUTS, INPUTS)
    assert is_network_size(n_weights(1, INPUTS), INPUTS)
