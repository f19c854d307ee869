"""A sheet with a title, a legend that names lines, and one plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.dashes import DASHES, place_of
from gridworld.drawing.palette import tokens
from gridworld.drawing.plot_area import PlotArea
from gridworld.drawing.plots import draw_grid
from gridworld.pictures.picture import Drawing, check_theme

WIDTH, SHOWN = 760.0, 360.0  # units of the picture, and of the height of its plot
LEFT, EDGE, HEAD, LINE, BELOW = 60.0, 12.0, 30.0, 20.0, 44.0  # around the plot, and a line of the legend
NOTE = 16.0  # a line of what is said below the title
BAND = 0.16  # opacity


@dataclass(frozen=True)
class Sheet:
    """What a sheet says around its plot, which lies in `area`."""

    title: str
    notes: Sequence[str]  # lines below the title
    legend: Sequence[tuple[str, float, float]]  # a label, and where its line begins
    axis: str  # what goes across
    area: PlotArea
    colours: Mapping[str, Any]

    def drawing(self, paint: Callable[[Canvas, Sequence[Paint]], None]) -> Drawing:
        """Return the picture; `paint(canvas, lines)` draws the plot, with the look of each line of the legend."""

        def paint_all(canvas: Canvas) -> None:
            lines = self._paint_head(canvas)
            draw_grid(canvas, self.area, self.colours)
            paint(canvas, lines)
            middle = self.area.left + self.area.width / 2
            canvas.text(middle, self.area.bottom + 34, self.axis, self.colours["muted"], 12, "middle")

        return Drawing(WIDTH, self.area.bottom + BELOW, 1.0, self.title, self.colours, paint_all)

    def _paint_head(self, canvas: Canvas) -> list[Paint]:
        canvas.text(EDGE, 18, self.title, self.colours["ink"], 14, bold=True)
        for place, note in enumerate(self.notes):
            canvas.text(EDGE, 36 + NOTE * place, note, self.colours["muted"], 11)
        looks = [
            Paint(None, BAND, self.colours["contestants"][place_of(place)], 2.25, tuple(DASHES[place_of(place)]))
            for place in range(len(self.legend))
        ]
        for (label, left, y), look in zip(self.legend, looks, strict=True):
            canvas.line(np.array([left, left + 28]), np.array([y, y]), look)
            canvas.text(left + 34, y, label, self.colours["ink"], 12)
        return looks


def sheet(
    title: str,
    notes: Sequence[str],
    labels: Sequence[str],
    axis: str,
    ranges: tuple[tuple[float, float], tuple[float, float]],
    theme: str,
) -> Sheet:
    """Return a sheet whose plot has these ranges of x and of y. Raises ValueError for a theme that there is not."""
    check_theme(theme)
    head = HEAD + NOTE * len(notes)
    legend, lines = _legend(labels, head)
    area = PlotArea(LEFT, head + LINE * lines, WIDTH - LEFT - EDGE, SHOWN, *ranges)
    return Sheet(title, notes, legend, axis, area, tokens(dark=theme == "dark"))


def draw_band(canvas: Canvas, area: PlotArea, x: np.ndarray, low: np.ndarray, high: np.ndarray, look: Paint) -> None:
    """Draw a band in the colour of a line, where it has both ends."""
    known = np.isfinite(low) & np.isfinite(high)
    if known.any():
        x, low, high = x[known], low[known], high[known]
        edges = np.clip(np.concatenate([low, high[::-1]]), *area.y_range)
        canvas.polygon(area.x(np.concatenate([x, x[::-1]])), area.y(edges), Paint(look.line, BAND))


def _legend(labels: Sequence[str], head: float) -> tuple[list[tuple[str, float, float]], int]:
    """Return each label and where its line begins, below the `head`, and how many lines the legend takes."""
    entries, line, left = [], 0, EDGE
    for label in labels:
        width = 44 + 7 * len(label)
        if left > EDGE and left + width > WIDTH:
            line, left = line + 1, EDGE
        entries.append((label, left, head + LINE * (line + 0.5)))
        left += width
    return entries, line + 1
