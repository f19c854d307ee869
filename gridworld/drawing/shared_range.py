"""The vertical range of curves that are compared: learning can be seen, and no contestant is out of sight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

QUARTERS = (0.25, 0.5, 0.75)
REACH = 6.0  # widths of the middle half of all values
MARGIN = 0.06
FENCE = 1.5  # widths of the middle half, beyond which a value is an outlier


def range_of(curves: Sequence[np.ndarray], also: Sequence[np.ndarray] = ()) -> tuple[float, float]:
    """Return the bounds of an axis for some curves, float64 [points] each, nan where there is nothing.

    Values far outside the middle half of all of them are cut off, such as the returns of the first episodes; the middle
    half and the end of each curve never are. What is `also` drawn, such as bands, is in sight unless it is far outside
    too, or below 0 where no curve is: numbers of steps have bands that no such number can be in.
    """
    finite = [curve[np.isfinite(curve)] for curve in curves]
    finite = [curve for curve in finite if len(curve)]
    if not finite:
        return 0.0, 1.0
    values = np.concatenate(finite)
    first, third = np.quantile(values, (0.25, 0.75))
    kept = [level for curve in finite for level in (*np.quantile(curve, QUARTERS), curve[-1])]
    reach = REACH * max(third - first, np.ptp(kept) / 2)
    known = np.concatenate([values, *(band[np.isfinite(band)] for band in also)])
    floor = 0.0 if values.min() >= 0 else -np.inf
    low = min(max(known.min(), first - reach, floor), *kept)
    high = max(min(known.max(), third + reach), *kept)
    return _with_margin(low, high)


def whole_range(values: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the bounds of an axis that holds all finite values."""
    every = np.concatenate([np.empty(0), *values])
    every = every[np.isfinite(every)]
    return _with_margin(every.min(), every.max()) if len(every) else (0.0, 1.0)


def contrast_range(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of a scale of colours for finite values, float64 [n], of which outliers have the last colour."""
    if not len(values):
        return 0.0, 1.0
    first, third = np.quantile(values, (0.25, 0.75))
    fence = FENCE * (third - first) or np.ptp(values)
    return _with_margin(max(values.min(), first - fence), min(values.max(), third + fence))


def _with_margin(low: float, high: float) -> tuple[float, float]:
    span = high - low or abs(high) / 5 or 1.0
    return float(low - MARGIN * span), float(high + MARGIN * span)
