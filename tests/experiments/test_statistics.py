"""Statistics: against scipy, against numbers worked out by hand, and where there is nothing to conclude."""

from math import comb, inf, isinf, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from gridworld.experiments.statistics import (
    FIRST_LOOK,
    confidence_sequence,
    holm,
    interquartile_mean_estimate,
    mean_estimate,
    median_estimate,
    paired_difference,
    paired_p_value,
    probability_of_improvement,
)

RNG = np.random.default_rng(1)
NORMAL, SKEWED = RNG.normal(3, 2, 200), -(RNG.exponential(1, 30) ** 2)
SAMPLES = arrays(float, st.integers(2, 30), elements=st.floats(-1e6, 1e6, width=32))
METHODS = ("t", "BCa bootstrap", "studentised bootstrap")


def test_the_t_interval_is_scipys():
    found = mean_estimate(NORMAL, 0.9, "t")
    expected = stats.ttest_1samp(NORMAL, 0).confidence_interval(0.9)
    np.testing.assert_allclose(found.interval, (expected.low, expected.high))
    assert (found.n, found.level, found.method, found.warning) == (200, 0.9, "t", "")


@pytest.mark.parametrize("method", METHODS)
def test_on_normal_data_all_methods_agree(method):
    t, found = mean_estimate(NORMAL, method="t"), mean_estimate(NORMAL, method=method)
    assert found.value == NORMAL.mean()
    np.testing.assert_allclose(found.interval, t.interval, atol=0.05)
    assert found == mean_estimate(NORMAL, method=method), "resampling is the same each time"


def test_the_studentised_interval_leans_towards_the_tail():
    t, found = mean_estimate(SKEWED, method="t"), mean_estimate(SKEWED)
    assert found.method == "studentised bootstrap"
    assert found.low < t.low
    assert found.warning.startswith("Few runs, skewed values: such 95% intervals cover about")


def test_the_interquartile_mean_is_scipys():
    found = interquartile_mean_estimate(np.arange(8.0))
    assert found.value == 3.5  # of 2, 3, 4, 5
    assert found.low < 3.5 < found.high
    assert interquartile_mean_estimate(np.ones(5)).interval == (1, 1)


def test_the_median_by_hand():
    """Of ten runs, ranks 2 and 9 hold the median with probability 1 - 2 (1 + 10) / 2^10 = 97.9%; 3 and 8 only 89.1%."""
    found = median_estimate(np.array([3, 1, 2, 5, 4, 7, 6, 9, 8, 10.0]))
    assert (found.value, found.low, found.high) == (5.5, 2, 9)
    assert median_estimate(np.append(np.arange(9.0), inf)).value == 4.5
    assert median_estimate(np.array([1, inf, inf])).value == inf
    assert isnan(median_estimate(np.arange(5.0)).low)
    for n in range(6, 40):
        found = median_estimate(np.arange(float(n)))
        below = sum(comb(n, k) for k in range(int(found.low) + 1)) / 2**n
        assert below <= 0.025 < below + comb(n, int(found.low) + 1) / 2**n


def test_a_difference_is_paired():
    noise = RNG.normal(0, 10, 50)
    found = paired_difference(noise + 1 + RNG.normal(0, 0.1, 50), noise)
    assert found.low > 0.9
    with pytest.raises(ValueError, match="50 and 49 runs can't be paired"):
        paired_difference(noise, noise[1:])


@given(SAMPLES)
def test_a_difference_with_itself_is_exactly_zero(sample):
    found = paired_difference(sample, sample)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert paired_p_value(sample, sample) == 1
    assert probability_of_improvement(sample, sample).value == pytest.approx(0.5)


@settings(deadline=None, max_examples=30)
@given(SAMPLES, st.sampled_from(METHODS))
def test_every_interval_holds_what_it_is_about_or_gives_the_reason(sample, method):
    found = mean_estimate(sample, method=method, resamples=99)
    assert found.low <= found.high or (isnan(found.low) and found.warning)
    assert np.isfinite(found.interval).all() or found.warning


@pytest.mark.parametrize(
    ("one", "other", "expected"), [([2, 3], [0, 1], 1), ([0, 2], [1, 1], 0.5), ([1, 2], [1, 1], 0.75)]
)
def test_the_probability_of_improvement_by_hand(one, other, expected):
    assert probability_of_improvement(np.array(one), np.array(other)).value == expected


def test_the_probability_of_improvement_is_scipys_and_never_certain():
    one, other = RNG.normal(0.5, 1, 80), RNG.normal(0, 1, 80)
    found = probability_of_improvement(one, other)
    assert found.value == pytest.approx(stats.mannwhitneyu(one, other).statistic / 80**2)
    assert 0.5 < found.low < found.value < found.high < 0.85
    certain = probability_of_improvement(np.arange(10.0) + 100, np.arange(10.0))
    exact = stats.binomtest(10, 10).proportion_ci()
    assert (certain.low, certain.high) == pytest.approx((exact.low, exact.high))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    adjusted = holm([0.5, float("nan"), 0.9])
    assert adjusted[0] == adjusted[2] == 1
    assert isnan(adjusted[1])
    assert holm([]) == []


def test_the_p_value_is_scipys():
    one, other = RNG.normal(0.5, 1, 30), RNG.normal(0, 1, 30)
    assert paired_p_value(one, other) == pytest.approx(stats.ttest_rel(one, other).pvalue)


def test_a_confidence_sequence_is_wider_than_one_look_and_narrows():
    sample = RNG.normal(0, 1, 4_000)
    assert isinf(confidence_sequence(sample[: FIRST_LOOK - 1]).high)
    widths = [confidence_sequence(sample[:n]).high - confidence_sequence(sample[:n]).low for n in (100, 400, 4_000)]
    once = mean_estimate(sample, method="t")
    assert widths[0] > widths[1] > widths[2] > once.high - once.low


def test_looking_at_every_run_errs_as_rarely_as_promised():
    """A t interval that is looked at after each run is wrong far more often."""
    wrong = {"sequence": 0, "t": 0}
    for _ in range(100):
        sample = RNG.normal(0, 1, 400)
        for n in range(FIRST_LOOK, 400, 10):
            found = confidence_sequence(sample[:n])
            if not found.low <= 0 <= found.high:
                wrong["sequence"] += 1
                break
        for n in range(FIRST_LOOK, 400, 10):
            margin = 1.97 * sample[:n].std() / np.sqrt(n)
            if abs(sample[:n].mean()) > margin:
                wrong["t"] += 1
                break
    assert wrong["sequence"] <= 5
    assert wrong["t"] > wrong["sequence"]


@pytest.mark.parametrize("estimate", [mean_estimate, interquartile_mean_estimate, confidence_sequence])
def test_what_is_not_finite_has_no_interval_and_a_sentence(estimate):
    found = estimate(np.array([1, inf, -inf, 3]))
    assert found.warning == "2 of 4 runs have no finite number, so there is no mean; look at the median."
    assert isnan(found.low)
    assert estimate(np.array([1.0])).warning == "An interval needs two runs or more; do more runs."
    assert isnan(estimate(np.array([])).value)


def test_infinite_runs_are_no_difference_and_no_chance():
    assert isnan(paired_difference(np.array([inf, inf]), np.array([inf, inf])).value)
    assert isnan(paired_p_value(np.array([inf, 1]), np.array([inf, 2])))
    assert probability_of_improvement(np.array([inf, 5]), np.array([1, 2])).value == 1


def test_a_level_out_of_range_is_refused():
    with pytest.raises(ValueError, match="The level is 95; choose one between 0 and 1"):
        mean_estimate(NORMAL, 95)
