"""Numbers and settings as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gridworld.agents import AGENTS
from gridworld.drawing.minus import with_minus
from gridworld.training.world_edits import WORLD

MOST_DECIMALS = 9  # beyond which ends of an interval differ by rounding


def number(value: float) -> str:
    """Return a return or an error, to about three figures that count: 0.62, −13.00, 1,250, 0.0031."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    digits = ",.0f" if size >= 1000 else ".2f" if size >= 0.01 or size == 0 else ".2g"
    return with_minus(f"{value:{digits}}")


def interval_numbers(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Return an estimate and the ends of its interval, with enough decimals to distinguish its ends."""
    numbers = value, low, high
    if low == high:
        return number(value), number(low), number(high)
    usual = 0 if max(map(abs, numbers)) >= 1000 else 2
    decimals = min(max(usual, math.ceil(0.5 - math.log10(high - low))), MOST_DECIMALS)
    text, bottom, top = (with_minus(f"{one:,.{decimals}f}") for one in numbers)
    return text, bottom, top


def plain_number(value: float) -> str:
    """Return a number with as few figures as it has: 0.5, −1, 1e−05."""
    return with_minus(f"{value:g}")


def fixed(value: float, digits: int) -> str:
    """Return a number with this many decimals; one that would look like 0 without being it has a figure that counts."""
    text = f"{value:.{digits}f}"
    return with_minus(f"{value:.1g}" if value and not text.strip("-0.") else text)


def count(value: float) -> str:
    """Return a whole number, exact below a million, then as 1.234M."""
    if value < 1_000_000:
        return f"{value:,.0f}"
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if value >= size:
            return f"{value / size:.3f}{unit}"
    raise AssertionError(value)


def changes_text(changes: Mapping[str, Any]) -> str:
    """Return changes during a run by their labels: "Step size α = 0.4", "World edited"."""
    labels = {name: agent.param[name].label for agent in AGENTS.values() for name in agent.hyperparameters()}
    numbers = {name: plain_number(value) if isinstance(value, float) else str(value) for name, value in changes.items()}
    is_edit = numbers.pop(WORLD, None) is not None
    return ", ".join(["World edited"] * is_edit + [f"{labels[name]} = {value}" for name, value in numbers.items()])
