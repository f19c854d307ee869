"""Which actions were taken, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import BasicTicker, ColumnDataSource, FixedTicker, HoverTool, NumeralTickFormatter, Range1d, VBar
from bokeh.plotting import figure

from dashboards.live.throttle import Throttle
from dashboards.live.view import Hideable
from dashboards.style.figures import clear_figure, tip
from dashboards.style.markup import fill
from dashboards.views.plots.plot import HEAD_CSS, mark
from gridworld.drawing.ranges import settle
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.worlds.problem import Problem

HALF_GAP = 0.2
WHOLE = '<path d="M1 1H15V13H1Z" fill="$primary-main)"/>'
RECENT = (
    '<path d="M1.5 1.5H14.5V12.5H1.5Z" fill="none" stroke="$board-agent)"/>'
    '<path d="M2 8L8 2M4 12L14 2M10 12L14 8" stroke="$board-agent)" stroke-width="1.5"/>'
)


class HistogramView(Hideable):
    """The share of each action, in the whole run and in the last 50 episodes, side by side."""

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.source = ColumnDataSource(
            {"left": np.empty(0), "right": np.empty(0), "action": [], "whole": np.empty(0), "recent": np.empty(0)}
        )
        self._throttle = Throttle(0.2, clock)
        self.figure = self._make_figure()
        legend = mark("whole run", WHOLE) + mark("last 50 episodes", RECENT)
        heading = pn.pane.HTML(
            fill('<div class="head"><b>Share of the actions taken</b>{}</div>', legend),
            margin=0,
            sizing_mode="stretch_width",
            stylesheets=[HEAD_CSS],
        )
        plot = pn.pane.Bokeh(self.figure, sizing_mode="stretch_both", margin=0, styles={"min-height": "60px"})
        room = {"padding": "8px 12px 0", "box-sizing": "border-box", "min-height": "0"}
        self.panel = pn.Column(heading, plot, sizing_mode="stretch_both", margin=0, styles=room)
        self.begin(problem)
        self.retheme(tokens)

    def _make_figure(self) -> figure:
        made = clear_figure(x_range=Range1d(-0.5, 0.5), y_range=Range1d(0.0, 0.5), min_border_bottom=24)
        whole = VBar(x="left", top="whole", width=0.36, line_width=1.25)
        recent = VBar(x="right", top="recent", width=0.36, line_width=1.25, fill_alpha=0.0, hatch_pattern="/")
        recent.update(hatch_scale=9, hatch_weight=1.5)
        drawn = [made.add_glyph(self.source, glyph) for glyph in (whole, recent)]
        tips = tip(("Action", "@action"), ("Whole run", "@whole{0.0%}"), ("Last 50 episodes", "@recent{0.0%}"))
        made.add_tools(HoverTool(renderers=drawn, tooltips=tips))
        made.xgrid.visible = False
        made.yaxis.ticker, made.yaxis.formatter = BasicTicker(desired_num_ticks=4), NumeralTickFormatter(format="0%")
        self._painted = [
            (whole, "fill_color", "primary"),
            (whole, "line_color", "primary"),
            (recent, "hatch_color", "agent"),
            (recent, "line_color", "agent"),
        ]
        return made

    def begin(self, problem: Problem) -> None:
        """Name the actions, none of them taken."""
        x = np.arange(problem.n_actions, dtype=np.float64)
        none = np.zeros(problem.n_actions)
        self._revision = -1
        self.forget_waiting()
        self.source.data = {
            "left": x - HALF_GAP,
            "right": x + HALF_GAP,
            "action": list(problem.actions),
            "whole": none,
            "recent": none.copy(),
        }
        self.figure.x_range.update(start=-0.5, end=problem.n_actions - 0.5)
        self.figure.y_range.update(start=0.0, end=0.5)
        self.figure.xaxis.ticker = FixedTicker(ticks=x.tolist())
        self.figure.xaxis.major_label_overrides = dict(enumerate(problem.actions))

    def refresh(self, journal: Journal) -> None:
        """Patch the bars; while running, at most five times a second."""
        frame = journal.frame
        if not self.is_seen(journal) or frame is None or frame.scene is None or journal.revision == self._revision:
            return
        if not self._throttle.ready(at_once=frame.status is not Status.RUNNING):
            return
        self._revision = journal.revision
        shares = {"whole": _shares(frame.scene.visits.sum(0)), "recent": _shares(frame.scene.recent_actions)}
        changed = {name: new for name, new in shares.items() if not np.array_equal(new, self.source.data[name])}
        if not changed:
            return
        self.source.patch({name: [(slice(0, len(new)), new)] for name, new in changed.items()})
        y = self.figure.y_range
        _, high = settle((y.start, y.end), 0.0, max(float(new.max()) for new in shares.values()))
        if high != y.end:
            y.end = high

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        for glyph, attribute, colour in self._painted:
            setattr(glyph, attribute, tokens[colour])


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / max(counts.sum(), 1)
