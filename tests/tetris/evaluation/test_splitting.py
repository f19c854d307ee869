"""Games too long to be played to their end: the estimate is the mean of games that are short enough to be played."""

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.evaluation.splitting import SplittingEstimate, estimate_by_splitting
from gridworld.tetris.players.builtin import BUILT_IN

SMALL = {"width": 6, "height": 12, "seed": 1}
BCTS = BUILT_IN["bcts"].weights
needs_numba = pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")


@needs_numba
@pytest.mark.slow
def test_the_estimate_agrees_with_games_that_were_played_to_their_end():
    found = estimate_by_splitting(BCTS, **SMALL, games=200)
    played = Evaluation(BCTS, games=400, **SMALL)
    while not played.finished:
        played.advance()
    low, high = found.interval
    played_low, played_high = played.estimate.interval
    assert max(low, played_low) < min(high, played_high)
    assert 0.75 < found.mean / played.estimate.mean < 1.33


@needs_numba
def test_one_seed_is_one_estimate_and_its_repetitions_differ():
    few = {**SMALL, "games": 30, "repetitions": 3}
    found = estimate_by_splitting(BCTS, **few)
    assert estimate_by_splitting(BCTS, **few) == found
    assert len(set(found.rates)) == 3
    assert estimate_by_splitting(BCTS, **{**few, "seed": 2}) != found


@needs_numba
def test_shorter_games_with_more_s_and_z():
    even, twisted = (
        estimate_by_splitting(BCTS, **SMALL, games=60, repetitions=4, twisted=twisted) for twisted in (1, 4)
    )
    assert twisted.mean < even.mean


def test_an_interval_has_no_upper_bound_where_hardly_any_game_ended():
    assert SplittingEstimate((0.0, 0.0, 1e-6), 10, 1).interval[1] is None
    assert SplittingEstimate((0.0, 0.0, 0.0), 10, 1).mean == np.inf
    low, high = SplittingEstimate((1e-6, 1.2e-6, 0.8e-6), 10, 1).interval
    assert low < 400_000 < high
