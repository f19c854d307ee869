"""The curves of a comparison as a picture, without a browser and as the page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.dashes import DASHES
from gridworld.drawing.plots import draw_numbers_below
from gridworld.drawing.shared_range import range_of
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import TITLES, Curve, CurveKind, what_is_drawn
from gridworld.pictures.picture import Drawing, check_theme
from gridworld.pictures.sheet import Sheet, draw_band, sheet

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
    end = max(cell.episodes or cell.steps for cell in cells)
    y_range = range_of(
        [curve.value for curve in curves], [edge for curve in curves for edge in (curve.low, curve.high)]
    )
    note, labels = what_is_drawn(curves[0], result.plan.runs), [cell.label for cell in cells]
    made = sheet(TITLES[kind], [note], labels, curves[0].unit.title(), ((0.0, float(end)), y_range), theme)
    return made.drawing(partial(_paint, made, curves))


def _paint(made: Sheet, curves: Sequence[Curve], canvas: Canvas, looks: Sequence[Paint]) -> None:
    area = made.area
    for curve, look in zip(curves, looks, strict=True):
        draw_band(canvas, area, curve.x, curve.low, curve.high, look)
    for curve, look in zip(curves, looks, strict=True):
        canvas.line(area.x(curve.x), area.y(np.clip(curve.value, *area.y_range)), look)
    draw_numbers_below(canvas, area, made.colours)
