"""The learning curves: return, steps and exploration of each episode."""

from __future__ import annotations

from itertools import zip_longest

import numpy as np
from bokeh.models import ColumnDataSource, Line, Scatter, Span, VArea

from dashboards.style.formatting import number
from dashboards.views.plots.episode_plots import EpisodePlots
from dashboards.views.plots.plot import Plot, add_hover, mark
from dashboards.views.plots.stream_source import Tail
from gridworld.pictures.curve_facts import SHARES, best_returns, thinned
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.recommended import recommended_headline
from gridworld.worlds.problem import Problem

GREEDY_COLUMNS = ("episode", "greedy_return", "greedy_length")
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
        self.fewest: float | None = None
        self._covered = 1
        self._greedy: float | None = None
        self._greedy_length: float | None = None
        self._margin: float | None = None
        self.episodes = Tail(
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
        self.evaluations = Tail(
            EVALUATIONS.name,
            {
                "episode": lambda rows: rows["episode"],
                "greedy_return": lambda rows: rows["greedy_return"],
                "greedy_length": lambda rows: np.where(np.isinf(rows["greedy_length"]), np.nan, rows["greedy_length"]),
            },
        )
        self.greedy_marks = ColumnDataSource({name: np.empty(0) for name in GREEDY_COLUMNS})
        self.head = ColumnDataSource({name: np.full(1, np.nan) for name in HEAD})
        self.tails = [self.episodes, self.evaluations]
        self._build_returns()
        self._build_steps()
        self._build_exploration()

    def _build_returns(self) -> None:
        self.returns = self.add_plot("Return per episode", labels=True, cut="below")
        band = VArea(x="episode", y1="return_min", y2="return_max", fill_alpha=0.14)
        self.returns.figure.add_glyph(self.episodes.source, band)
        self.painted.append((band, "fill_color", "primary"))
        self.best_lines = [self._add_level(self.returns, dashes) for dashes in ([6, 4], [2, 4])]
        self._add_lines(self.returns, "return", "mean_return", "Return")
        self._add_greedy(self.returns, "greedy_return")

    def _build_steps(self) -> None:
        self.steps = self.add_plot("Steps per episode", cut="above")
        self.fewest_line = self._add_level(self.steps, [6, 4])
        self._add_lines(self.steps, "length", "mean_length", "Steps")
        self._add_greedy(self.steps, "greedy_length")
        self.steps.levels.append(0.0)

    def _build_exploration(self) -> None:
        self.exploration = self.add_plot("Exploration rate ε per episode", bottom=True)
        self._add_lines(self.exploration, None, "exploration", "Exploration")
        self.exploration.levels.append(0.0)

    def _add_lines(self, plot: Plot, raw: str | None, mean: str, name: str) -> None:
        """Draw a thin line for each episode, a thick one for the mean, and a dot where the run is now."""
        source, tips = self.episodes.source, [(name, f"@{raw or mean}{{0,0.[000]}}")]
        if raw:
            thin = Line(x="episode", y=raw, line_width=1, line_alpha=0.45)
            plot.figure.add_glyph(source, thin)
            self.painted.append((thin, "line_color", "primary"))
            plot.shown.append((source, raw))
            tips.append(("Mean of last 50", f"@{mean}{{0,0.[000]}}"))
        thick = Line(x="episode", y=mean, line_width=2.25, line_join="round")
        dot = Scatter(x="episode", y=mean, size=6, line_color=None)
        renderer = plot.figure.add_glyph(source, thick)
        plot.figure.add_glyph(self.head, dot)
        self.painted += [(thick, "line_color", "primary"), (dot, "fill_color", "primary")]
        plot.shown.append((source, mean))
        plot.steady.append((source, mean))
        add_hover(plot, renderer, *tips)

    def _add_level(self, plot: Plot, dashes: list[int]) -> Span:
        """Add a level line for the best there is, not visible as long as that is not known."""
        line = Span(dimension="width", location=0.0, line_dash=dashes, line_width=1.5, visible=False)
        plot.figure.add_layout(line)
        self.painted.append((line, "line_color", "muted"))
        return line

    def _add_greedy(self, plot: Plot, column: str) -> None:
        """Draw a line with marks for the worth of the greedy policy."""
        greedy = Line(x="episode", y=column, line_width=1.5, line_join="round")
        marks = Scatter(x="episode", y=column, marker="diamond", size=9, line_color=None)
        plot.figure.add_glyph(self.evaluations.source, greedy)
        plot.figure.add_glyph(self.greedy_marks, marks)
        plot.shown.append((self.evaluations.source, column))
        self.painted += [(greedy, "line_color", "agent"), (marks, "fill_color", "agent")]

    def begin(self, problem: Problem) -> None:
        """Start with empty plots, that of the world's headline first."""
        first = [self.returns, self.steps]
        if recommended_headline(problem) == "steps":
            first.reverse()
        self.in_order = *first, self.exploration
        for place, (plot, share) in enumerate(zip(self.in_order, SHARES, strict=True)):
            heading, pane = plot.parts
            heading.styles = {**heading.styles, "order": str(place)}  # a browser moves them by that alone
            pane.styles = {**pane.styles, "order": str(place), "flex": f"{share} 1 0"}
        super().begin(problem)

    def set_exploration(self, label: str) -> None:
        """Name what the lowest plot shows: "Exploration rate ε", "Temperature τ", ..."""
        self.exploration.title = f"{label} per episode"
        self._write()

    def reset(self) -> None:
        """Forget the newest evaluation and the best returns."""
        self._greedy, self._greedy_length, self._covered = None, None, 1
        self._draw_best({}, None)
        if len(self.greedy_marks.data["episode"]):
            self.greedy_marks.data = {name: np.empty(0) for name in self.greedy_marks.data}
        self._move_head()
        self._write()

    def take(self, journal: Journal) -> bool:
        """Move the dots and marks beside the lines, and write the legend."""
        episodes, evaluations = self.episodes.source.data, self.evaluations.source.data
        self._move_head()
        kept = thinned(len(evaluations["episode"]))
        marks = {name: evaluations[name][kept] for name in GREEDY_COLUMNS}
        if not np.array_equal(marks["episode"], self.greedy_marks.data["episode"]):
            self.greedy_marks.data = marks
        self._greedy = self.evaluations.newest("greedy_return")
        self._greedy_length = self.evaluations.newest("greedy_length")
        self._margin = journal.histories[EVALUATIONS.name].newest("greedy_margin")
        fewest = journal.histories[EVALUATIONS.name].newest("fewest_steps")
        changed = self._draw_best(best_returns(journal), None if fewest is None or np.isnan(fewest) else fewest)
        self._covered = int(episodes["episodes"].max(initial=1))
        self._write()
        return changed

    def _draw_best(self, best: dict[str, float], fewest: float | None) -> bool:
        """Draw the best returns and the fewest steps as lines; return whether they have changed."""
        if (best, fewest) == (self.best, self.fewest):
            return False
        self.best, self.fewest = best, fewest
        self.returns.levels = list(best.values())
        self.steps.levels = [0.0] if fewest is None else [0.0, fewest]
        for line, value in [*zip_longest(self.best_lines, best.values()), (self.fewest_line, fewest)]:
            line.update(location=value or 0.0, visible=value is not None)
        return True

    def _move_head(self) -> None:
        """Put the dots at the newest episode, by a patch of single numbers."""
        newest = {name: self.episodes.newest(name) for name in HEAD}
        patch = {name: np.nan if value is None else value for name, value in newest.items()}
        if not np.array_equal(patch["episode"], self.head.data["episode"][0], equal_nan=True):
            self.head.patch({name: [(0, value)] for name, value in patch.items()})

    def _write(self) -> None:
        """Write the headings, with the numbers that belong to lines."""
        thick = [mark("raw", RAW), MEAN_OF_50]
        many = self._covered > 1
        note = f"each point: mean of {self._covered:,} episodes" if many else ""
        legend = [mark("lowest to highest", BAND)] * many
        if self._greedy is not None:
            text = "may never end" if np.isnan(self._greedy) else number(self._greedy)
            margin = f" ± {number(self._margin)}" if self._margin else ""
            legend.append(mark(f"greedy policy {text}{margin}", GREEDY))
        drawings = OPTIMUM, OPTIMUM_FOR_DISCOUNT
        legend += [
            mark(f"{name} {number(value)}", drawing)
            for (name, value), drawing in zip(self.best.items(), drawings, strict=False)
        ]
        self.returns.describe(*thick, *legend, note=note, two_lines=True)
        steps = [mark("raw", RAW), MEAN_OF_50]
        if self._greedy_length is not None and np.isfinite(self._greedy_length):
            steps.append(mark(f"greedy policy {number(self._greedy_length)}", GREEDY))
        if self.fewest is not None:
            steps.append(mark(f"fewest {number(self.fewest)}", OPTIMUM))
        self.steps.describe(*steps)
        self.exploration.describe()
