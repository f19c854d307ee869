"""Games too long to be played to their end: the estimate is the mean of games that are short enough to be played."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

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
    with ThreadPoolExecutor(2) as pool:
        assert estimate_by_splitting(BCTS, **few, pool=pool) == found
    assert 0 < found.interval[0] < found.mean
    assert estimate_by_splitting(BCTS, **{**few, "seed": 2}) != found


@needs_numba
def test_shorter_games_with_more_s_and_z():
    even, twisted = (
        estimate_by_splitting(BCTS, **SMALL, games=60, repetitions=4, twisted=twisted) for twisted in (1, 4)
    )
    assert twisted.mean < even.mean


def estimate(*rates: float) -> SplittingEstimate:
    return SplittingEstimate(len(rates), sum(rates), sum(rate**2 for rate in rates), 10, 1)


def test_an_interval_has_no_upper_bound_where_hardly_any_game_ended():
    assert estimate(0.0, 0.0, 1e-6).interval[1] is None
    assert (estimate(0.0, 0.0).mean, estimate(0.0, 0.0).interval) == (None, (0.0, None))
    assert estimate(2.0**-20).mean == pytest.approx(0.4 * 2**20)
    assert estimate(2.0**-20).interval == (0.0, None), "one alone has no spread"


def test_an_interval_is_that_of_students_t():
    """Rates of mean 1e-6, standard error 0.2e-6 / sqrt(3); t for 2 degrees of freedom is 4.303."""
    found = estimate(1e-6, 1.2e-6, 0.8e-6)
    assert found.interval == pytest.approx((0.4 / (1e-6 + 0.4969e-6), 0.4 / (1e-6 - 0.4969e-6)), rel=1e-3)
    assert estimate(1e-6) + estimate(1.2e-6, 0.8e-6) == replace(found, placements=2)
