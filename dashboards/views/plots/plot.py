"""A plot over episodes: a figure, and above it a heading whose legend names what is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import (
    BasicTicker,
    BoxZoomTool,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    NumeralTickFormatter,
    PanTool,
    Range1d,
    ResetTool,
    WheelZoomTool,
)
from bokeh.plotting import figure
from markupsafe import Markup

from dashboards.style.figures import clear_figure, place_toolbar, tip
from dashboards.style.formatting import number
from dashboards.style.markup import fill
from gridworld.drawing.plots import names_of_millions
from gridworld.drawing.ranges import Cut, in_sight, settle, settle_log

HEAD_CSS = """
:host { color: var(--mui-palette-text-secondary); font-size: 12px; line-height: 18px; container-type: inline-size; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; min-height: 18px; }
.head b { font-size: 13px; color: var(--mui-palette-text-primary); white-space: nowrap; }
.head span { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.head span { font-variant-numeric: tabular-nums; }
.head.two { min-height: 36px; align-content: flex-start; }
.head.two i { flex-basis: 100%; height: 0; }
@container (max-width: 470px) { .head.two { min-height: 54px; } }
"""
MOST_OUTSIDE = 60
TICKS = (5, 3)  # about as many as an axis has, from left to right and upwards
TRIANGLES = {
    "below": '<path d="M3 3H13L8 12Z" fill="$warning-main)"/>',
    "above": '<path d="M3 12H13L8 3Z" fill="$warning-main)"/>',
}


def mark(label: str, drawing: str) -> Markup:
    """Return a legend's entry: a drawing of 16 x 14 (SVG; `$name` is a colour of the theme's palette) and a label."""
    svg = '<svg width="16" height="14" viewBox="0 0 16 14" aria-hidden="true">{}</svg>'
    return Markup("<span>" + svg + "{}</span>").format(Markup(drawing.replace("$", "var(--mui-palette-")), label)


@dataclass
class Plot:
    """A figure with its heading, and what its vertical range must hold."""

    title: str
    figure: figure
    log: bool = False
    cut: Cut = ""
    shown: list[tuple[ColumnDataSource, str]] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    steady: list[tuple[ColumnDataSource, str]] = field(default_factory=list)  # whose newest value stays in sight
    outside: ColumnDataSource = field(init=False)
    heading: pn.pane.HTML = field(init=False)
    parts: list[Any] = field(init=False)  # what Panel lays out, from top to bottom

    def __post_init__(self) -> None:
        self.outside = ColumnDataSource({name: np.empty(0) for name in ("episode", "value", "edge")})
        self._heading: tuple[tuple[str, ...], str, bool] = ((), "", False)
        self.heading = pn.pane.HTML("", margin=0, sizing_mode="stretch_width", stylesheets=[HEAD_CSS])

    def describe(self, *legend: str, note: str = "", two_lines: bool = False) -> None:
        """Write the heading: the title with a note, and the legend."""
        self._heading = legend, note, two_lines
        values = self.outside.data["value"]
        if len(values):
            furthest = values.min() if self.cut == "below" else values.max()
            legend = (*legend, mark(f"outside, to {number(furthest)}", TRIANGLES[self.cut]))
        noted = Markup("<span>{}</span>").format(note) if note else ""
        parts = Markup("").join([noted, Markup("<i></i>") * two_lines, *legend])
        html = fill('<div class="head{}"><b>{}</b>{}</div>', " two" * two_lines, self.title, parts)
        if self.heading.object != html:
            self.heading.object = html

    def fit(self, start: float, end: float) -> None:
        """Let the vertical range hold all that is shown between two episodes."""
        _, values = self._seen(self.shown, start, end)
        if len(values) == 0:
            self._mark_outside(values, values, 0.0, 1.0)
            return
        newest = [source.data[column][-1:] for source, column in self.steady]
        levels = np.concatenate([np.array(self.levels), *newest])
        low, high = in_sight(values, levels[np.isfinite(levels)], self.cut)
        y = self.figure.y_range
        low, high = (settle_log if self.log else settle)((y.start, y.end), low, high)
        if (low, high) != (y.start, y.end):
            y.update(start=low, end=high)
            if self.log:
                self.figure.yaxis.ticker.ticks = decades(low, high)
        if self.cut:
            outliers = [column for column in self.shown if column not in self.steady]
            self._mark_outside(*self._seen(outliers, start, end), low, high)

    @staticmethod
    def _seen(columns: list[tuple[ColumnDataSource, str]], start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the episodes and values of columns between two episodes, float64 [N] each."""
        episodes, values = [np.empty(0)], [np.empty(0)]
        for source, column in columns:
            episode, value = source.data["episode"], source.data[column]
            kept = (episode >= start) & (episode <= end) & np.isfinite(value)
            episodes.append(episode[kept])
            values.append(value[kept])
        return np.concatenate(episodes), np.concatenate(values)

    def _mark_outside(self, episodes: np.ndarray, values: np.ndarray, low: float, high: float) -> None:
        """Put a triangle at the edge where values lie outside, the furthest of each episode, and count them above."""
        out = (values < low) | (values > high)
        order = np.argsort(np.abs(values[out]))[::-1]
        episode, first = np.unique(episodes[out][order], return_index=True)
        kept = slice(0, None, -(-len(episode) // MOST_OUTSIDE) or 1)
        edge = low + (high - low) * (0.03 if self.cut == "below" else 0.97)
        new = {"episode": episode[kept], "value": values[out][order][first][kept]}
        new["edge"] = np.full(len(new["episode"]), edge)
        if not all(np.array_equal(new[name], self.outside.data[name]) for name in new):
            self.outside.data = new
            legend, note, two_lines = self._heading
            self.describe(*legend, note=note, two_lines=two_lines)


def decades(low: float, high: float) -> list[float]:
    """Return the powers of ten to write beside a logarithmic axis: two to four of them."""
    first, last = round(np.log10(low)), round(np.log10(high))
    return [10.0**exponent for exponent in range(last, first - 1, -max(1, -(-(last - first) // 3)))]


def make_figure(episodes: Range1d, *, log: bool, bottom: bool, touch: bool) -> figure:
    """Return a figure over a range of episodes, with tools that move that range only, and nothing drawn in it."""
    pan, box = PanTool(dimensions="width"), BoxZoomTool(dimensions="width")
    wheel = WheelZoomTool(dimensions="width", modifiers="ctrl", description="Wheel zoom: hold Ctrl and turn the wheel")
    made = clear_figure(
        x_range=episodes,
        y_range=Range1d(0.1, 1.0) if log else Range1d(0.0, 1.0),
        y_axis_type="log" if log else "linear",
        tools=[box, pan, wheel, ResetTool(description="Show the whole run")],
        active_drag=None if touch else box,
        active_scroll=wheel,
        reset_policy="event_only",
        min_border_right=10,
        min_border_bottom=24 if bottom else 8,
    )
    place_toolbar(made, touch=touch)
    made.yaxis.ticker = FixedTicker(ticks=decades(0.1, 1.0)) if log else BasicTicker(desired_num_ticks=TICKS[1])
    if not log:
        made.yaxis.formatter = NumeralTickFormatter(format="0.[000]a")
    made.xaxis.ticker = BasicTicker(desired_num_ticks=TICKS[0], min_interval=1)
    made.xaxis.formatter = NumeralTickFormatter(format="0.[00]a")
    made.xaxis.visible, made.xgrid.visible = bottom, False
    return made


def name_millions(made: figure) -> None:
    """Write millions as everywhere else, 1.5M, at the ranges there are: the browser's own format has a small letter."""
    for axis, shown, most in zip((made.xaxis[0], made.yaxis[0]), (made.x_range, made.y_range), TICKS, strict=True):
        names = names_of_millions(shown.start, shown.end, most)
        if names != axis.major_label_overrides:
            axis.major_label_overrides = names


def add_hover(plot: Plot, renderer: Any, *numbers: tuple[str, str]) -> None:
    """Show the numbers of the episode under the pointer, wherever it is in the figure."""
    tooltip = tip(("Episode", "@episode{0,0}"), *numbers)
    plot.figure.add_tools(HoverTool(renderers=[renderer], mode="vline", tooltips=tooltip, visible=False))
