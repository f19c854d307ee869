"""How far learning has come: errors, and how much the policy still changes."""

from __future__ import annotations

import numpy as np
import panel as pn
from bokeh.models import Line, Scatter

from dashboards.style.formatting import number
from dashboards.views.plots.episode_plots import EpisodePlots
from dashboards.views.plots.plot import Plot, add_hover
from dashboards.views.plots.stream_source import Tail
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.journal import Journal

GRID_CSS = """
:host { display: grid !important; gap: 4px 12px; padding: 8px 12px 0; box-sizing: border-box; overflow: hidden auto; }
:host { grid-template-columns: minmax(0, 1fr); grid-auto-rows: minmax(110px, 1fr); }
@media (min-width: 700px) { :host { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
"""


def positive(values: np.ndarray) -> np.ndarray:
    """Return the values that a logarithmic axis can show; NaN, which is a gap, for the others."""
    return np.where(values > 0, values, np.nan)


class ConvergenceView(EpisodePlots):
    """Mean |TD error|, the share of states whose greedy action changed, and the largest |Q - q*|.

    Parameters
    ----------
    problem, tokens
        What is learned, and the colours of a theme.
    touch
        On a touch screen no drag tool is switched on at first, so that a finger scrolls the page.
    """

    def build(self) -> None:
        self.episodes = Tail(
            EPISODES.name,
            {
                "episode": lambda rows: rows["episode"],
                "td_error": lambda rows: positive(rows["td_error"] / rows["episodes"]),
            },
        )
        self.evaluations = Tail(
            EVALUATIONS.name,
            {
                "episode": lambda rows: rows["episode"],
                "policy_change": lambda rows: rows["policy_change"],
                "value_error": lambda rows: positive(rows["value_error"]),
            },
        )
        self.tails = [self.episodes, self.evaluations]
        self.td_error = self.add_plot("Mean |TD error|", log=True, bottom=True)
        self._add_line(self.td_error, self.episodes, "td_error", "Mean |TD error|")
        self.policy_change = self.add_plot("Changed greedy actions", bottom=True)
        self.policy_change.levels.append(0.0)
        self._add_line(self.policy_change, self.evaluations, "policy_change", "Share changed")
        self.value_error = self.add_plot("Largest |Q − q*|", log=True, bottom=True)
        self._add_line(self.value_error, self.evaluations, "value_error", "Largest |Q − q*|")

    def lay_out(self) -> pn.Column:
        """Return the plots side by side where there is room."""
        cells = [pn.Column(*plot.parts, sizing_mode="stretch_both", margin=0, min_height=100) for plot in self.plots]
        return pn.Column(*cells, sizing_mode="stretch_both", margin=0, stylesheets=[GRID_CSS])

    def _add_line(self, plot: Plot, tail: Tail, column: str, name: str) -> None:
        line = Line(x="episode", y=column, line_width=1.5, line_join="round")
        renderer = plot.figure.add_glyph(tail.source, line)
        self.painted.append((line, "line_color", "primary"))
        plot.shown.append((tail.source, column))
        add_hover(plot, renderer, (name, f"@{column}{{0.[0000]}}"))
        if tail is self.evaluations:
            dot = Scatter(x="episode", y=column, size=4, line_color=None)
            plot.figure.add_glyph(tail.source, dot)
            self.painted.append((dot, "fill_color", "primary"))

    def reset(self) -> None:
        """Write the headings without numbers."""
        self._write()

    def take(self, journal: Journal) -> bool:
        """Write the headings."""
        self._write()
        return False

    def _write(self) -> None:
        error, change = self.evaluations.newest("value_error"), self.evaluations.newest("policy_change")
        known = "" if error is None else "q* is not known" if np.isnan(error) else f"now {number(error)}"
        self.td_error.describe(note="logarithmic")
        self.policy_change.describe(note="" if change is None or np.isnan(change) else f"now {change:.0%} of states")
        self.value_error.describe(note=", ".join(filter(None, ["logarithmic", known])))
