"""A heat map: one contestant's metric over two hyperparameters, each cell with its number."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

import panel as pn
from bokeh.models import ColumnDataSource, FactorRange, LinearColorMapper, Rect, Text
from bokeh.plotting import figure

from dashboards.style.formatting import number, plain_number
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL
from dashboards.views.comparison.figures import HEAD_CSS, make_figure, taps
from gridworld.drawing.colour_scale import short
from gridworld.experiments.study import Study

WIDTH, BESIDE = 260, 82  # pixels that a map is wide at least, and of that what is beside its cells
ROW, ABOVE_AND_BELOW = 26, 90  # pixels that a cell is high at least, and what is above and below them
ROOMY, TIGHT = 52, 32  # pixels of a cell from which on a number has room, and a number of five characters
DIGIT = 7  # pixels


class HeatMap:
    """One contestant's metric over two hyperparameters, drawn about `width` pixels wide."""

    def __init__(
        self, study: Study, place: int, tokens: dict[str, Any], click: Callable[..., None], width: int
    ) -> None:
        self.place = place
        own = [point.values for point in study.points if point.place == place]
        factors = [[plain_number(value) for value in sorted(set(axis))] for axis in zip(*own, strict=True)]
        room = (width - BESIDE) / len(factors[0])
        self._write = number if room >= ROOMY else short if room >= TIGHT else lambda value: ""
        made: figure = make_figure(
            touch=True, x_range=FactorRange(*factors[0]), y_range=FactorRange(*factors[1])
        )  # fmt: skip
        made.xaxis.axis_label, made.yaxis.axis_label = (name.replace("_", " ") for name in study.names)
        if max(map(len, factors[0])) * DIGIT > room:
            made.xaxis.major_label_orientation = "vertical"
        made.grid.visible, made.toolbar_location = False, None
        self._source = ColumnDataSource({"x": [], "y": [], "value": [], "text": [], "cell": [], "shade": []})
        self._colours = LinearColorMapper(palette=tokens["ramp"], low=0.0, high=1.0)
        rects = made.add_glyph(
            self._source,
            Rect(x="x", y="y", width=0.96, height=0.96, line_color=None,
                 fill_color={"field": "shade", "transform": self._colours}),
        )  # fmt: skip
        made.add_glyph(
            self._source,
            Text(x="x", y="y", text="text", text_align="center", text_baseline="middle", text_font_size="11px",
                 text_color=tokens["ink"]),
        )  # fmt: skip
        made.add_tools(taps(rects))
        self._source.selected.on_change("indices", lambda name, old, new: click(self._source, new))
        self.figure = made
        title = pn.pane.HTML(
            fill('<div class="head">{}</div>', study.contestants[place]),
            margin=0,
            stylesheets=[HEAD_CSS.replace("36px", "18px")],
        )
        least = ROW * len(factors[1]) + ABOVE_AND_BELOW
        self.panel = pn.Column(
            title, pn.pane.Bokeh(made, **FILL), styles={"min-height": f"{least}px", "min-width": "0"}, **FILL
        )

    def draw(self, study: Study, ends: tuple[float, float]) -> None:
        """Colour the cells; `ends` are the worst and the best value."""
        worst, best = ends
        rows = [
            (*map(plain_number, point.values), point.estimate.value, self._text(point.estimate.value), index,
             (point.estimate.value - worst) / (best - worst))
            for index, point in enumerate(study.points)
            if point.place == self.place
        ]  # fmt: skip
        columns = list(zip(*rows, strict=True)) or [()] * 6
        names = ("x", "y", "value", "text", "cell", "shade")
        self._source.data = {name: list(column) for name, column in zip(names, columns, strict=True)}

    def _text(self, value: float) -> str:
        return self._write(value) if isfinite(value) else "–"
