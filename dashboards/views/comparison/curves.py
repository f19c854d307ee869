"""Learning curves of several contestants, each with its band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, Line, NumeralTickFormatter, VArea
from markupsafe import Markup

from dashboards.style.figures import TIP_STYLE
from dashboards.style.formatting import number
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, row
from dashboards.views.comparison.figures import HEAD_CSS, heading, make_figure
from dashboards.views.comparison.marks import line_mark
from gridworld.drawing.dashes import DASHES, place_of
from gridworld.drawing.shared_range import range_of
from gridworld.experiments.curves import TITLES, Curve, CurveKind, what_is_drawn
from gridworld.experiments.plan import Cell

COLUMNS = ("x", "value", "low", "high")
TIP = (
    f'<div style="{TIP_STYLE}"><b>$name</b>, UNIT @x{{0,0}}: @value{{0,0.[00]}} '
    "[@low{0,0.[00]}, @high{0,0.[00]}]</div>"
)


class ComparisonCurves:
    """Draws the curve of each contestant; renderers are made as they are needed, and used again.

    Parameters
    ----------
    tokens
        The colours of a theme.
    touch
        On a touch screen a finger scrolls the page, so no tool is active at first.
    beside
        What stands at the end of the line above the figure.
    """

    def __init__(self, tokens: dict[str, Any], *, touch: bool = False, beside: Any = None) -> None:
        self.figure = make_figure(touch=touch)
        self.figure.xaxis.formatter = NumeralTickFormatter(format="0,0")
        self._hover = HoverTool(renderers=[], mode="mouse", line_policy="nearest", visible=False)
        self.figure.add_tools(self._hover)
        self._tokens = tokens
        self._sources: list[ColumnDataSource] = []
        self._glyphs: list[tuple[VArea, Line]] = []
        self._renderers: list[tuple[Any, Any]] = []
        flex = {"flex": "1 1 300px"}  # beside what stands at its end, or on a phone above it
        self._head = pn.pane.HTML("", margin=0, sizing_mode="stretch_width", stylesheets=[HEAD_CSS], styles=flex)
        pane = pn.pane.Bokeh(self.figure, **FILL)
        head = row(self._head, beside, flex_wrap="wrap") if beside is not None else self._head
        self.panel = pn.Column(head, pane, styles={"min-height": "0", "gap": "2px"}, **FILL)

    def show(self, cells: Sequence[Cell], curves: Sequence[Curve], kind: CurveKind, runs: int) -> None:
        """Draw the curves of some cells of a plan, of this many runs; without curves, name the cells alone."""
        while len(self._sources) < len(cells):
            self._add()
        for place, (source, renderers) in enumerate(zip(self._sources, self._renderers, strict=True)):
            shown = place < len(curves)
            for renderer in renderers:
                renderer.visible = shown
            if shown:
                source.data = columns_of(curves[place])
                renderers[1].name = cells[place].label
        unit = curves[0].unit if curves else "episode" if cells and cells[0].episodes else "step"
        self._hover.tooltips = TIP.replace("UNIT", unit)
        self._place_axes(cells, curves, unit)
        self._describe(cells, curves, kind, runs)

    @property
    def heading(self) -> str:
        """The line above the figure, as HTML."""
        return self._head.object

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._tokens = tokens
        for place, (band, line) in enumerate(self._glyphs):
            colour = tokens["contestants"][place_of(place)]
            band.fill_color, line.line_color = colour, colour

    def _add(self) -> None:
        place = len(self._sources)
        colour = self._tokens["contestants"][place_of(place)]
        source = ColumnDataSource({name: np.empty(0) for name in COLUMNS})
        band = VArea(x="x", y1="low", y2="high", fill_color=colour, fill_alpha=0.16)
        line = Line(x="x", y="value", line_color=colour, line_width=2.25, line_join="round")
        line.line_dash = DASHES[place_of(place)]
        renderers = self.figure.add_glyph(source, band), self.figure.add_glyph(source, line)
        self._sources.append(source)
        self._glyphs.append((band, line))
        self._renderers.append(renderers)
        self._hover.renderers = [line for _, line in self._renderers]

    def _place_axes(self, cells: Sequence[Cell], curves: Sequence[Curve], unit: str) -> None:
        end = max((cell.episodes or cell.steps for cell in cells), default=1)
        self.figure.x_range.update(start=0.0, end=float(end), reset_start=0.0, reset_end=float(end))
        self.figure.xaxis.axis_label = unit.title()
        bands = [edge for curve in curves for edge in (curve.low, curve.high)]
        low, high = range_of([curve.value for curve in curves], bands)
        self.figure.y_range.update(start=low, end=high, reset_start=low, reset_end=high)

    def _describe(self, cells: Sequence[Cell], curves: Sequence[Curve], kind: CurveKind, runs: int) -> None:
        ends = [last_value(curve) for curve in curves] or [None] * len(cells)
        entries = [
            Markup(fill('<span class="name">{}{}{}</span>', line_mark(place), cell.label, _number_at(end)))
            for place, (cell, end) in enumerate(zip(cells, ends, strict=True))
        ]
        note = ""
        if curves:
            note = what_is_drawn(curves[0], runs)
            note += self._what_is_cut([curve.value[np.isfinite(curve.value)] for curve in curves])
        self._head.object = heading(TITLES[kind], note, entries)

    def _what_is_cut(self, values: Sequence[np.ndarray]) -> str:
        """Return in words how far curves go below and above the axis."""
        shown, known = self.figure.y_range, np.concatenate(values)
        below = f"; below the axis, to {number(known.min())}" if len(known) and known.min() < shown.start else ""
        above = f"; above the axis, to {number(known.max())}" if len(known) and known.max() > shown.end else ""
        return below + above


def columns_of(curve: Curve) -> dict[str, np.ndarray]:
    """Return the points of a curve that have a value; a band without an end is not drawn."""
    known = np.isfinite(curve.value)
    low, high = (np.where(np.isfinite(edge), edge, curve.value)[known] for edge in (curve.low, curve.high))
    return {"x": curve.x[known], "value": curve.value[known], "low": low, "high": high}


def last_value(curve: Curve) -> float | None:
    """Return the last value of a curve that is known."""
    known = curve.value[np.isfinite(curve.value)]
    return float(known[-1]) if len(known) else None


def _number_at(end: float | None) -> str:
    return "" if end is None else f": {number(end)} at the end"
