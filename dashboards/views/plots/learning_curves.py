"""The learning curves: return, steps and exploration of each episode."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Line, Scatter, Span, VArea

from dashboards.style.formatting import number
from dashboards.views.plots.episode_plots import EpisodePlots
from dashboards.views.plots.plot import Plot, add_hover, mark
from dashboards.views.plots.stream_source import Tail
from gridworld.planning.optimum import Optimum
from gridworld.runs.frame import Columns
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.journal import Journal

MAX_GREEDY_MARKS = 40
EXPLORATIONS = {
    "epsilon-greedy": ("Exploration rate ε", "ε"),
    "softmax": ("Temperature τ", "τ"),
    "UCB": ("Confidence c", "c"),
}
"""The number that says how much an agent explores, by the kind of its exploration: its name and its letter."""
HEAD = ("episode", "mean_return", "mean_length", "exploration")

RAW = '<path d="M0 7H16" stroke="$primary-main)" opacity=".6"/>'
MEAN = '<path d="M0 7H16" stroke="$primary-main)" stroke-width="2.5"/>'
BAND = '<path d="M0 2H16V12H0Z" fill="$primary-main)" opacity=".2"/>'
GREEDY = (
    '<path d="M0 7H16" stroke="$board-agent)" stroke-width="1.5"/>'
    '<path d="M8 2.5L12 7L8 11.5L4 7Z" fill="$board-agent)"/>'
)
OPTIMUM = '<path d="M0 7H16" stroke="$text-secondary)" stroke-width="1.5" stroke-dasharray="4,3"/>'
OPTIMUM_FOR_DISCOUNT = '<path d="M0 7H16" stroke="$text-secondary)" stroke-width="1.5" stroke-dasharray="1.5,3"/>'
MEAN_OF_50 = mark("mean of last 50", MEAN)


def thinned(count: int, most: int = MAX_GREEDY_MARKS) -> slice:
    """Return every second, fourth, eighth ... of so many, at most `most` of them; those kept stay while more come."""
    step = 1
    while -(-count // step) > most:
        step *= 2
    return slice(0, count, step)


class CurvesView(EpisodePlots):
    """Return, steps and exploration per episode, streamed.

    Parameters
    ----------
    problem, tokens
        What is learned, and the colours of a theme.
    touch
        On a touch screen no drag tool is switched on at first, so that a finger scrolls the page.
    """

    def build(self) -> None:
        self.best: dict[str, float] = {}
        self.best_lines: list[Span] = []
        self._covered = 1
        self._greedy: float | None = None
        self._margin: float | None = None
        self._episodes = Tail(
            EPISODES.name,
            {
                "episode": lambda rows: rows["episode"],
                "episodes": lambda rows: rows["episodes"],
                "return": lambda rows: rows["return"] / rows["episodes"],
                "return_min": lambda rows: rows["return_min"],
                "return_max": lambda rows: rows["return_max"],
                "mean_return": lambda rows: rows["mean_return"],
                "length": lambda rows: rows["length"] / rows["episodes"],
                "mean_length": lambda rows: rows["mean_length"],
                "exploration": lambda rows: rows["epsilon"],
            },
        )
        self._evaluations = Tail(EVALUATIONS.name, {name: _column(name) for name in ("episode", "greedy_return")})
        self._greedy_marks = ColumnDataSource({"episode": np.empty(0), "greedy_return": np.empty(0)})
        self._head = ColumnDataSource({name: np.full(1, np.nan) for name in HEAD})
        self.tails = [self._episodes, self._evaluations]
        self._build_returns()
        self._build_steps()
        self._build_exploration()

    def _build_returns(self) -> None:
        self.returns = self.add_plot("Return per episode", grow=1.5, labels=True, cut="below")
        band = VArea(x="episode", y1="return_min", y2="return_max", fill_alpha=0.14)
        self.returns.figure.add_glyph(self._episodes.source, band)
        self.painted.append((band, "fill_color", "primary"))
        for dashes in ([6, 4], [2, 4]):
            line = Span(dimension="width", location=0.0, line_dash=dashes, line_width=1.5, visible=False)
            self.returns.figure.add_layout(line)
            self.best_lines.append(line)
            self.painted.append((line, "line_color", "muted"))
        self._add_lines(self.returns, "return", "mean_return", "Return")
        greedy = Line(x="episode", y="greedy_return", line_width=1.5, line_join="round")
        marks = Scatter(x="episode", y="greedy_return", marker="diamond", size=9, line_color=None)
        self.returns.figure.add_glyph(self._evaluations.source, greedy)
        self.returns.figure.add_glyph(self._greedy_marks, marks)
        self.returns.shown.append((self._evaluations.source, "greedy_return"))
        self.painted += [(greedy, "line_color", "agent"), (marks, "fill_color", "agent")]

    def _build_steps(self) -> None:
        self.steps = self.add_plot("Steps per episode", cut="above")
        self._add_lines(self.steps, "length", "mean_length", "Steps")
        self.steps.levels.append(0.0)

    def _build_exploration(self) -> None:
        self.exploration = self.add_plot("Exploration rate ε per episode", bottom=True)
        self._add_lines(self.exploration, None, "exploration", "Exploration")
        self.exploration.levels.append(0.0)

    def _add_lines(self, plot: Plot, raw: str | None, mean: str, name: str) -> None:
        """Draw a thin line for each episode, a thick one for the mean, and a dot where the run is now."""
        source, tips = self._episodes.source, [(name, f"@{raw or mean}{{0,0.[000]}}")]
        if raw:
            thin = Line(x="episode", y=raw, line_width=1, line_alpha=0.45)
            plot.figure.add_glyph(source, thin)
            self.painted.append((thin, "line_color", "primary"))
            plot.shown.append((source, raw))
            tips.append(("Mean of last 50", f"@{mean}{{0,0.[000]}}"))
        thick = Line(x="episode", y=mean, line_width=2.25, line_join="round")
        dot = Scatter(x="episode", y=mean, size=6, line_color=None)
        renderer = plot.figure.add_glyph(source, thick)
        plot.figure.add_glyph(self._head, dot)
        self.painted += [(thick, "line_color", "primary"), (dot, "fill_color", "primary")]
        plot.shown.append((source, mean))
        plot.steady.append((source, mean))
        add_hover(plot, renderer, *tips)

    def set_exploration(self, label: str) -> None:
        """Name what the lowest plot shows: "Exploration rate ε", "Temperature τ", ..."""
        self.exploration.title = f"{label} per episode"
        self._write()

    def reset(self) -> None:
        """Forget the newest evaluation and the best returns."""
        self._greedy, self._covered = None, 1
        self._draw_best({})
        if len(self._greedy_marks.data["episode"]):
            self._greedy_marks.data = {name: np.empty(0) for name in self._greedy_marks.data}
        self._move_head()
        self._write()

    def take(self, journal: Journal) -> bool:
        """Move the dots and marks that stand apart from the lines, and write the legend."""
        episodes, evaluations = self._episodes.source.data, self._evaluations.source.data
        self._move_head()
        kept = thinned(len(evaluations["episode"]))
        marks = {name: evaluations[name][kept] for name in ("episode", "greedy_return")}
        if not np.array_equal(marks["episode"], self._greedy_marks.data["episode"]):
            self._greedy_marks.data = marks
        self._greedy = self._evaluations.newest("greedy_return")
        self._margin = journal.histories[EVALUATIONS.name].newest("greedy_margin")
        changed = self._draw_best(best_returns(journal))
        self._covered = int(episodes["episodes"].max(initial=1))
        self._write()
        return changed

    def _draw_best(self, best: dict[str, float]) -> bool:
        """Draw the best returns as lines; return whether they have changed."""
        if best == self.best:
            return False
        self.best = best
        self.returns.levels = list(best.values())
        for line, value in zip_longest(self.best_lines, best.values()):
            line.update(location=value or 0.0, visible=value is not None)
        return True

    def _move_head(self) -> None:
        """Put the dots at the newest episode, by a patch of single numbers."""
        newest = {name: self._episodes.newest(name) for name in HEAD}
        patch = {name: np.nan if value is None else value for name, value in newest.items()}
        if not np.array_equal(patch["episode"], self._head.data["episode"][0], equal_nan=True):
            self._head.patch({name: [(0, value)] for name, value in patch.items()})

    def _write(self) -> None:
        """Write the headings, with the numbers that belong to lines."""
        thick = [mark("raw", RAW), MEAN_OF_50]
        many = self._covered > 1
        note = f"each point: mean of {self._covered:,} episodes" if many else ""
        legend = [mark("lowest to highest", BAND)] * many
        if self._greedy is not None:
            told = "may never end" if np.isnan(self._greedy) else number(self._greedy)
            margin = f" ± {number(self._margin)}" if self._margin else ""
            legend.append(mark(f"greedy policy {told}{margin}", GREEDY))
        drawings = OPTIMUM, OPTIMUM_FOR_DISCOUNT
        legend += [
            mark(f"{name} {number(value)}", drawing)
            for (name, value), drawing in zip(self.best.items(), drawings, strict=False)
        ]
        self.returns.say(*thick, *legend, note=note, two_lines=True)
        self.steps.say(*thick)
        self.exploration.say()


def best_returns(journal: Journal) -> dict[str, float]:
    """Return the best returns that are known, by what they are called; the second only where it is another number."""
    history = journal.histories[EVALUATIONS.name]
    optimum, for_discount = history.newest("optimum"), history.newest("optimum_for_discount")
    if optimum is None or for_discount is None or np.isnan(optimum):
        return {}
    best = {"optimum": optimum}
    if Optimum(optimum, for_discount, None).aims_lower:
        best["best for this discount"] = for_discount
    return best


def _column(name: str) -> Any:
    def read(rows: Columns) -> np.ndarray:
        return rows[name]

    return read
