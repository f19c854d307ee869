"""What comes from outside for a world: maps that are rectangles, and numbers that training and storage can bear."""

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
        raise WorldError(f"{name} is {shown(value)}; it must be a number from {plain(low)} to {plain(high)}.")


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Refuse what is not a whole number between `low` and `high`, both allowed.

    Raises
    ------
    WorldError
        With the name, the value and the range.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not low <= int(value) <= high:
        raise WorldError(f"{name} is {shown(value)}; it must be a whole number from {low:,} to {high:,}.")


def check_rows(rows: tuple[str, ...], step: int, size: tuple[int, int], letters: set[str]) -> None:
    """Refuse the map from a step of a run on if it has another size, is ragged, or has a letter without a meaning.

    Parameters
    ----------
    size
        The rows and the columns of the first map.
    letters
        Those that have a meaning.

    Raises
    ------
    WorldError
        With the row, and what to do.
    """
    height, width = size
    if len(rows) != height:
        raise WorldError(f"the map from step {step} has {len(rows)} rows; the first map has {height}.")
    if unknown := set("".join(rows)) - letters:
        row = next(row for row, line in enumerate(rows) if not unknown.isdisjoint(line))
        column = next(column for column, letter in enumerate(rows[row]) if letter in unknown)
        letter = rows[row][column]
        advice = "write . where nothing is" if letter.isspace() else "add it to the header"
        raise WorldError(f"row {row}, column {column}: {letter!r} is not defined; {advice}.")
    if set(map(len, rows)) != {width}:
        row = next(row for row, line in enumerate(rows) if len(line) != width)
        raise WorldError(
            f"row {row}, counted from 0, has {len(rows[row])} cells; the first row has {width}. Make them equal."
        )


def is_number(value: Any) -> bool:
    """Return whether a value is a real number; true and false are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def plain(bound: float) -> str:
    """Return the end of a range for a sentence, without an exponent."""
    return f"{bound:,.10f}".rstrip("0").rstrip(".")


def shown(value: Any) -> str:
    """Return a value as text for a sentence: at most 60 characters in one line."""
    try:
        text = f"{value:g}" if isinstance(value, float) else f"{value:,}" if type(value) is int else repr(value)
    except Exception:  # of a class of the user's own, or a number with thousands of digits
        text = f"something of the type {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
