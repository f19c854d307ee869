"""Set declared parameters, from values or from words, with one sentence for what is wrong."""

from __future__ import annotations

import math
from typing import Any

import param

LONGEST = 40
"""Characters of a refused value that a sentence repeats."""


def change(owner: param.Parameterized, name: str, value: Any, called: str | None = None) -> None:
    """Set one parameter of `owner`.

    Parameters
    ----------
    called
        What the sentence calls the parameter, if not by its name: its label, for instance.

    Raises
    ------
    ValueError
        With the value and what is allowed; the parameter then is as it was.
    """
    declared = type(owner).param[name]
    try:
        setattr(owner, name, _converted(value, declared))
    except (ValueError, TypeError, OverflowError):
        raise ValueError(f"{called or name} is {shortened(value)}; it must be {allowed(declared)}.") from None


def read_number(owner: param.Parameterized, name: str, word: str, called: str | None = None) -> None:
    """Set one number of `owner` from a word as people type it.

    Raises
    ------
    ValueError
        With the word and what is allowed; the parameter then is as it was.
    """
    declared, plain = type(owner).param[name], word.strip().replace("−", "-")
    is_whole = isinstance(declared, param.Integer)
    try:
        value: float = int(plain) if is_whole else float(plain) + 0.0  # no negative zero
    except ValueError:
        written = "" if "," not in plain else ", without commas" if is_whole else ", with a decimal point"
        typed = shortened(plain) if plain else "empty"
        raise ValueError(f"{called or name} is {typed}; it must be {allowed(declared)}{written}.") from None
    change(owner, name, value, called)


def _converted(value: Any, declared: param.Parameter) -> Any:
    """Return a whole number that came as a float as the int it is; true, false, nan and infinity are no numbers."""
    if isinstance(declared, param.Number) and (isinstance(value, bool) or not math.isfinite(value)):
        raise ValueError
    return int(value) if isinstance(declared, param.Integer) and value == int(value) else value


def shortened(value: Any) -> str:
    """Return a value as a sentence repeats it."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except ValueError:  # a whole number of thousands of digits
        return "too long a number"
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return repr(text) if isinstance(value, str) else text


def allowed(declared: param.Parameter) -> str:
    """Return in words what a parameter takes."""
    if isinstance(declared, param.Selector):
        return "one of " + ", ".join(str(choice) for choice in declared.objects)
    if isinstance(declared, param.Boolean):
        return "true or false"
    low, high = declared.bounds or (None, None)
    kind = "a whole number" if isinstance(declared, param.Integer) else "a number"
    ends = [None if end is None else f"{end:,}".removesuffix(".0") for end in (low, high)]
    open_ends = [f"not {end}" for end, is_in in zip(ends, declared.inclusive_bounds, strict=True) if not is_in]
    return kind + _range(*ends) + (f" ({', '.join(open_ends)})" if open_ends else "")


def _range(low: str | None, high: str | None) -> str:
    if low is None:
        return "" if high is None else f" of at most {high}"
    return f" of at least {low}" if high is None else f" from {low} to {high}"
