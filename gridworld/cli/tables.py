"""Numbers and tables as plain text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

NONE = "-"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return columns as wide as they must be, the first `left` flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip_longest(head, *rows, fillvalue="")]
    adjust = [str.ljust] * left + [str.rjust] * (len(head) - left)
    return "\n".join(
        "  ".join(align(text, width) for align, text, width in zip(adjust, row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as comma-separated values, without the last line's end; None is an empty field."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().rstrip("\n")


def number(value: float | None, digits: int = 2) -> str:
    """Return a number as text, or a dash where there is none."""
    return NONE if value is None or not math.isfinite(value) else f"{value:,.{digits}f}"


def with_margin(value: float | None, interval: Sequence[float | None]) -> str:
    """Return a number, and half the width of its interval [low, high] unless that is a single point."""
    low, high = interval
    if low is None or high is None or not has_margin(interval):
        return number(value)
    return f"{number(value)} ± {number((high - low) / 2)}"


def has_margin(interval: Sequence[float | None]) -> bool:
    """Return whether an interval [low, high] is known and more than a single point."""
    low, high = interval
    return low is not None and high is not None and math.isfinite(high - low) and low != high
