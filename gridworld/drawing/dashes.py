"""How contestants are distinguished: by a colour and a dash each, the same on every page and picture."""

from __future__ import annotations

DASHES: tuple[list[int], ...] = ([], [8, 4], [2, 3], [8, 3, 2, 3], [14, 4], [4, 2], [1, 4], [14, 3, 2, 3, 2, 3])
"""By the place of a contestant; the colours are `contestants` of the theme."""


def place_of(number: int) -> int:
    """Return which colour and dash a contestant has."""
    return number % len(DASHES)
