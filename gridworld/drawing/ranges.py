"""Ranges of plots that grow in steps, so that they don't move between them."""

from __future__ import annotations

from typing import Literal

import numpy as np

MOST_DECADES = 6
FEWEST_SHOWN = 20.0
END_STEPS = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
MARGIN = 1.02
SAME = 1e-9  # of their size, by which values differ that are the same but for rounding
FEWEST_FOR_QUARTILES = 8
QUARTILES_AWAY = 6.0
WORTH_CUTTING = 3.0
Cut = Literal["", "below", "above"]
"""The side of a plot on which values far from the others may lie outside: the bad one, so that no success is hidden."""
BEFORE = 0.012  # of the axis lies before episode 0, so that what was measured there is drawn whole


def in_sight(values: np.ndarray, levels: np.ndarray, cut: Cut) -> tuple[float, float]:
    """Return the lowest and the highest value that an axis should hold: all of them but outliers on the cut side.

    An outlier lies further from the middle half of the values than six times the width of that half, and than three
    times the size of the median and the levels. Of fewer than eight values the better half takes the place of the
    middle one. Some are cut only if without them the axis is a third as long or less.

    Parameters
    ----------
    values
        What is drawn, float64 [N], without NaN, N at least 1.
    levels
        What must be held whatever it is, such as the optimum, float64 [M].
    """
    low, high = float(values.min()), float(values.max())
    if cut:
        first, median, third = _usual(values, cut)
        reach = max(QUARTILES_AWAY * (third - first), 3 * np.abs([median, *levels]).max())
        near = (max(low, first - reach), high) if cut == "below" else (low, min(high, third + reach))
        if high - low > WORTH_CUTTING * (near[1] - near[0]) > 0:
            low, high = near
    return min([low, *levels]), max([high, *levels])


def _usual(values: np.ndarray, cut: Cut) -> tuple[float, float, float]:
    """Return what most values are like: their quartiles, or of few values the bounds of the better half."""
    if len(values) >= FEWEST_FOR_QUARTILES:
        first, median, third = np.quantile(values, (0.25, 0.5, 0.75))
        return first, median, third
    if cut == "below":
        middle = np.quantile(values, 0.5, method="higher")
        return middle, middle, values.max()
    middle = np.quantile(values, 0.5, method="lower")
    return values.min(), middle, middle


def settle(shown: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Return bounds that hold the data: the present ones unless too small or twice too wide, else rounded new ones."""
    span = high - low
    if span <= SAME * abs(high):
        span = abs(high) / 5 or 1.0
    step = 10.0 ** np.floor(np.log10(span))
    step *= next((part for part in (0.1, 0.2, 0.5) if part * step >= span / 10), 1.0)
    new_low, new_high = np.floor((low - span / 25) / step) * step, np.ceil((high + span / 25) / step) * step
    if low >= 0:
        new_low = max(new_low, 0.0)
    fits = (shown[0] <= low - span / 50 or shown[0] == 0 <= low) and high + span / 50 <= shown[1]
    if fits and new_high - new_low > (shown[1] - shown[0]) / 2:
        return shown
    return float(new_low), float(new_high)


def settle_log(shown: tuple[float, float], low: float, high: float) -> tuple[float, float]:
    """Do `settle` for a logarithmic axis, in whole decades, at most `MOST_DECADES` down from the highest number."""
    top = np.ceil(np.log10(high))
    bottom = max(min(np.floor(np.log10(low)), top - 1), top - MOST_DECADES)
    decades = np.log10(shown[1] / shown[0])
    fits = shown[0] <= 10.0**bottom and high <= shown[1]
    if fits and top - bottom > decades / 2 and decades <= MOST_DECADES:
        return shown
    return float(10.0**bottom), float(10.0**top)


def last_episode_shown(episode: float) -> float:
    """Return the end of an axis that holds this many episodes: it grows in steps, to a little past round numbers."""
    episode = max(episode, FEWEST_SHOWN)
    power = 10.0 ** np.floor(np.log10(episode))
    return float(next(part for part in END_STEPS if part * power >= episode) * power * MARGIN)


def whole_run(episode: float) -> tuple[float, float]:
    """Return the bounds of an axis that shows a run of this many episodes from the beginning on."""
    end = last_episode_shown(episode)
    return -BEFORE * end, end
