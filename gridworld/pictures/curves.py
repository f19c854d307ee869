"""The learning curves as a picture: return, steps and exploration of each episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.plot_area import PlotArea
from gridworld.drawing.plots import draw_grid, mixed
from gridworld.drawing.ranges import Cut, in_sight, settle, whole_run
from gridworld.pictures.curve_facts import EXPLORATIONS, best_returns, thinned
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.recommended import recommended_headline
from gridworld.worlds.problem import Problem

RAW, BAND = 0.45, 0.14  # opacity of the line of single episodes, and of what lies between the lowest and the highest
DIAMOND = 4.5  # units from the middle of a mark to its upper corner


@dataclass(frozen=True)
class LearningCurve:
    """The lines of one plot, each float64 [n] over `episode` or over `judged`."""

    title: str
    cut: Cut
    episode: np.ndarray
    mean: np.ndarray  # over the last 50 episodes
    raw: np.ndarray | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    judged: np.ndarray = field(default_factory=lambda: np.empty(0))  # episodes at which the greedy policy was evaluated
    greedy: np.ndarray = field(default_factory=lambda: np.empty(0))
    levels: Mapping[str, float] = field(default_factory=dict)  # the best there is, by what it is called
    floor: float | None = None  # a value that is always in sight

    def placed(self, area: PlotArea) -> PlotArea:
        """Return an area with the ranges in which the whole curve is seen, but for outliers."""
        shown = [line for line in (self.raw, self.mean, self.greedy) if line is not None]
        values = np.concatenate(shown)
        values = values[np.isfinite(values)]
        newest = self.mean[-1:] if len(self.mean) else np.empty(0)
        held = np.array([*self.levels.values(), *newest, *([] if self.floor is None else [self.floor])])
        held = held[np.isfinite(held)]
        low, high = in_sight(values, held, self.cut) if len(values) else (0.0, 1.0)
        last = self.episode[-1] if len(self.episode) else 0
        return replace(area, x_range=whole_run(last), y_range=settle((0.0, 0.0), low, high))

    def until(self, episode: float) -> LearningCurve:
        """Return the curve as it was at an episode, its ranges those of the whole."""
        kept, judged = int((self.episode <= episode).sum()), int((self.judged <= episode).sum())
        return replace(
            self,
            episode=self.episode[:kept],
            mean=self.mean[:kept],
            raw=None if self.raw is None else self.raw[:kept],
            low=None if self.low is None else self.low[:kept],
            high=None if self.high is None else self.high[:kept],
            judged=self.judged[:judged],
            greedy=self.greedy[:judged],
        )


def curves_of(problem: Problem, journal: Journal, exploration: str) -> list[LearningCurve]:
    """Return the curves of a run in the order in which they are shown, that of the world's headline first."""
    rows, judged = journal.columns(), journal.columns(EVALUATIONS.name)
    n, fewest = rows["episodes"], journal.histories[EVALUATIONS.name].newest("fewest_steps")
    length = np.where(np.isinf(judged["greedy_length"]), np.nan, judged["greedy_length"])
    returns = LearningCurve(
        "Return per episode", "below", rows["episode"], rows["mean_return"], rows["return"] / n,
        rows["return_min"], rows["return_max"], judged["episode"], judged["greedy_return"], best_returns(journal),
    )  # fmt: skip
    known = {} if fewest is None or np.isnan(fewest) else {"fewest": fewest}
    steps = LearningCurve(
        "Steps per episode", "above", rows["episode"], rows["mean_length"], rows["length"] / n,
        judged=judged["episode"], greedy=length, levels=known, floor=0.0,
    )  # fmt: skip
    explored = LearningCurve(
        f"{EXPLORATIONS[exploration][0]} per episode", "", rows["episode"], rows["epsilon"], floor=0.0
    )
    first = [steps, returns] if recommended_headline(problem) == "steps" else [returns, steps]
    return [*first, explored]


def draw_curve(
    canvas: Canvas, area: PlotArea, curve: LearningCurve, colours: Mapping[str, Any], size: float = 12.0
) -> None:
    """Draw a plot of a curve into an area that has its ranges."""
    draw_grid(canvas, area, colours, 4 if area.height > 90 else 2, size)
    primary, paper = colours["primary"], colours["paper"]
    if curve.low is not None and curve.high is not None and len(curve.low) > 1:
        x, band = area.x(curve.episode), [_within(area, line) for line in (curve.low, curve.high)]
        outline = np.concatenate([x, x[::-1]]), np.concatenate([band[0], band[1][::-1]])
        canvas.polygon(*outline, Paint(primary, BAND))
    for value in curve.levels.values():
        y = float(area.y(value))
        canvas.line(np.array([area.left, area.right]), np.array([y, y]), Paint(None, 1, colours["muted"], 1.5, (6, 4)))
    if curve.raw is not None:
        _line(canvas, area, curve.episode, curve.raw, Paint(line=mixed(primary, paper, RAW)))
    _line(canvas, area, curve.judged, curve.greedy, Paint(line=colours["agent"], line_width=1.5))
    _line(canvas, area, curve.episode, curve.mean, Paint(line=primary, line_width=2.25))
    kept = thinned(len(curve.judged))
    for x, y in zip(area.x(curve.judged[kept]), _within(area, curve.greedy[kept]), strict=True):
        if np.isfinite(y):
            wide, high = 0.7 * DIAMOND * np.array([0, 1, 0, -1]), DIAMOND * np.array([-1, 0, 1, 0])
            canvas.polygon(x + wide, y + high, Paint(colours["agent"]))
    if len(curve.mean) and np.isfinite(curve.mean[-1]):
        canvas.circle(float(area.x(curve.episode[-1])), float(_within(area, curve.mean[-1])), 3, Paint(primary))


def _line(canvas: Canvas, area: PlotArea, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
    canvas.line(area.x(x), _within(area, y), paint)


def _within(area: PlotArea, values: Any) -> Any:
    """Return the height of values; those outside are at the edge."""
    return area.y(np.clip(values, *area.y_range))
