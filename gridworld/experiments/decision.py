"""Which contestant is best, and whether the runs decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from gridworld.experiments.statistics import confidence_sequence, holm, paired_p_value


@dataclass(frozen=True)
class Decision:
    """Who has the best mean (None where some have none), and whether it is better than each of the others.

    `pairs` are those that differ, whatever else is open.
    """

    best: str | None
    is_decided: bool
    pairs: frozenset[frozenset[str]]


def decide(
    values: Mapping[str, np.ndarray], *, higher_is_better: bool = True, interim: bool = False, level: float = 0.95
) -> Decision:
    """Return which contestant is best by its mean.

    All pairs are tested together, because the best is found in the same runs: by paired t-tests adjusted by Holm's
    method, or where the runs are `interim`, by confidence sequences at a level that is shared among the pairs.

    Parameters
    ----------
    values
        Label -> a number of each run, float64 [n], over the same seeds.
    """
    pairs = list(combinations(values, 2))
    if not all(np.isfinite(sample).all() for sample in values.values()):
        return Decision(None, False, frozenset())
    shared = 1 - (1 - level) / max(1, len(pairs))
    if interim:
        found = [confidence_sequence(values[one] - values[other], shared) for one, other in pairs]
        differs = [estimate.low > 0 or estimate.high < 0 for estimate in found]
    else:
        p_values = holm([paired_p_value(values[one], values[other]) for one, other in pairs])
        differs = [p < 1 - level for p in p_values]
    decided = frozenset(frozenset(pair) for pair, known in zip(pairs, differs, strict=True) if known)
    sign = 1 if higher_is_better else -1
    best = max(values, key=lambda label: sign * float(values[label].mean()))
    others = [label for label in values if label != best]
    is_decided = bool(others) and all(frozenset((best, label)) in decided for label in others)
    return Decision(best, is_decided, decided)
