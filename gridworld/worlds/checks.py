"""Numbers of worlds that come from outside: of the right kind, and within bounds that training and storage can bear."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from gridworld.errors import WorldError

MAX_REWARD = 1e12  # far from where sums of rewards overflow
MAX_STEPS = 10**12  # of a run, before the last map of a changing world
MAX_STEP_LIMIT = 20_000_000


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Refuse what is not a real number between `low` and `high`, both allowed.

    Raises
    ------
    WorldError
        With the name, the value and the range.
    """
    if not is_number(value) or not low <= value <= high:
        raise WorldError(f"{name} is {shown(value)}; it is a number from {low:,g} to {high:,g}.")


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Refuse what is not a whole number between `low` and `high`, both allowed.

    Raises
    ------
    WorldError
        With the name, the value and the range.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
        raise WorldError(f"{name} is {shown(value)}; it is a whole number from {low:,} to {high:,}.")


def is_number(value: Any) -> bool:
    """Return whether a value is a real number; true and false are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Return a value as text for a sentence: at most 60 characters in one line."""
    try:
        text = f"{value:g}" if isinstance(value, float) else f"{value:,}" if type(value) is int else repr(value)
    except Exception:  # of a class of the user's own, or a number with thousands of digits
        text = f"something of the type {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
