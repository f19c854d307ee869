"""A Tetris training in numbers: the tiles, and the player's weights as bars."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np

from dashboards.live.throttle import Throttle
from dashboards.style.formatting import count, number
from dashboards.style.widgets import html
from dashboards.views.counters import CSS, NOTHING, CountersView
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.tetris.deep.recipe import DeepMetrics
from gridworld.tetris.game.features import DT_FEATURES, FEATURES

NO_PROBLEM: Any = None
"""What stands for the world that these views have none of."""

WEIGHTS_PER_SECOND = 4
DOCS = {feature.name: feature.doc for feature in FEATURES}
WEIGHTS_CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 13px; line-height: 18px; height: 100%; }
b { font-size: 13px; }
.note { font-size: 12px; color: var(--mui-palette-text-secondary); }
table { width: 100%; border-spacing: 0; font-variant-numeric: tabular-nums; table-layout: fixed; flex: 1; }
.weights { display: flex; flex-direction: column; height: 100%; gap: 4px; }
td { padding: 0; vertical-align: middle; }
td div { display: flex; justify-content: space-between; }
td span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
svg { display: block; width: 100%; height: 12px; overflow: visible; }
rect.up { fill: var(--mui-palette-primary-main); } rect.down { fill: var(--mui-palette-board-agent); }
line.zero { stroke: var(--mui-palette-text-secondary); }
line.spread { stroke: var(--mui-palette-text-primary); stroke-width: 2; }
"""


TILES = {
    "player": ("Player’s lines", "Mean lines of the last generation’s evaluation games, played by its mean player"),
    "generation": ("Generation", "The generation that plays now"),
    "mean": ("Mean <span>lines </span>(100)", "Mean lines of the last 100 training games"),
    "best": ("Best <span>lines</span>", "Most lines in one training game"),
    "speed": ("Pieces/s", "Pieces placed in training per second"),
    "cap": ("Cap", "Pieces after which a training game is cut off; it doubles when half of the elite’s games reach it"),
    "lines": ("<span>Shown: </span>lines", "Lines of the game that is shown"),
    "pieces": ("<span>Shown: </span>pieces", "Pieces of the game that is shown"),
}
DEEP_TILES = {
    "timesteps": ("Timesteps", "Placements of the training so far"),
    "mean": TILES["mean"],
    "return": ("Return <span>(100)</span>", "Mean return of the last 100 training games: the sum of their rewards"),
    "best": TILES["best"],
    "games": ("Games", "Finished training games"),
    "score": ("Score", "Score of the game that is shown: 40, 100, 300 or 1,200 for one to four lines at once"),
    "lines": TILES["lines"],
}


WIDE_CSS = """
dl dt span { display: inline; }
@container (min-width: 641px) { dl { grid-template-columns: none; grid-auto-flow: column;
  grid-auto-columns: minmax(0, 1fr); }
  dl:has([data-counter=player]) { grid-template-columns: minmax(0, 1.4fr); } }
@container (max-width: 850px) and (min-width: 641px) { dt { white-space: normal; }
  dl div { justify-content: end !important; } }
@container (max-width: 640px) {
  dl div:nth-child(n) { grid-column: span 4; border-top: var(--edge); border-left: var(--edge); }
  dl div:nth-child(n):has([data-counter=player]) { grid-column: span 12; border: 0; }
  dl div:nth-child(n):is(:nth-last-child(-n+4)) { grid-column: span 6; }
}
dl { min-height: 76px; align-items: stretch; }
dl div { display: flex; flex-direction: column; justify-content: center; }
dl div:has([data-counter=player]) { background: var(--mui-palette-action-hover); }
dd[data-counter=player] { font-size: 30px; line-height: 36px; }
@container (min-width: 641px) {
  dl div:has([data-counter=score]), dl:not(:has([data-counter=score])) div:has([data-counter=lines]) {
    border-left: 3px solid var(--mui-palette-divider); } }
"""


