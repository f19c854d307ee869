"""A world of each kind that a page shows in another way, and an order in which each kind follows each other."""

from __future__ import annotations

from itertools import combinations

KINDS = {
    "map": "medium",
    "panels": "Taxi-v4",
    "cards": "Blackjack-v1",
    "table": "GridWorld/MaximizationBias-v0",
    "image": "open_50",
    "changing map": "blocking_maze",
}


def every_ordered_pair() -> list[str]:
    """Return the kinds in an order in which each comes directly after each other once, and the last is the first."""
    return [kind for pair in combinations(KINDS, 2) for kind in pair] + [next(iter(KINDS))]
