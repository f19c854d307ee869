"""Learning curves: the mean over runs at each point with a band of intervals, or their median with quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from gridworld.experiments.statistics import FIRST_LOOK, anytime_margins
from gridworld.experiments.tally import Axis

CurveKind = Literal["returns", "lengths"]
CURVES: tuple[CurveKind, ...] = ("returns", "lengths")
TITLES: dict[CurveKind, str] = {"returns": "Return of an episode", "lengths": "Steps of an episode"}
QUANTILES = "median and quantiles"


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve with its band; each array is float64 [points].

    Intervals are pointwise: each holds the true mean at its point at the level, not all of them at once; they are wider
    where fewer runs have an episode that ends. Quantiles hold the share `level` of the runs themselves.
    """

    x: np.ndarray  # the last episode, or the last step, of each point
    value: np.ndarray  # the mean or the median; nan where no run has a value
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray  # runs with a value
    unit: str  # "episode" or "step"
    level: float
    method: str


def mean_curve(values: np.ndarray, axis: Axis, level: float, *, interim: bool) -> Curve:
    """Return the mean curve of runs.

    Parameters
    ----------
    values
        float [runs, points], nan where no episode of a run ended.
    axis
        What the points stand for.
    level
        Of the intervals: those of t, or anytime-valid ones where the runs are `interim`.
    """
    there = np.isfinite(values)
    n = there.sum(0)
    known = np.where(there, values, 0.0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = known.sum(0) / n
        squares = np.where(there, (known - mean) ** 2, 0.0).sum(0)
        if interim:
            margin = anytime_margins(n, np.sqrt(squares / n), level)
        else:
            factor = scipy.special.stdtrit(np.maximum(n - 1, 1), (1 + level) / 2)
            margin = np.where(n > 1, factor * np.sqrt(squares / (n - 1) / n), np.inf)
    method = "anytime-valid t" if interim else "t"
    return Curve(axis.edges.astype(float), mean, mean - margin, mean + margin, n, axis.unit, level, method)


def quantile_curve(values: np.ndarray, axis: Axis, level: float) -> Curve:
    """Return the median over runs at each point, with the band that holds the middle share `level` of the runs.

    Parameters are those of `mean_curve`.
    """
    n = np.isfinite(values).sum(0)
    low, median, high = np.full((3, len(n)), np.nan)
    shares = (1 - level) / 2, 0.5, (1 + level) / 2
    low[n > 0], median[n > 0], high[n > 0] = np.nanquantile(values[:, n > 0], shares, axis=0)
    return Curve(axis.edges.astype(float), median, low, high, n, axis.unit, level, QUANTILES)


def counted(runs: int) -> str:
    """Return a number of runs in words: "1 run", "1,000 runs"."""
    return f"{runs:,} run{'s' * (runs != 1)}"


def what_is_drawn(curve: Curve, runs: int) -> str:
    """Return what the lines and the bands are."""
    if curve.method == QUANTILES:
        return f"median of {counted(runs)}; bands: the middle {curve.level:.0%} of the runs, no interval of the median"
    if np.isinf(curve.high).all():
        return f"mean of {counted(runs)}; bands from {FIRST_LOOK} runs on"
    return f"mean of {counted(runs)}; bands: {curve.level:.0%} intervals at each point ({curve.method})"
