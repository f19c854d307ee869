"""Plots over episodes: figures that share one axis, follow a run as it grows, and stay where a user zoomed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, HoverTool, LinearScale, Range1d, Scatter, Text, VSpan
from bokeh.plotting import figure

from dashboards.live.view import Hideable
from dashboards.style.buttons import on_press
from dashboards.style.figures import tip
from dashboards.style.formatting import changes_text
from dashboards.style.theme import FONT
from dashboards.views.plots.episode_axis import EpisodeAxis
from dashboards.views.plots.plot import Plot, make_figure, name_millions
from dashboards.views.plots.stream_source import Rows
from gridworld.drawing.ranges import Cut
from gridworld.runs.journal import Journal
from gridworld.worlds.problem import Problem

OVER = {"position": "absolute", "top": "0", "right": "0"}  # over the heading, which so keeps its width and its lines
LABEL_ROWS = 3
LABEL_HEIGHT = 16

BUTTON_CSS = """
:host .bk-btn, :host .bk-btn:hover {
  font-size: 12px; line-height: 16px; padding: 0 8px; height: 20px; border-radius: 10px; box-shadow: none;
  background: var(--mui-palette-background-paper) !important; color: var(--mui-palette-primary-main) !important;
  border: 1px solid var(--mui-palette-primary-main); }
