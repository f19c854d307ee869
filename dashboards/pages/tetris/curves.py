"""The learning curves of a Tetris training: lines per game, and per generation with their spread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, Line, VArea

from dashboards.live.throttle import Throttle
from dashboards.pages.tetris.views import NO_PROBLEM
from dashboards.style.figures import tip
from dashboards.views.plots.episode_plots import EpisodePlots
from dashboards.views.plots.plot import Plot, mark
from dashboards.views.plots.stream_source import Tail
from gridworld.runs.frame import Columns, Status
from gridworld.runs.journal import Journal
from gridworld.tetris.deep.settings import ALGORITHMS, DQN
from gridworld.tetris.report import GAMES, GENERATIONS
from gridworld.tetris.search.settings import CROSS_ENTROPY

MOST_POINTS = 400
RECENT = 100  # games in the running mean
PERIOD = 0.5  # seconds between two drawings of the games while running
RAW = '<path d="M0 7H16" stroke="$primary-main)" opacity=".6"/>'
MEAN = '<path d="M0 7H16" stroke="$primary-main)" stroke-width="2.5"/>'
BAND = '<path d="M0 2H16V12H0Z" fill="$primary-main)" opacity=".2"/>'
PLAYER = '<path d="M0 7H16" stroke="$board-agent)" stroke-width="2"/>'
BEST = '<path d="M0 7H16" stroke="$text-secondary)" stroke-dasharray="3,2"/>'


@dataclass(frozen=True)
class Words:
    """What a generation is called: what it is, and what its mean, its best and the line across them all are of."""

    unit: str
    mean: str
    best: str
    player: str


def words_of(trainer: str) -> Words:
    """Return the words for a trainer: a search has candidates and a player, a network has games only."""
    if trainer not in ALGORITHMS:
        return Words("Generation", "candidates’ mean", "best", "player")
    unit = "Target update" if trainer == DQN else "Rollout"
    return Words(unit, "games’ mean", "best", "mean of last 100")


def points_of(rows: Columns) -> dict[str, np.ndarray]:
    """Return the games as at most `MOST_POINTS` points, each of equally many games (one, two, four, ...), float64 [n].

    `episode` is the last game of a point, `lines` their mean, `low` and `high` the fewest and the most, `mean` that of
    the last 100 games there, `games` how many a point stands for.
    """
    if not len(rows["game"]):
        return {name: np.empty(0) for name in ("episode", "lines", "low", "high", "mean", "games")}
    game, covered = rows["game"], rows["games"]
    per = 1
    while game[-1] / per > MOST_POINTS:
        per *= 2
    starts = np.flatnonzero(np.diff((game - 1) // per, prepend=-1))
    games = np.add.reduceat(covered, starts)
    last = game[np.append(starts[1:], len(game)) - 1]
    known = np.concatenate([[0.0], game]), np.concatenate([[0.0], np.cumsum(rows["lines"])])
    first = np.maximum(last - RECENT, 0)
    return {
        "episode": last,
        "lines": np.add.reduceat(rows["lines"], starts) / games,
        "low": np.minimum.reduceat(rows["lines_min"], starts),
        "high": np.maximum.reduceat(rows["lines_max"], starts),
        "mean": (np.interp(last, *known) - np.interp(first, *known)) / (last - first),
        "games": np.full(len(starts), float(per)),
    }


class GamesView(EpisodePlots):
    """Lines of each training game, drawn a few times a second from what the journal holds."""

    def __init__(self, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._throttle = Throttle(PERIOD, clock)
        super().__init__(NO_PROBLEM, tokens)

    def build(self) -> None:
        """Add the plot."""
        empty = {name: np.empty(0) for name in GAMES.columns}
        self.points = _Points(ColumnDataSource(points_of(empty)))
        self.tails = [self.points]
        self.plot = self.add_plot("Lines per game", bottom=True)
        band = VArea(x="episode", y1="low", y2="high", fill_alpha=0.14)
        self.plot.figure.add_glyph(self.points.source, band)
        thin = Line(x="episode", y="lines", line_width=1, line_alpha=0.45)
        thick = Line(x="episode", y="mean", line_width=2.25, line_join="round")
        self.plot.figure.add_glyph(self.points.source, thin)
        renderer = self.plot.figure.add_glyph(self.points.source, thick)
        self.painted += [(band, "fill_color", "primary"), (thin, "line_color", "primary")]
        self.painted += [(thick, "line_color", "primary")]
        self.plot.shown += [(self.points.source, "high"), (self.points.source, "mean")]
        self.plot.levels.append(0.0)
        tips = ("Game", "@episode{0,0}"), ("Lines", "@lines{0,0.[0]}"), ("Mean of last 100", "@mean{0,0.[0]}")
        _add_hover(self.plot, renderer, *tips)

    def reset(self) -> None:
        """Write the heading of nothing."""
        self._write(1)

    def refresh(self, journal: Journal) -> None:
        """Take in what is new, while running a few times a second."""
        running = journal.frame is not None and journal.frame.status is Status.RUNNING
        if self._throttle.ready(at_once=not running):
            super().refresh(journal)

    def take(self, journal: Journal) -> bool:
        """Write what each point covers."""
        self._write(int(self.points.source.data["games"].max(initial=1)))
        return False

    def _write(self, games: int) -> None:
        many = games > 1
        legend = [mark("mean", RAW), mark("fewest to most", BAND)] if many else [mark("raw", RAW)]
        note = f"each point: {games:,} games" if many else ""
        self.plot.describe(*legend, mark("mean of last 100", MEAN), note=note, two_lines=True)


class _Points:
    """The source of the games: what `EpisodePlots` takes for a tail, replaced as a whole and never large."""

    def __init__(self, source: ColumnDataSource) -> None:
        self.source = source
        self._place: Any = None

    def clear(self) -> None:
        """Forget all points."""
        self._place = None
        if len(self.source.data["episode"]):
            self.source.data = points_of({name: np.empty(0) for name in GAMES.columns})

    def follow(self, journal: Journal) -> bool:
        """Take in the journal's games; return whether there were new ones."""
        history = journal.histories[GAMES.name]
        place = (journal.frame.epoch if journal.frame else 0, history.version, history.length)
        if place == self._place:
            return False
        self._place = place
        points = points_of(history.since())
        exact = ("episode",)
        self.source.data = {name: column.astype(float if name in exact else "f4") for name, column in points.items()}
        return True

    def newest(self, column: str) -> float | None:
        """Return the newest value of a column; None while there is none."""
        values = self.source.data[column]
        return float(values[-1]) if len(values) else None


