"""A study: a metric over one hyperparameter, with a line and a band for each contestant, or over two as a heat map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, FactorRange, Line, LinearColorMapper, Rect, Scatter, TapTool, Text, VArea
from bokeh.plotting import figure
from markupsafe import Markup

from dashboards.style.formatting import number
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL
from dashboards.views.comparison.figures import HEAD_CSS, heading, make_figure
from dashboards.views.comparison.marks import DASHES, line_mark, place_of
from dashboards.views.comparison.ranges import whole_range
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.statistics import Estimate

NOTHING = "Vary one or two hyperparameters in the form, under Study: their values go across, the metric up."
COLUMNS = ("x", "value", "low", "high", "cell")


@dataclass(frozen=True)
class StudyPoint:
    """A cell of a plan: whose it is, by its place, the values of what is varied, and the metric."""

    cell: Cell
    place: int
    values: tuple[float, ...]
    estimate: Estimate


@dataclass(frozen=True)
class Study:
    """The first metric of each cell of a plan, by the values of what is varied."""

    names: Sequence[str]  # of the hyperparameters that are varied
    contestants: Sequence[str]
    points: Sequence[StudyPoint]
    metric: str
    runs: int
    is_log: bool


def study_of(plan: Plan, result: Comparison | None) -> Study | None:
    """Return the study of a plan; None where it varies nothing, or more than two numbers, or has no runs yet."""
    spreads = {
        name: value
        for one in plan.contestants
        for name, value in one.hyperparameters.items()
        if isinstance(value, Mapping | list | tuple)
    }
    if result is None or not 1 <= len(spreads) <= 2:
        return None
    names, points = sorted(spreads), []
    labels = [one.label or one.agent for one in plan.contestants]
    for cell in plan.cells:
        values = tuple(float(cell.settings.hyperparameters.get(name, np.nan)) for name in names)
        place = next(place for place, label in enumerate(labels) if cell.label.startswith(f"{label}, "))
        points.append(StudyPoint(cell, place, values, result.estimate(cell.label)))
    first = spreads[names[0]]
    is_log = isinstance(first, Mapping) and first.get("scale") == "log"
    return Study(names, labels, points, plan.metrics[0], result.plan.runs, is_log)


class StudyView:
    """Draws a study; `on_point(study, point)` is called with the point that was clicked."""

    def __init__(
        self, tokens: dict[str, Any], on_point: Callable[[Study, StudyPoint], None], *, touch: bool = False
    ) -> None:
        self._tokens, self._on_point, self._touch = tokens, on_point, touch
        self._head = pn.pane.HTML("", margin=0, sizing_mode="stretch_width", stylesheets=[HEAD_CSS])
        self._hold = pn.Column(styles={"min-height": "0"}, **FILL)
        self.panel = pn.Column(self._head, self._hold, styles={"min-height": "0", "gap": "2px"}, **FILL)
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
        shape = tuple(study.names), tuple(study.contestants), study.is_log
        if shape != self._shape:
            self._shape = shape
            self._build(study)
        (self._draw_map if len(study.names) == 2 else self._draw_lines)(study)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._tokens, study, self._shape = tokens, self._study, None
        self.show(study)

    def _build(self, study: Study) -> None:
        """Make the figures for what is varied."""
        if len(study.names) == 2:
            self._maps = [HeatMap(study, place, self._tokens, self._click) for place in range(len(study.contestants))]
            self._hold.objects = [pn.Row(*(one.panel for one in self._maps), styles={"gap": "8px"}, **FILL)]
            return
        made = make_figure(touch=self._touch, x_axis_type="log" if study.is_log else "auto")
        made.xaxis.axis_label = study.names[0].replace("_", " ")
        self.figure, self._sources = made, []
        for place in range(len(study.contestants)):
            colour = self._tokens["contestants"][place_of(place)]
            source = ColumnDataSource({name: np.empty(0) for name in COLUMNS})
            made.add_glyph(source, VArea(x="x", y1="low", y2="high", fill_color=colour, fill_alpha=0.16))
            line = Line(x="x", y="value", line_color=colour, line_width=2.25)
            line.line_dash = DASHES[place_of(place)]
            made.add_glyph(source, line)
            dots = made.add_glyph(source, Scatter(x="x", y="value", size=9, fill_color=colour, line_color=colour))
            made.add_tools(*_taps(dots))
            source.selected.on_change("indices", lambda name, old, new, source=source: self._click(source, new))
            self._sources.append(source)
        self._hold.objects = [pn.pane.Bokeh(made, **FILL)]

    def _draw_lines(self, study: Study) -> None:
        lines, edges = [], []
        for place, source in enumerate(self._sources):
            own = sorted(
                ((point.values[0], number) for number, point in enumerate(study.points) if point.place == place)
            )
            found = [study.points[number].estimate for _, number in own]
            value = np.array([estimate.value for estimate in found])
            low, high = (_ends(found, end) for end in ("low", "high"))
            x, cell = (np.array(column, float) for column in zip(*own, strict=True))
            source.data = {"x": x, "value": value, "low": low, "high": high, "cell": cell}
            lines.append(value)
            edges += [low, high]
        bottom, top = whole_range([*lines, *edges])
        xs = np.concatenate([source.data["x"] for source in self._sources])
        first, last = float(xs.min()), float(xs.max())
        margin = (last / first) ** 0.03 if study.is_log and first > 0 else 0.03 * (last - first)
        ends = (first / margin, last * margin) if study.is_log else (first - margin, last + margin)
        self.figure.x_range.update(start=ends[0], end=ends[1], reset_start=ends[0], reset_end=ends[1])
        self.figure.y_range.update(start=bottom, end=top, reset_start=bottom, reset_end=top)
        entries = [_entry(study, place) for place in range(len(study.contestants))]
        self._head.object = heading(METRICS[study.metric].label, _note(study), entries)

    def _draw_map(self, study: Study) -> None:
        values = [point.estimate.value for point in study.points if np.isfinite(point.estimate.value)]
        low, high = whole_range([np.array(values)])
        better = METRICS[study.metric].higher_is_better
        for one in self._maps:
            one.draw(study, (low, high) if better else (high, low))
        self._head.object = heading(METRICS[study.metric].label, _note(study) + "; the bluer, the better", [])

    def _click(self, source: ColumnDataSource, indices: Sequence[int]) -> None:
        if self._study is not None and indices:
            self._on_point(self._study, self._study.points[int(source.data["cell"][indices[0]])])


class HeatMap:
    """One contestant's metric over two hyperparameters."""

    def __init__(self, study: Study, place: int, tokens: dict[str, Any], click: Callable[..., None]) -> None:
        self._place = place
        self._axes = [sorted({point.values[axis] for point in study.points}) for axis in range(2)]
        factors = [[f"{value:g}" for value in axis] for axis in self._axes]
        made: figure = make_figure(
            touch=True, x_range=FactorRange(*factors[0]), y_range=FactorRange(*factors[1])
        )  # fmt: skip
        made.xaxis.axis_label, made.yaxis.axis_label = (name.replace("_", " ") for name in study.names)
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
        made.add_tools(*_taps(rects))
        self._source.selected.on_change("indices", lambda name, old, new: click(self._source, new))
        self.figure = made
        title = pn.pane.HTML(
            fill('<div class="head">{}</div>', study.contestants[place]),
            margin=0,
            stylesheets=[HEAD_CSS.replace("36px", "18px")],
        )
        self.panel = pn.Column(title, pn.pane.Bokeh(made, **FILL), styles={"min-height": "0"}, **FILL)

    def draw(self, study: Study, ends: tuple[float, float]) -> None:
        """Colour the cells; `ends` are the worst and the best value."""
        worst, best = ends
        rows = [
            (*(f"{value:g}" for value in point.values), point.estimate.value, number(point.estimate.value), index,
             (point.estimate.value - worst) / (best - worst))
            for index, point in enumerate(study.points)
            if point.place == self._place
        ]  # fmt: skip
        columns = list(zip(*rows, strict=True)) or [()] * 6
        names = ("x", "y", "value", "text", "cell", "shade")
        self._source.data = {name: list(column) for name, column in zip(names, columns, strict=True)}


def _taps(renderer: Any) -> list[Any]:
    return [TapTool(renderers=[renderer], visible=False)]


def _ends(found: Sequence[Estimate], end: str) -> np.ndarray:
    """Return one end of each interval; the value itself where there is none yet."""
    ends = [getattr(estimate, end) for estimate in found]
    return np.array([edge if np.isfinite(edge) else one.value for edge, one in zip(ends, found, strict=True)])


def _entry(study: Study, place: int) -> Markup:
    """Return the legend of a contestant: its best value."""
    own = [(point.values[0], point.estimate.value) for point in study.points if point.place == place]
    own = [point for point in own if np.isfinite(point[1])]
    text = ""
    if own:
        better = METRICS[study.metric].higher_is_better
        x, value = (max if better else min)(own, key=lambda point: point[1])
        text = f" best {number(value)} at {x:g}"
    return Markup(fill('<span class="name">{}{}{}</span>', line_mark(place), study.contestants[place], text))


def _note(study: Study) -> str:
    return f"mean of {study.runs:,} runs at each point, with its interval; click a point to see its curve"
