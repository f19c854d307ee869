"""The curves of a page, with a marker that follows the keyframe, and the numbers that change with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, Range1d, Scatter, Text, VSpan
from bokeh.models import Plot as BarePlot
from bokeh.plotting import figure

from dashboards.export.board_frames import FRAME, KeyframeViews
from dashboards.style.formatting import count, fixed, number
from dashboards.style.theme import FONT
from dashboards.views.plots.learning_curves import CurvesView
from gridworld.pictures.curve_facts import EXPLORATIONS
from gridworld.pictures.journals import Still
from gridworld.pictures.recording import Recording
from gridworld.training.recommended import recommended_headline
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

NOTHING = "–"
TILES = {
    "episode": "Episode",
    "step": "Steps so far",
    "last": "Last return",
    "mean": "Mean <i>return </i>(50)",
    "greedy": "Greedy <i>return</i>",
    "exploration": "Exploration",
    "success": "Success (50)",
}
STEPS_TILES = {"last": "Last steps", "mean": "Mean <i>steps </i>(50)", "greedy": "Greedy <i>steps</i>"}
"""The tiles in place of returns where those are all alike."""


def tile_labels(problem: Problem) -> dict[str, str]:
    """Return the label of each tile."""
    return TILES | STEPS_TILES if recommended_headline(problem) == "steps" else TILES


def curves_of(recording: Recording, colours: dict[str, Any], keyframe_views: KeyframeViews) -> CurvesView:
    """Return the live page's curves with the whole run in them, and a line at the keyframe's episode."""
    view = CurvesView(recording.problem, colours)
    name, _ = EXPLORATIONS[recording.hyperparameters.get("exploration", "epsilon-greedy")]
    view.set_exploration(name)
    view.refresh(recording.journal)
    log = recording.journal.columns()
    columns = {FRAME: np.arange(len(recording.stills)), "episode": _episodes(recording)}
    for plot, mean in zip(view.plots, ("mean_return", "mean_length", "epsilon"), strict=True):
        height = np.array([_at(log, mean, still.episode) for still in recording.stills])
        line = VSpan(x="episode", line_width=2, line_color=colours["ink"])
        dot = Scatter(x="episode", y="height", size=9, fill_color=colours["ink"], line_color=colours["paper"])
        keyframe_views.add(plot.figure, ColumnDataSource(), {**columns, "height": height}, line, dot)
        paint(plot.figure, colours)
    return view


def _episodes(recording: Recording) -> np.ndarray:
    return np.array([still.episode for still in recording.stills], float)


def _at(columns: dict[str, np.ndarray], name: str, episode: int) -> float:
    """Return the height of a curve at an episode; NaN before the first."""
    row = int(np.searchsorted(columns["episode"], episode))
    return float(columns[name][min(row, len(columns[name]) - 1)]) if episode and len(columns[name]) else np.nan


def paint(plot: figure, colours: dict[str, Any]) -> None:
    """Paint axes and grid in the colours and the font of the page, for a page without a theme."""
    for axis in plot.axis:
        axis.update(
            axis_line_color=None,
            major_tick_line_color=None,
            minor_tick_line_color=None,
            major_label_text_color=colours["muted"],
            major_label_text_font=FONT,
            major_label_text_font_size="12px",
        )
    plot.grid.grid_line_color = colours["line"]
    plot.reset_policy = "standard"
    plot.toolbar.autohide = True


def tiles_of(recording: Recording, colours: dict[str, Any], keyframe_views: KeyframeViews) -> dict[str, BarePlot]:
    """Return a plot without axes for each tile, which shows the number of the keyframe."""
    headline = recommended_headline(recording.problem)
    worth = recording.journal.columns("evaluations")
    greedy = dict(
        zip(worth["episode"], worth["greedy_return" if headline == "return" else "greedy_length"], strict=True)
    )
    rows = [numbers(still, greedy.get(still.episode), headline) for still in recording.stills]
    source, shown = ColumnDataSource(), {}
    columns = {FRAME: np.arange(len(rows)), **{name: [row[name] for row in rows] for name in TILES}}
    for name in TILES:
        plot = BarePlot(
            x_range=Range1d(0, 1),
            y_range=Range1d(0, 1),
            toolbar_location=None,
            sizing_mode="stretch_both",
            min_border=0,
            outline_line_color=None,
            background_fill_alpha=0,
            border_fill_alpha=0,
        )
        text = Text(x=0, y=0.5, text=name, text_baseline="middle", text_color=colours["ink"])
        text.update(text_font=value(FONT), text_font_size="19px", text_font_style="bold")
        keyframe_views.add(plot, source, columns, text)
        shown[name] = plot
    return shown


def numbers(still: Still, greedy: float | None, headline: str = "return") -> dict[str, str]:
    """Return the texts of the tiles at a keyframe; `headline` is what they count, "return" or "steps"."""
    scene = still.scene
    counted, endings = scene.recent[:, 0 if headline == "return" else 1], scene.recent[:, 3]
    texts = {"episode": count(still.episode), "step": count(still.step), "exploration": fixed(scene.exploration, 3)}
    texts["greedy"] = NOTHING if greedy is None else number(greedy) if np.isfinite(greedy) else "no end"
    if not len(counted):
        return texts | dict.fromkeys(("last", "mean", "success"), NOTHING)
    success = f"{np.mean(endings == Ending.SUCCESS):.0%}"
    last = number(counted[-1]) if headline == "return" else count(counted[-1])
    return texts | {"last": last, "mean": number(counted.mean()), "success": success}
