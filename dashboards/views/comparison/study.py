"""A study: a metric over one hyperparameter, with a line and a band for each contestant, or over two as a heat map."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, FixedTicker, Line, NumeralTickFormatter, Scatter, VArea
from markupsafe import Markup

from dashboards.style.formatting import number, plain_number
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WHOLE, tiles_css
from dashboards.views.comparison.figures import HEAD_CSS, heading, make_figure, taps
from dashboards.views.comparison.heat_map import WIDTH, HeatMap
from dashboards.views.comparison.marks import line_mark
from gridworld.drawing.dashes import DASHES, place_of
from gridworld.drawing.shared_range import whole_range
from gridworld.experiments.curves import counted
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.study import Study, StudyPoint

NOTHING = "Vary one or two hyperparameters in the form, under Study: their values go across, the metric up."
NO_MAP = "A map needs a contestant that has both hyperparameters; here none has. Vary one of them for a line."
DESKTOP, PHONE = 800, 340  # pixels that maps may take side by side
COLUMNS = ("x", "value", "low", "high", "cell")


class StudyView:
    """Draws a study; `on_point(study, point)` is called with the point that was clicked, where that does something."""

    def __init__(
        self,
        tokens: dict[str, Any],
        on_point: Callable[[Study, StudyPoint], None] | None = None,
        *,
        touch: bool = False,
    ) -> None:
        self._tokens, self._on_point, self._touch = tokens, on_point, touch
        self._head = pn.pane.HTML("", margin=0, sizing_mode="stretch_width", stylesheets=[HEAD_CSS])
        self._hold = pn.Column(styles=WHOLE, **FILL)
        self.panel = pn.Column(self._head, self._hold, styles={**WHOLE, "gap": "2px"}, **FILL)
        self._shape: Any = None
        self._study: Study | None = None
        self.show(None)

    def show(self, study: Study | None) -> None:
        """Draw a study; None: there is none."""
        self._study = study
        if study is None:
            self._shape = None
            self._hold.objects = []
            self._head.object = fill('<div class="head"><span>{}</span></div>', NOTHING)
            return
        values = [point.values for point in study.points if len(study.names) == 2]
        shape = study.names, study.contestants, study.is_log, values
        if shape != self._shape:
            self._shape = shape
            self._build(study)
        (self._draw_map if len(study.names) == 2 else self._draw_lines)(study)

    @property
    def figures(self) -> list[tuple[str, Any]]:
        """What is drawn: a title and its figure; of two hyperparameters a map for each contestant."""
        if self._study is None:
            return []
        if len(self._study.names) == 2:
            return [(self._study.contestants[one.place], one.figure) for one in self._maps]
        return [("Study", self.figure)]

    @property
    def heading(self) -> str:
        """What stands above the figure or the maps, as HTML."""
        return self._head.object

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._tokens, study, self._shape = tokens, self._study, None
        self.show(study)

    def _build(self, study: Study) -> None:
        """Make the figures for what is varied."""
        if len(study.names) == 2:
            side_by_side = 1 if self._touch else min(max(1, len(study.mapped)), DESKTOP // WIDTH)
            width = (PHONE if self._touch else DESKTOP) // side_by_side
            self._maps = [HeatMap(study, place, self._tokens, self._click, width) for place in study.mapped]
            look: dict[str, Any] = {"styles": {**WHOLE, "gap": "8px"}, "stylesheets": [tiles_css(WIDTH)], **FILL}
            self._hold.objects = [pn.Row(*(one.panel for one in self._maps), **look)]
            return
        made = make_figure(touch=self._touch, x_axis_type="log" if study.is_log else "auto")
        made.xaxis.axis_label = study.names[0].replace("_", " ")
        if study.is_log:
            made.xaxis.ticker = FixedTicker(ticks=log_ticks(*study.ends))
            made.xaxis.formatter = NumeralTickFormatter(format="0,0.[000000]")
        self.figure, self._sources = made, []
        for place in range(len(study.contestants)):
            colour = self._tokens["contestants"][place_of(place)]
            source = ColumnDataSource({name: np.empty(0) for name in COLUMNS})
            made.add_glyph(source, VArea(x="x", y1="low", y2="high", fill_color=colour, fill_alpha=0.16))
            line = Line(x="x", y="value", line_color=colour, line_width=2.25)
            line.line_dash = DASHES[place_of(place)]
            made.add_glyph(source, line)
            dots = made.add_glyph(source, Scatter(x="x", y="value", size=9, fill_color=colour, line_color=colour))
            made.add_tools(taps(dots))
            source.selected.on_change("indices", lambda name, old, new, source=source: self._click(source, new))
            self._sources.append(source)
        self._hold.objects = [pn.pane.Bokeh(made, **FILL)]

    def _draw_lines(self, study: Study) -> None:
        first, last = study.ends
        lines, edges = [], []
        for place, source in enumerate(self._sources):
            columns = study.line(place)
            source.data = columns
            lines.append(columns["value"])
            edges += [columns["low"], columns["high"]]
        bottom, top = whole_range([*lines, *edges])
        span = last / first if study.is_log else last - first
        margin = max(span**0.03, 1.1) if study.is_log else 0.03 * span or 0.5
        start, end = (first / margin, last * margin) if study.is_log else (first - margin, last + margin)
        self.figure.x_range.update(start=start, end=end, reset_start=start, reset_end=end)
        self.figure.y_range.update(start=bottom, end=top, reset_start=bottom, reset_end=top)
        entries = [_entry(study, place) for place in range(len(study.contestants))]
        self._head.object = heading(METRICS[study.metric].label, self._note(study, "with its interval"), entries)

    def _draw_map(self, study: Study) -> None:
        for one in self._maps:
            one.draw(study, study.worst_and_best)
        note = self._note(study, "the bluer, the better") if self._maps else NO_MAP
        self._head.object = heading(METRICS[study.metric].label, note, [])

    def _note(self, study: Study, more: str) -> str:
        click = "; click a point to see its curve" if self._on_point is not None else ""
        return f"mean of {counted(study.runs)} at each point, {more}{click}"

    def _click(self, source: ColumnDataSource, indices: Sequence[int]) -> None:
        if self._study is not None and self._on_point is not None and indices:
            source.selected.indices = []  # so that the same point can be clicked again
            self._on_point(self._study, self._study.points[int(source.data["cell"][indices[0]])])


def _entry(study: Study, place: int) -> Markup:
    """Return the legend of a contestant: its best value."""
    own = [(point.values[0], point.estimate.value) for point in study.points if point.place == place]
    own = [point for point in own if np.isfinite(point[1])]
    text = ""
    if own:
        better = METRICS[study.metric].higher_is_better
        x, value = (max if better else min)(own, key=lambda point: point[1])
        text = f": best {number(value)} at {plain_number(x)}" if np.isfinite(x) else f": {number(value)}"
    return Markup(fill('<span class="name">{}{}{}</span>', line_mark(place), study.contestants[place], text))


def log_ticks(start: float, end: float) -> list[float]:
    """Return 1, 2 and 5 times the powers of ten between two positive numbers, of many powers only the powers.

    Where there are fewer than two they are the numbers themselves.
    """
    first, last = math.floor(math.log10(start)), math.ceil(math.log10(end))
    parts = (1, 2, 5) if last - first <= 3 else (1,)
    ticks = [float(f"{part}e{power}") for power in range(first, last + 1) for part in parts]
    within = [tick for tick in ticks if start * (1 - 1e-9) <= tick <= end * (1 + 1e-9)]
    return within if len(within) > 1 else [start, end]
