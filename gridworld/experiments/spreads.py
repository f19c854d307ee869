"""Hyperparameters that take several values in a plan: lists, ranges, and random draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import exp, log
from typing import Any

import numpy as np

from gridworld.worlds.ids import literal

MOST_VALUES = 10_000  # of one hyperparameter
LARGEST = 1e300  # end of a range, so that its width is a number too
LIST, RANGE, DRAWS = {"values"}, {"low", "high", "points"}, {"low", "high", "draws"}
WRITTEN = re.compile(r"\s*(?P<low>[^:,]+?)\.\.(?P<high>[^:,]+):(?P<points>\d{1,18})(?P<log>:log)?\s*")
FORMS = "a value, {values = [...]}, {low, high, points} or {low, high, draws}, the last two also with scale = 'log'"


def combinations(hyperparameters: Mapping[str, Any], draw_seed: int) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yield hyperparameters with one value each, for each combination that they spread over, and what is spread.

    Lists and ranges make a grid. Random draws are made together: the k-th value of one goes with the k-th of the
    others, and the grid is done for each k. The same seed gives the same draws.

    Raises
    ------
    ValueError
        In one sentence, for a spread that makes no sense.
    """
    ordered = dict(sorted(hyperparameters.items()))  # a file may have them in another order
    spread = {name: value for name, value in ordered.items() if isinstance(value, Mapping | list | tuple)}
    fixed = {name: value for name, value in ordered.items() if name not in spread}
    drawn = {name: value for name, value in spread.items() if isinstance(value, Mapping) and "draws" in value}
    grids = {name: _grid(name, value) for name, value in spread.items() if name not in drawn}
    names = [*grids, *drawn]
    for draws in _drawn_together(drawn, draw_seed):
        for values in product(*grids.values()):
            yield {**fixed, **dict(zip(grids, values, strict=True)), **draws}, names


def read_spread(text: str) -> Any:
    """Return the spread that is written as LOW..HIGH:POINTS, LOW..HIGH:POINTS:log, or A,B,C.

    Raises
    ------
    ValueError
        If it is neither.
    """
    found = WRITTEN.fullmatch(text)
    if found is None and (".." in text or not text.strip()):
        raise ValueError(
            f"{text!r:.60} is not of the form LOW..HIGH:POINTS or A,B,C, such as 0.1..1.0:10, 0.01..1:5:log or 0.1,0.5."
        )
    if found is None:
        return [literal(value.strip()) for value in text.split(",")]
    ends = {end: literal(found[end].strip()) for end in ("low", "high")}
    return {**ends, "points": int(found["points"]), "scale": "log" if found["log"] else "linear"}


def written_spread(spread: Any) -> str:
    """Return a list or a range as `read_spread` reads it; what is drawn at random, in words."""
    if isinstance(spread, Mapping) and "values" not in spread:
        log = ":log" if spread.get("scale") == "log" else ""
        number = spread.get("points") or f"{spread['draws']} random"
        return f"{spread['low']}..{spread['high']}:{number}{log}"
    values = spread["values"] if isinstance(spread, Mapping) else spread
    return ", ".join(map(str, values))


def _grid(name: str, spread: Any) -> Sequence[Any]:
    if not isinstance(spread, Mapping):
        return _values(name, spread)
    if set(spread) == LIST:
        return _values(name, spread["values"])
    low, high, logarithmic = _bounds(name, spread, RANGE)
    points = _count(name, "points", spread["points"])
    if points == 1:
        return [low]
    ends = (log(low), log(high)) if logarithmic else (low, high)
    values = np.linspace(*ends, points).tolist()
    # to 12 digits, so that 0.1 .. 1.0 in ten points gives 0.3 and not 0.30000000000000004
    return [float(f"{exp(value) if logarithmic else value:.12g}") for value in values]


def _values(name: str, values: Any) -> Sequence[Any]:
    if not isinstance(values, list | tuple) or not 1 <= len(values) <= MOST_VALUES:
        raise ValueError(f"The values of {name} are {values!r:.60}; give a list of 1 to {MOST_VALUES:,} values.")
    return values


def _drawn_together(spreads: Mapping[str, Mapping[str, Any]], seed: int) -> Iterator[dict[str, float]]:
    """Yield one value for each of the spreads that are drawn; once nothing, where there are none."""
    if not spreads:
        yield {}
        return
    bounds = {name: _bounds(name, spread, DRAWS) for name, spread in spreads.items()}
    counts = {_count(name, "draws", spread["draws"]) for name, spread in spreads.items()}
    if len(counts) > 1:
        raise ValueError(
            f"The draws of {' and '.join(spreads)} differ in number; they are drawn together, so give one."
        )
    generator = np.random.default_rng(seed)
    for _ in range(counts.pop()):
        drawn = {}
        for name, (low, high, logarithmic) in bounds.items():
            share = generator.random()
            drawn[name] = exp(log(low) + share * log(high / low)) if logarithmic else low + share * (high - low)
        yield drawn


def _bounds(name: str, spread: Mapping[str, Any], form: set[str]) -> tuple[float, float, bool]:
    """Return the lowest and the highest value of a range, and whether it is logarithmic."""
    scale = spread.get("scale", "linear")
    if set(spread) - {"scale"} != form or scale not in ("linear", "log"):
        raise ValueError(f"{name} is {dict(spread)!r:.80}; give {FORMS}.")
    check_bounds(name, spread)
    return float(spread["low"]), float(spread["high"]), scale == "log"


def check_bounds(name: str, spread: Mapping[str, Any]) -> None:
    """Refuse a range whose ends make no sense. Raises ValueError, in one sentence."""
    low, high, scale = spread["low"], spread["high"], spread.get("scale", "linear")
    numbers = all(
        isinstance(end, int | float) and not isinstance(end, bool) and abs(end) <= LARGEST for end in (low, high)
    )
    if not numbers or not low <= high or (scale == "log" and low <= 0):
        above = ", above 0 on a log scale" if scale == "log" else ""
        raise ValueError(f"{name} goes from {low!r:.20} to {high!r:.20}; give two numbers, the lower one first{above}.")


def _count(name: str, what: str, value: Any) -> int:
    if type(value) is not int or not 1 <= value <= MOST_VALUES:
        raise ValueError(f"The {what} of {name} are {value!r:.20}; give a whole number from 1 to {MOST_VALUES:,}.")
    return value
