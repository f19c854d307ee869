"""What all commands share: numbers with bounds, JSON, and remarks on standard error."""

from __future__ import annotations

import json
import math
import reprlib
from collections.abc import Mapping
from typing import Any

import click

from gridworld.worlds.checks import plain

BAR = "{desc} {percentage:3.0f}% |{bar}|"  # of what is written
LARGEST = 1e12  # of numbers without bounds of their own, such as rewards


class Whole(click.IntRange):
    """A whole number within bounds, and a mistake in one sentence: the value, and what to give."""

    name = "integer"

    def _describe_range(self) -> str:
        """Return the bounds as the help shows them."""
        return f"from {self.min:,} to {self.max:,}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(
                f"{reprlib.repr(value)} is not allowed; give a whole number from {self.min:,} to {self.max:,}.",
                param,
                ctx,
            )


class Real(click.FloatRange):
    """A finite number within bounds, and a mistake in one sentence: the value, and what to give."""

    name = "number"

    def __init__(self, low: float = -LARGEST, high: float = LARGEST) -> None:
        super().__init__(low, high)

    def _describe_range(self) -> str:
        """Return the bounds as the help shows them; numbers without bounds of their own have none there."""
        return "" if self.max == LARGEST else self._range()

    def _range(self) -> str:
        return f"from {plain(self.min or 0)} to {plain(self.max or 0)}"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = super().convert(value, param, ctx)
        except click.BadParameter:
            number = math.nan
        if math.isnan(number):
            self.fail(f"{reprlib.repr(value)} is not allowed; give a number {self._range()}.", param, ctx)
        return number


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")


def finite(value: float | None) -> float | None:
    """Return the number, or None where there is none: JSON has no infinity and no NaN."""
    return float(value) if value is not None and math.isfinite(value) else None


def print_json(document: Mapping[str, Any]) -> None:
    """Print one object on standard output.

    Raises
    ------
    ValueError
        If a number in it is not finite.
    """
    click.echo(json.dumps(document, allow_nan=False, ensure_ascii=False))


def note(sentence: str) -> None:
    """Print a remark on standard error, so that standard output holds the result and nothing else."""
    click.echo(sentence, err=True)
