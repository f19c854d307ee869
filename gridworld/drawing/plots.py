"""Axes of a plot: its grid, and numbers beside and below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.minus import with_minus
from gridworld.drawing.plot_area import PlotArea

SIZE = 12.0  # of a number, in units of the picture
MILLION = 1e6


def ticks(start: float, end: float, most: int) -> list[float]:
    """Return round numbers between two others, about as many as requested."""
    step = (end - start) / most
    power = 10.0 ** np.floor(np.log10(step))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= step)
    return [round(i * step, 10) for i in range(int(np.ceil(start / step)), int(np.floor(end / step)) + 1)]


def short(value: float) -> str:
    """Return the number at a tick: 500, −2.5k, 4M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return with_minus(f"{value / size:g}{letter}")
    return with_minus(f"{value:g}")


def names_of_millions(start: float, end: float, most: int) -> dict[float, str]:
    """Return value -> text, such as "1.5M", of each tick from a million on that an axis of about `most` may have."""
    if max(abs(start), abs(end)) < MILLION or end <= start:
        return {}
    finest = 10.0 ** np.floor(np.log10((end - start) / most))
    values = [i * finest for i in range(int(np.ceil(start / finest)), int(np.floor(end / finest)) + 1)]
    return {float(value): short(value) for value in values if abs(value) >= MILLION}


def draw_grid(canvas: Canvas, area: PlotArea, colours: Mapping[str, Any], most: int = 4, size: float = SIZE) -> None:
    """Draw horizontal grid lines with their numbers on the left."""
    for tick in ticks(*area.y_range, most):
        y = float(area.y(tick))
        canvas.line(np.array([area.left, area.right]), np.array([y, y]), Paint(line=colours["line"]))
        canvas.text(area.left - 7, y, short(tick), colours["muted"], size, "end")


def draw_numbers_below(
    canvas: Canvas, area: PlotArea, colours: Mapping[str, Any], most: int = 6, size: float = SIZE
) -> None:
    """Write the numbers of the horizontal axis."""
    for tick in ticks(*area.x_range, most):
        canvas.text(float(area.x(tick)), area.bottom + 4 + size, f"{tick:,g}", colours["muted"], size, "middle")


def mixed(colour: str, other: str, share: float) -> str:
    """Return a colour of which this share is the first one, #rrggbb."""
    one, two = (np.frombuffer(bytes.fromhex(c[1:]), np.uint8).astype(float) for c in (colour, other))
    return "#{:02x}{:02x}{:02x}".format(*(share * one + (1 - share) * two).round().astype(int))