"""


class EpisodePlots(Hideable):
    """Plots one above the other over the same episodes; the base of the views that draw such.

    A subclass adds its plots in `build`, takes in what is new in `take`, and lists `painted` glyphs, each with the
    property and the name of the colour that it takes from a theme.
    """

    def __init__(self, problem: Problem, tokens: dict[str, Any], *, touch: bool = False) -> None:
        self.touch = touch
        self.axis = EpisodeAxis(self._user_moved)
        self.plots: list[Plot] = []
        self.painted: list[tuple[Any, str, str]] = []
        self.tails: Sequence[Rows] = ()
        self._revision = -1
        self._interventions: Sequence[Any] = ()
        self._changes: list[tuple[int, str]] = []
        self.changes = ColumnDataSource({name: [] for name in ("episode", "text", "align", "x_offset", "y_offset")})
        self.markers = ColumnDataSource({"episode": np.empty(0)})
        self._unit = Range1d(0, 1)
        self.whole_run = pn.widgets.Button(
            label="Show whole run", visible=False, width=112, height=20, margin=0, stylesheets=[BUTTON_CSS], styles=OVER
        )
        on_press(self.whole_run, self.follow)
        self.build()
        self.panel = self.lay_out()
        self.begin(problem)
        self.retheme(tokens)

    @abstractmethod
    def build(self) -> None:
        """Add the plots."""

    def lay_out(self) -> pn.Column:
        """Return the plots one above the other."""
        parts = [part for plot in self.plots for part in plot.parts]
        return pn.Column(*parts, sizing_mode="stretch_both", margin=0, styles={"min-height": "0"})

    @abstractmethod
    def take(self, journal: Journal) -> bool:
        """Take in what is new beyond the tails; return whether there was anything to show."""

    def reset(self) -> None:
        """Forget what was taken in beyond the tails."""

    def follow(self) -> None:
        """Show the whole run again, and go on following it."""
        self.axis.following = True
        self.whole_run.visible = False
        self._arrange()

    def mark_episode(self, episode: int | None) -> None:
        """Draw a line at an episode, or none."""
        new = np.array([] if episode is None else [float(episode)])
        if not np.array_equal(new, self.markers.data["episode"]):
            self.markers.data = {"episode": new}

    def begin(self, problem: Problem) -> None:
        """Start with empty plots."""
        for tail in self.tails:
            tail.clear()
        self._revision, self._interventions, self._changes = -1, (), []
        self.forget_waiting()
        self.mark_episode(None)
        self.reset()
        self.follow()

    def refresh(self, journal: Journal) -> None:
        """Append what is new to the sources, and let the ranges hold it."""
        if not self.is_seen(journal) or journal.revision == self._revision:
            return
        self._revision = journal.revision
        news = [tail.follow(journal) for tail in self.tails]
        news += [self.take(journal), self._take_changes(journal)]
        if any(news):
            self._arrange()

    def _take_changes(self, journal: Journal) -> bool:
        """Take in what was changed during the run; return whether anything was."""
        made = getattr(journal.frame and journal.frame.scene, "interventions", ())
        if made == self._interventions:
            return False
        self._interventions = made
        self._changes = list(dict.fromkeys((change.episode, changes_text(change.changes)) for change in made))
        return True

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        for glyph, attribute, colour in self.painted:
            setattr(glyph, attribute, tokens[colour])

    def _user_moved(self) -> None:
        self.whole_run.visible = True
        self._fit()

    def _arrange(self) -> None:
        """Move the ranges to the data, and the labels of the changes to where there is room."""
        last = max((tail.newest("episode") or 0.0 for tail in self.tails), default=0.0)
        self.axis.show(last)
        self._fit()

    def _fit(self) -> None:
        for plot in self.plots:
            plot.fit(self.axis.range.start, self.axis.range.end)
            name_millions(plot.figure)
        self._label_changes()

    def _label_changes(self) -> None:
        """Draw a line for each change with its text on the roomier side; of many, only the newest have a text."""
        middle = (self.axis.range.start + self.axis.range.end) / 2
        silent = len(self._changes) - LABEL_ROWS
        to_left = [episode > middle for episode, _ in self._changes]
        data = {
            "episode": [float(episode) for episode, _ in self._changes],
            "text": [text if i >= silent else "" for i, (_, text) in enumerate(self._changes)],
            "align": ["right" if left else "left" for left in to_left],
            "x_offset": [-4.0 if left else 4.0 for left in to_left],
            "y_offset": [-1.0 - LABEL_HEIGHT * (i % LABEL_ROWS) for i in range(len(to_left))],
        }
        if data != self.changes.data:
            self.changes.data = data

    def add_plot(
        self,
        title: str,
        *,
        log: bool = False,
        bottom: bool = False,
        labels: bool = False,
        cut: Cut = "",
    ) -> Plot:
        """Put a plot below the others; the bottom one shows the episodes, one with labels shows what was changed.

        On the side that `cut` names, values far from the others may lie outside; triangles at that edge mark them.
        """
        made = make_figure(self.axis.range, log=log, bottom=bottom, touch=self.touch)
        made.on_event("reset", lambda event: self.follow())
        plot = Plot(title, made, log, cut)
        self._draw_lines(made, labels)
        if cut:
            self._draw_outside(plot)
        pane = pn.pane.Bokeh(made, sizing_mode="stretch_both", margin=0, styles={"flex": "1 1 0", "min-height": "60px"})
        heading = plot.heading
        if not self.plots:
            heading = pn.Row(
                heading, self.whole_run, margin=0, sizing_mode="stretch_width", styles={"position": "relative"}
            )
        plot.parts = [heading, pane]
        self.plots.append(plot)
        return plot

    def _draw_outside(self, plot: Plot) -> None:
        """Draw a triangle at the edge for each episode that lies outside; pointing at it shows the number."""
        marker = "inverted_triangle" if plot.cut == "below" else "triangle"
        shape = Scatter(x="episode", y="edge", size=9, line_color=None, marker=marker)
        drawn = plot.figure.add_glyph(plot.outside, shape, level="overlay")
        tooltip = tip(("Episode", "@episode{0,0}"), ("outside the plot:", "@value{0,0.[00]}"))
        plot.figure.add_tools(HoverTool(renderers=[drawn], tooltips=tooltip, visible=False))
        self.painted.append((shape, "fill_color", "warning"))

    def _draw_lines(self, onto: figure, labels: bool) -> None:
        change = VSpan(x="episode", line_dash=[4, 4], line_width=1.25)
        marker = VSpan(x="episode", line_width=2)
        onto.add_glyph(self.changes, change)
        onto.add_glyph(self.markers, marker)
        self.painted += [(change, "line_color", "warning"), (marker, "line_color", "ink")]
        if labels:
            text = Text(
                x="episode", y=0, text="text", text_align="align", x_offset="x_offset", y_offset="y_offset",
                text_baseline="bottom", text_font={"value": FONT}, text_font_size="11px", padding=1,
                background_fill_alpha=0.85,
            )  # fmt: skip
            onto.extra_y_ranges, onto.extra_y_scales = {"unit": self._unit}, {"unit": LinearScale()}
            onto.add_glyph(self.changes, text, y_range_name="unit", level="overlay")
            self.painted += [(text, "text_color", "ink"), (text, "background_fill_color", "paper")]
