"""The curves of a comparison as a picture, without a browser and as the page draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.dashes import DASHES, place_of
from gridworld.drawing.palette import tokens
from gridworld.drawing.plot_area import PlotArea
from gridworld.drawing.plots import draw_grid, draw_numbers_below
from gridworld.drawing.shared_range import range_of
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import TITLES, Curve, CurveKind, what_is_drawn
from gridworld.experiments.plan import Cell
from gridworld.pictures.picture import Drawing, check_theme

WIDTH, SHOWN = 760.0, 360.0  # units of the picture, and of the height of its curves
LEFT, EDGE, HEAD, LINE, BELOW = 60.0, 12.0, 46.0, 20.0, 44.0  # around the curves, and a line of the legend
BAND = 0.16  # opacity
MOST = len(DASHES)


def draw_comparison(
    result: Comparison, kind: CurveKind = "returns", *, world: str | None = None, theme: str = "light"
) -> Drawing:
    """Return the curves of all contestants in a world, with their bands.

    Raises
    ------
    ValueError
        If there are several worlds and none is named, or more contestants than can be distinguished.
    """
    check_theme(theme)
    worlds = result.plan.worlds
    if world is None and len(worlds) > 1:
        raise ValueError(f"The plan has {len(worlds)} worlds; name the one to draw: world={worlds[0]!r:.40}.")
    cells = [cell for cell in result.plan.cells if world in (None, cell.settings.world)]
    if not 0 < len(cells) <= MOST:
        raise ValueError(f"There are {len(cells)} contestants in that world; a picture shows from 1 to {MOST}.")
    curves = [result.curve(cell.label, kind, world=cell.settings.world) for cell in cells]
    legend, lines = _legend(cells)
    top = HEAD + LINE * lines
    end = max(cell.episodes or cell.steps for cell in cells)
    y_range = range_of(
        [curve.value for curve in curves], [edge for curve in curves for edge in (curve.low, curve.high)]
    )
    area = PlotArea(LEFT, top, WIDTH - LEFT - EDGE, SHOWN, (0.0, float(end)), y_range)
    colours, note = tokens(dark=theme == "dark"), what_is_drawn(curves[0], result.plan.runs)
    paint = partial(_paint, curves, legend, area, (TITLES[kind], note), colours)
    return Drawing(WIDTH, top + SHOWN + BELOW, 1.0, TITLES[kind], colours, paint)


def _paint(
    curves: Sequence[Curve],
    legend: Sequence[tuple[str, float, float]],
    area: PlotArea,
    words: tuple[str, str],
    colours: Mapping[str, Any],
    canvas: Canvas,
) -> None:
    canvas.text(EDGE, 18, words[0], colours["ink"], 14, bold=True)
    canvas.text(EDGE, 36, words[1], colours["muted"], 11)
    paints = [
        Paint(None, BAND, colours["contestants"][place_of(place)], 2.25, tuple(DASHES[place_of(place)]))
        for place in range(len(curves))
    ]
    for (label, left, y), paint in zip(legend, paints, strict=True):
        canvas.line(np.array([left, left + 28]), np.array([y, y]), paint)
        canvas.text(left + 34, y, label, colours["ink"], 12)
    draw_grid(canvas, area, colours)
    for curve, paint in zip(curves, paints, strict=True):
        _band(canvas, area, curve, Paint(paint.line, BAND))
    for curve, paint in zip(curves, paints, strict=True):
        canvas.line(area.x(curve.x), area.y(np.clip(curve.value, *area.y_range)), paint)
    draw_numbers_below(canvas, area, colours)
    unit = curves[0].unit.title()
    canvas.text(area.left + area.width / 2, area.bottom + 34, unit, colours["muted"], 12, "middle")


def _band(canvas: Canvas, area: PlotArea, curve: Curve, paint: Paint) -> None:
    """Draw a band where it has both ends."""
    known = np.isfinite(curve.low) & np.isfinite(curve.high)
    if known.any():
        x, low, high = (line[known] for line in (curve.x, curve.low, curve.high))
        edges = np.clip(np.concatenate([low, high[::-1]]), *area.y_range)
        canvas.polygon(area.x(np.concatenate([x, x[::-1]])), area.y(edges), paint)


def _legend(cells: Sequence[Cell]) -> tuple[list[tuple[str, float, float]], int]:
    """Return the label of each contestant and where its line begins, and how many lines the legend takes."""
    entries, line, left = [], 0, EDGE
    for cell in cells:
        width = 44 + 7 * len(cell.label)
        if left > EDGE and left + width > WIDTH:
            line, left = line + 1, EDGE
        entries.append((cell.label, left, HEAD + LINE * (line + 0.5)))
        left += width
    return entries, line + 1