def _per_generation(name: str) -> Callable[[Columns], np.ndarray]:
    return lambda rows: rows[name] / rows["generations"]


class GenerationsView(EpisodePlots):
    """Lines of each generation: the mean of what was played with its spread, the best, and the player.

    `call(words)` sets what a generation is called.
    """

    def __init__(self, tokens: dict[str, Any]) -> None:
        super().__init__(NO_PROBLEM, tokens)

    def build(self) -> None:
        """Add the plot."""
        mean, spread = _per_generation("mean_lines"), _per_generation("std_lines")
        columns: dict[str, Callable[[Columns], np.ndarray]] = {
            "episode": lambda rows: rows["generation"],
            "mean": mean,
            "spread": spread,
            "low": lambda rows: np.maximum(mean(rows) - spread(rows), 0.0),
            "high": lambda rows: mean(rows) + spread(rows),
            "best": lambda rows: rows["best_lines"],
            "player": _per_generation("player_lines"),
        }
        self.generations = Tail(GENERATIONS.name, columns)
        self.tails = [self.generations]
        self.plot = self.add_plot("Lines per generation", bottom=True)
        source, drawn = self.generations.source, self.plot.figure
        band = VArea(x="episode", y1="low", y2="high", fill_alpha=0.14)
        best = Line(x="episode", y="best", line_width=1, line_dash=[3, 2])
        middle = Line(x="episode", y="mean", line_width=2.25, line_join="round")
        player = Line(x="episode", y="player", line_width=1.75, line_join="round")
        for glyph in (band, best, middle):
            drawn.add_glyph(source, glyph)
        renderer = drawn.add_glyph(source, player)
        self.painted += [(band, "fill_color", "primary"), (best, "line_color", "muted")]
        self.painted += [(middle, "line_color", "primary"), (player, "line_color", "agent")]
        self.plot.shown += [(source, name) for name in ("high", "best", "player")]
        self.plot.levels.append(0.0)
        self._hover = _add_hover(self.plot, renderer)
        self.call(words_of(CROSS_ENTROPY))

    def call(self, words: Words) -> None:
        """Write the heading, the legend and what the pointer shows, in the words of a trainer."""
        self.plot.title = f"Lines per {words.unit.lower()}"
        drawings = (words.mean, MEAN), ("± spread", BAND), (words.best, BEST), (words.player, PLAYER)
        self.plot.describe(*(mark(label, drawing) for label, drawing in drawings), two_lines=True)
        lines = "{0,0.[0]}"
        columns = (words.mean, f"mean{lines} ± @spread"), (words.best, "best"), (words.player, "player")
        lines_of_tip = [(f"{name[0].upper()}{name[1:]}", f"@{column}{lines}") for name, column in columns]
        self._hover.tooltips = tip((words.unit, "@episode{0,0}"), *lines_of_tip)

    def take(self, journal: Journal) -> bool:
        """Return all there is to take in is in the tail."""
        return False


def _add_hover(plot: Plot, renderer: Any, *numbers: tuple[str, str]) -> HoverTool:
    hover = HoverTool(renderers=[renderer], mode="vline", tooltips=tip(*numbers), visible=False)
    plot.figure.add_tools(hover)
    return hover
