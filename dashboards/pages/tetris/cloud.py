"""The population of a search as a cloud of points: two weights of each candidate, and the mean player among them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import ColumnDataSource, Ellipse, Range1d, Scatter
from bokeh.plotting import figure

from dashboards.live.throttle import Throttle
from dashboards.live.view import Hideable
from dashboards.style.choice import choice
from dashboards.style.figures import clear_figure
from dashboards.style.widgets import FILL, html, row
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.tetris.game.features import DT_FEATURES
from gridworld.tetris.report import TetrisMetrics

PER_SECOND = 4
FIRST, NEAREST = 16.0, 1 / 16  # half the width of the first view, and of the nearest
SMALL = 1 / 8  # the part of the view that a cloud may shrink to before the view comes nearer
NOTE = (
    '<div class="hint">A point is a candidate of the present generation; the cross is their mean, which is the present '
    "player, and the ellipse one standard deviation. The cloud contracts as the search settles.</div>"
)


class CloudView(Hideable):
    """Draws two weights of every candidate; which two can be chosen."""

    def __init__(self, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._throttle = Throttle(1 / PER_SECOND, clock)
        self.across, self.up = (
            choice(label, small=True, options=[*DT_FEATURES], value=value, width=200, margin=0)
            for label, value in (("Across", DT_FEATURES[3]), ("Up", DT_FEATURES[4]))
        )
        for each in (self.across, self.up):
            each.param.watch(lambda event: self._draw(), "value")
        self.points = ColumnDataSource({"x": [], "y": []})
        self.middle = ColumnDataSource({"x": [], "y": [], "width": [], "height": []})
        self.figure = self._make_figure()
        head = row(self.across, self.up, html(NOTE, styles={"flex": "1"}), gap="8px", padding="10px 12px 0")
        self.panel = pn.Column(head, pn.pane.Bokeh(self.figure, **FILL), styles={"min-height": "0"}, **FILL)
        self.begin()
        self.retheme(tokens)

    def begin(self, problem: Any = None) -> None:
        """Show no candidates."""
        self._revision, self._metrics, self._half, self._centre = -1, None, FIRST, np.zeros(2)
        self._draw()

    def refresh(self, journal: Journal) -> None:
        """Show the newest candidates; while running, a few times a second."""
        frame = journal.frame
        if frame is None or not self.is_seen(journal) or journal.revision == self._revision:
            return
        if frame.scene is None or frame.scene.metrics is None:
            return
        if self._throttle.ready(at_once=frame.status is not Status.RUNNING):
            self._revision, self._metrics = journal.revision, frame.scene.metrics
            self._offer(frame.scene.metrics.features)
            self._draw()

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        axes = {"axis_line_color": "line", "major_tick_line_color": "line", "major_label_text_color": "muted"}
        for axis, grid in zip((self.figure.xaxis[0], self.figure.yaxis[0]), self.figure.grid, strict=True):
            axis.update(**{name: tokens[colour] for name, colour in axes.items()})
            grid.grid_line_color = tokens["line"]
        self._dots.update(fill_color=tokens["primary"], line_color=None)
        self._cross.line_color = self._spread.line_color = tokens["agent"]

    def _offer(self, features: tuple[str, ...]) -> None:
        """Let the weights of these features be chosen, where there are any."""
        for each, place in ((self.across, 3), (self.up, 4)):
            if features and list(features) != each.options:
                kept = each.value if each.value in features else features[min(place, len(features) - 1)]
                each.param.update(options=list(features), value=kept)

    def _draw(self) -> None:
        metrics: TetrisMetrics | None = self._metrics
        if metrics is None or not len(metrics.candidates):
            self.points.data = {"x": [], "y": []}
            self.middle.data = {"x": [], "y": [], "width": [], "height": []}
            return
        chosen = [metrics.features.index(each.value) for each in (self.across, self.up)]
        x, y = metrics.candidates[:, chosen].T.astype("f4")
        self.points.data = {"x": x, "y": y}
        (left, bottom), (width, height) = metrics.weights[chosen], 2 * metrics.deviation[chosen]
        self.middle.data = {"x": [left], "y": [bottom], "width": [width], "height": [height]}
        self._frame(metrics.weights[chosen], 3 * float(metrics.deviation[chosen].max()))

    def _frame(self, mean: np.ndarray, reach: float) -> None:
        """Keep the view still, so that the cloud is seen to contract, until it leaves the view or is small in it."""
        while self._half < reach:
            self._half *= 2
        while self._half > NEAREST and reach < SMALL * self._half:
            self._half /= 2
        if np.abs(mean - self._centre).max() + reach > self._half:
            self._centre = mean.copy()
        for axis, middle in zip((self.figure.x_range, self.figure.y_range), self._centre.tolist(), strict=True):
            axis.update(start=middle - self._half, end=middle + self._half)

    def _make_figure(self) -> figure:
        made = clear_figure(x_range=Range1d(-FIRST, FIRST), y_range=Range1d(-FIRST, FIRST), match_aspect=True)
        self._dots = Scatter(x="x", y="y", size=6, fill_alpha=0.55)
        self._spread = Ellipse(x="x", y="y", width="width", height="height", fill_color=None, line_width=2)
        self._cross = Scatter(x="x", y="y", size=13, marker="cross", line_width=2.5)
        made.add_glyph(self.points, self._dots)
        made.add_glyph(self.middle, self._spread)
        made.add_glyph(self.middle, self._cross)
        return made