class TetrisCounters(CountersView):
    """The player's strength, the training, then the game that is shown."""

    tiles = TILES
    css = CSS + WIDE_CSS
    zeros = ("generation", "timesteps", "games", "speed", "score", "lines", "pieces")

    def choose(self, *, deep: bool) -> None:
        """Show the tiles of a training with stable-baselines3, or those of the built-in trainer."""
        self.tiles = DEEP_TILES if deep else TILES
        self.begin(NO_PROBLEM)

    def texts(self, journal: Journal) -> dict[str, str]:
        """Return the texts of the tiles."""
        assert journal.frame is not None
        texts = dict.fromkeys(self.tiles, NOTHING) | dict.fromkeys(self.zeros, "0")
        scene = journal.frame.scene
        if scene is None:
            return texts
        texts["speed"] = count(round(journal.steps_per_second))
        if scene.metrics is not None:
            metrics = scene.metrics
            texts |= {"generation": count(metrics.generation), "mean": _lines(metrics.mean_lines)}
            texts |= {"player": _lines(metrics.player_lines), "cap": count(metrics.cap)}
            texts["best"] = NOTHING if np.isnan(metrics.best_lines) else count(metrics.best_lines)
            if isinstance(metrics, DeepMetrics):
                texts |= {"timesteps": count(metrics.timesteps), "games": count(metrics.games)}
                texts |= {"return": number(metrics.mean_return)}
        if scene.board is not None:
            texts |= {name: count(getattr(scene.board, name)) for name in ("score", "lines", "pieces")}
        return texts


def _lines(mean: float) -> str:
    if np.isnan(mean):
        return NOTHING
    return f"{mean:.2f}" if mean < 10 else f"{mean:,.1f}" if mean < 1000 else f"{mean:,.0f}"


class WeightsView:
    """The weights of the present player, a bar for each feature, and across its end the spread of the search."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.panel = html("", stylesheets=[WEIGHTS_CSS], sizing_mode="stretch_both")
        self._throttle = Throttle(1 / WEIGHTS_PER_SECOND, clock)
        self._features: Sequence[str] = DT_FEATURES
        self.begin()

    def choose(self, features: Sequence[str]) -> None:
        """Show a bar for each of these features, until a training has weights."""
        if features != self._features:
            self._features = features
            self.begin()

    def begin(self, problem: Any = None) -> None:
        """Show that there are none yet."""
        self._revision, self._scale = -1, 1.0
        zeros = np.zeros(len(self._features))
        self.panel.object = self._text(zeros, zeros, self._features)

    def refresh(self, journal: Journal) -> None:
        """Show the newest weights; while running, a few times a second."""
        frame = journal.frame
        if frame is None or frame.scene is None or frame.scene.metrics is None or journal.revision == self._revision:
            return
        if not self._throttle.ready(at_once=frame.status is not Status.RUNNING):
            return
        self._revision = journal.revision
        metrics = frame.scene.metrics
        text = self._text(metrics.weights, metrics.deviation, metrics.features)
        if self.panel.object != text:
            self.panel.object = text

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: the bars follow the theme by themselves."""

    def _text(self, weights: np.ndarray, deviation: np.ndarray, features: Sequence[str]) -> str:
        widest = float((np.abs(weights) + deviation).max(initial=0.0)) or 1.0
        if not self._scale / 2 < widest <= self._scale:  # a scale in steps, so that bars move and not the scale
            self._scale = 2.0 ** np.ceil(np.log2(widest))
        rows = "".join(
            f'<tr title="{escape(DOCS[feature])}"><td><div><span>{feature}</span><span>{number(weight)}</span>'
            f"</div>{self._bar(weight, spread)}</td></tr>"
            for feature, weight, spread in zip(features, weights, deviation, strict=True)
        )
        note = '<div class="note">of the present player; the line shows the spread of the search</div>'
        table = f'<table aria-label="Feature weights">{rows}</table>'
        return f'<div class="weights"><div><b>Feature weights</b>{note}</div>{table}</div>'

    def _bar(self, weight: float, spread: float) -> str:
        """Return a bar from the middle, in percent of half the width."""
        end, reach = 50 + 50 * weight / self._scale, 50 * spread / self._scale
        start, width = min(50.0, end), abs(end - 50)
        left, right = max(end - reach, 0), min(end + reach, 100)
        way = "up" if weight > 0 else "down"
        return (
            f'<svg aria-hidden="true"><rect class="{way}" x="{start:.2f}%" y="1" width="{width:.2f}%" height="10"/>'
            f'<line class="zero" x1="50%" x2="50%" y1="0" y2="12"/>'
            f'<line class="spread" x1="{left:.2f}%" x2="{right:.2f}%" y1="6" y2="6"/></svg>'
        )
