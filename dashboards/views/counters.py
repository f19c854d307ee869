"""The strip of counters: where the run is and how well it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import Div
from markupsafe import Markup

from dashboards.live.throttle import Throttle
from dashboards.style.formatting import count, number
from dashboards.style.markup import fill
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.recommended import recommended_headline
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

FOLLOWED = 60.0  # steps a second; beyond, nobody can follow a count of steps
PERIOD, PERIOD_OF_FAST = 0.1, 0.25  # seconds between two changes while a run runs; a change costs a browser 15 to 20 ms
NOTHING = "–"

SO_FAR = ("Return so far", "Return of the present episode; no episode has ended yet")
CSS = """
:host { color: var(--mui-palette-text-primary); --edge: 1px solid var(--mui-palette-divider); }
:host { container-type: inline-size; font-family: var(--bokeh-base-font); }
.bk-clearfix { width: 100%; height: 100%; }
dl { display: grid; margin: 0; height: 100%; min-height: 60px; }
dl { grid-template-columns: 1fr .8fr .9fr 1fr 1.35fr 1.05fr 1.1fr; }
dl div { padding: 8px 14px; border-left: var(--edge); min-width: 0; }
dl div:first-child { border-left: 0; }
dt { font-size: 12px; line-height: 16px; color: var(--mui-palette-text-secondary); white-space: nowrap; }
dd { margin: 0; font-size: 19px; line-height: 24px; font-weight: 700; white-space: nowrap; }
dd { font-variant-numeric: tabular-nums; }
@container (max-width: 850px) { dl div { padding: 8px 10px; } dd { font-size: 17px; } }
@container (max-width: 640px) {
  dl { grid-template-columns: repeat(12, 1fr); }
  dl div { grid-column: span 3; border-top: var(--edge); }
  dl div:nth-child(-n+3) { grid-column: span 4; border-top: 0; }
  dl div:nth-child(4) { border-left: 0; }
  dt span { display: none; }
}
"""
TILE = '<div title="{}"><dt>{}</dt><dd data-counter="{}">{}</dd></div>'
TILES = {
    "episode": ("Episode", "Episodes that have ended"),
    "step": ("Step", "Steps of the present episode"),
    "speed": ("Steps/s", "Steps per second"),
    "last": ("Last return", "Return of the last episode"),
    "mean": ("Mean <span>return </span>(50)", "Mean return of the last 50 episodes"),
    "best": ("Best <span>return</span>", "Best return of all episodes"),
    "success": ("Success (50)", "Share of the last 50 episodes that ended well: at the goal, or won"),
}

STEPS_TILES = {
    "last": ("Last steps", "Steps of the last episode"),
    "mean": ("Mean <span>steps </span>(50)", "Mean steps of the last 50 episodes"),
    "best": ("Fewest <span>steps </span>(50)", "Fewest steps of the last 50 episodes"),
}
"""The tiles in place of returns where those are all alike."""


class CountersView:
    """Seven tiles with the numbers of a journal's newest frame; a subclass has other tiles and defines what they show.

    Parameters
    ----------
    problem, tokens
        What is learned, and the colours of a theme.
    clock
        Seconds, for changing at most ten times a second while the run runs, or four times where it is fast.
    """

    tiles: Mapping[str, tuple[str, str]] = TILES
    css = CSS
    zeros: tuple[str, ...] = ("episode", "step", "speed")

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.values: dict[str, str] = {}
        self._labels_shown: dict[str, tuple[str, str]] = {}
        self.drawing = Div(margin=0, sizing_mode="stretch_both", stylesheets=[self.css])
        self.panel = pn.pane.Bokeh(self.drawing, margin=0, sizing_mode="stretch_both")
        self._throttle = Throttle(PERIOD, clock)
        self.begin(problem)

    def begin(self, problem: Problem) -> None:
        """Start from nothing."""
        self._revision = -1
        self.counts_steps = "last" in self.tiles and recommended_headline(problem) == "steps"
        self.labels = {**self.tiles, **(STEPS_TILES if self.counts_steps else {})}
        self._show(dict.fromkeys(self.tiles, NOTHING) | dict.fromkeys(self.zeros, "0"))

    def refresh(self, journal: Journal) -> None:
        """Show the newest frame; while running, as often as it can be read."""
        frame = journal.frame
        if frame is None or journal.revision == self._revision:
            return
        self._throttle.seconds = PERIOD_OF_FAST if journal.steps_per_second > FOLLOWED else PERIOD
        if not self._throttle.ready(at_once=frame.status is not Status.RUNNING):
            return
        self._revision = journal.revision
        self._show(self.texts(journal))

    move = refresh

    def texts(self, journal: Journal) -> dict[str, str]:
        """Return the texts of the tiles."""
        assert journal.frame is not None
        values = {"episode": count(journal.frame.episode), "speed": count(round(journal.steps_per_second))}
        scene = journal.frame.scene
        if self.counts_steps:
            return values | _of_scene(scene) | _steps_of(scene)
        self.labels["last"] = SO_FAR if _is_first_episode(scene) else TILES["last"]
        return values | _of_scene(scene)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: the tiles follow the theme by themselves."""

    def _show(self, values: dict[str, str]) -> None:
        if (values, self.labels) == (self.values, self._labels_shown):
            return
        self.values, self._labels_shown = values, dict(self.labels)
        tiles = "".join(fill(TILE, hint, Markup(label), key, values[key]) for key, (label, hint) in self.labels.items())
        self.drawing.text = f'<dl role="group" aria-label="Counters">{tiles}</dl>'


def _is_first_episode(scene: Any) -> bool:
    """Return whether steps were made, but no episode has ended yet."""
    return scene is not None and not len(scene.recent) and scene.episode_step > 0


def _of_scene(scene: Any) -> dict[str, str]:
    """Return the tiles that depend on the picture: this episode, and the last 50."""
    if scene is None:
        return dict.fromkeys(("last", "mean", "best", "success"), NOTHING) | {"step": "0"}
    returns, endings = scene.recent[:, 0], scene.recent[:, 3]
    texts = {"step": count(scene.episode_step), "best": number(scene.best_return)}
    if not len(returns):
        so_far = number(scene.episode_return) if _is_first_episode(scene) else NOTHING
        return texts | {"last": so_far, "mean": NOTHING, "success": NOTHING}
    success = np.mean(endings == Ending.SUCCESS)
    return texts | {"last": number(returns[-1]), "mean": number(returns.mean()), "success": f"{success:.0%}"}


def _steps_of(scene: Any) -> dict[str, str]:
    """Return the tiles that count the steps of the last 50 episodes."""
    if scene is None or not len(scene.recent):
        return dict.fromkeys(STEPS_TILES, NOTHING)
    steps = scene.recent[:, 1]
    return {"last": count(steps[-1]), "mean": number(steps.mean()), "best": count(steps.min())}
