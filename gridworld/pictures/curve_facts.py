"""What learning curves show, on a page and in a picture."""

from __future__ import annotations

import numpy as np

from gridworld.planning.optimum import Optimum
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.journal import Journal

MAX_GREEDY_MARKS = 40
SHARES = (1.5, 1.0, 1.0)  # of the height, for the plots from the top down
EXPLORATIONS = {
    "epsilon-greedy": ("Exploration rate ε", "ε"),
    "softmax": ("Temperature τ", "τ"),
    "UCB": ("Confidence c", "c"),
}
"""The number that measures how much an agent explores, by the kind of its exploration: its name and its letter."""


def thinned(count: int, most: int = MAX_GREEDY_MARKS) -> slice:
    """Return every second, fourth, eighth ... of this many, at most `most` of them; those kept stay while more come."""
    step = 1
    while -(-count // step) > most:
        step *= 2
    return slice(0, count, step)


def best_returns(journal: Journal) -> dict[str, float]:
    """Return the best returns that are known, by what they are called; the second only where it is another number."""
    history = journal.histories[EVALUATIONS.name]
    optimum, for_discount = history.newest("optimum"), history.newest("optimum_for_discount")
    if optimum is None or for_discount is None or np.isnan(optimum):
        return {}
    best = {"optimum": optimum}
    if Optimum(optimum, for_discount, None).aims_lower:
        best["best for this discount"] = for_discount
    return best
