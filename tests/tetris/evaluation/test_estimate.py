"""Means and intervals of exponential lengths: by hand, and by how often they hold."""

import numpy as np
import pytest

from gridworld.tetris.evaluation.estimate import LinesEstimate


def test_the_mean_is_all_lines_over_the_finished_games():
    assert LinesEstimate(12, 9, 136_700_000).mean == pytest.approx(15_188_889, abs=1)
    assert LinesEstimate(3, 0, 500).mean is None


def test_intervals_agree_with_a_table_of_the_chi_square_distribution():
    low, high = LinesEstimate(4, 4, 1_000).interval  # quantiles of 8 degrees of freedom: 2.180 and 17.535
    assert (low, high) == pytest.approx((2_000 / 17.535, 2_000 / 2.180), rel=1e-3)
    low, high = LinesEstimate(5, 4, 1_000).interval  # the lower bound counts one end more: 20.483 for 10
    assert (low, high) == pytest.approx((2_000 / 20.483, 2_000 / 2.180), rel=1e-3)
    low, high = LinesEstimate(3, 0, 500).interval  # 7.378 for 2
    assert low == pytest.approx(1_000 / 7.378, rel=1e-3)
    assert high is None
    assert LinesEstimate(0, 0, 0).interval == (0.0, None)


@pytest.mark.slow
@pytest.mark.parametrize("ends", [5, 40])
@pytest.mark.parametrize("cut", [False, True])
def test_the_interval_holds_its_level(ends, cut):
    rng, held, runs = np.random.default_rng(6), 0, 4_000
    for _ in range(runs):
        lengths = rng.exponential(1_000.0, ends)
        limit = 800.0 if cut else np.inf  # each game is cut off there
        found = LinesEstimate(ends, int((lengths < limit).sum()), round(np.minimum(lengths, limit).sum()))
        low, high = found.interval
        held += low <= 1_000 <= (np.inf if high is None else high)
    assert held / runs >= 0.95 - 4 * (0.05 * 0.95 / runs) ** 0.5


def test_players_tie_where_their_intervals_overlap():
    best, near, far = (LinesEstimate(400, 400, 400 * lines) for lines in (5_000, 4_600, 3_000))
    assert best.ties_with(near)
    assert near.ties_with(best)
    assert not best.ties_with(far)
    assert LinesEstimate(4, 0, 10_000).ties_with(best), "what has no upper bound may be as good"
    assert not LinesEstimate(400, 400, 400).ties_with(LinesEstimate(4, 0, 10_000))
