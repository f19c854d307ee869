"""A study of two hyperparameters as a picture: for each contestant a heat map of the metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.minus import with_minus
from gridworld.drawing.palette import tokens
from gridworld.experiments.curves import counted
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.outputs import four_digits
from gridworld.experiments.study import Study
from gridworld.pictures.picture import Drawing, check_theme
from gridworld.pictures.sheet import EDGE, HEAD, LEFT, LINE, NOTE, WIDTH

ACROSS, UP, GAP = 64.0, 26.0, 2.0  # units of a cell, and between two
ABOVE, BELOW = 2 * LINE, 2 * LINE  # a map: its contestant and the name of what goes up, and the axis below it


def draw_maps(study: Study, *, theme: str = "light") -> Drawing:
    """Return a heat map for each contestant, one below the other: each cell with its number, the better the bluer.

    Raises
    ------
    ValueError
        If the study doesn't vary two hyperparameters, or no contestant has both.
    """
    check_theme(theme)
    if len(study.names) != 2:
        raise ValueError(f"A heat map is over two hyperparameters; this study varies {len(study.names)}.")
    if not study.mapped:
        raise ValueError(f"No contestant has both {' and '.join(study.names)}, so there is no heat map to draw.")
    maps = [_Map(study, place) for place in study.mapped]
    colours, title = tokens(dark=theme == "dark"), METRICS[study.metric].label
    top = HEAD + NOTE
    height = top + sum(one.height for one in maps) + EDGE

    def paint(canvas: Canvas) -> None:
        note = f"mean of {counted(study.runs)} in each cell, the bluer, the better"
        canvas.text(EDGE, 18, title, colours["ink"], 14, bold=True)
        canvas.text(EDGE, 36, note, colours["muted"], 11)
        begin = top
        for one in maps:
            one.paint(canvas, begin, colours)
            begin += one.height

    width = max(WIDTH, *(LEFT + one.width + EDGE for one in maps))
    return Drawing(width, height, 1.0, title, colours, paint)


class _Map:
    """The cells of one contestant, from its smallest values in the lower left corner."""

    def __init__(self, study: Study, place: int) -> None:
        self._study, self._label = study, study.contestants[place]
        self._worst, self._best = study.worst_and_best
        self._points = [point for point in study.points if point.place == place]
        values = zip(*(point.values for point in self._points), strict=True)
        self._across, self._up = (sorted(set(axis)) for axis in values)
        self.width = ACROSS * len(self._across)
        self.height = ABOVE + UP * len(self._up) + BELOW

    def paint(self, canvas: Canvas, top: float, colours: Mapping[str, Any]) -> None:
        """Draw the map below a height."""
        across, up = (name.replace("_", " ") for name in self._study.names)
        canvas.text(EDGE, top + 0.5 * LINE, self._label, colours["ink"], 12, bold=True)
        canvas.text(EDGE, top + 1.5 * LINE, up, colours["muted"], 12)
        bottom = top + ABOVE + UP * len(self._up)
        for number, value in enumerate(self._up):
            canvas.text(LEFT - 7, bottom - UP * (number + 0.5), _tick(value), colours["muted"], 12, "end")
        for number, value in enumerate(self._across):
            middle = LEFT + ACROSS * (number + 0.5)
            canvas.text(middle, bottom + 0.5 * LINE, _tick(value), colours["muted"], 12, "middle")
        canvas.text(LEFT + self.width / 2, bottom + 1.4 * LINE, across, colours["muted"], 12, "middle")
        for point in self._points:
            left = LEFT + ACROSS * self._across.index(point.values[0])
            above = bottom - UP * (self._up.index(point.values[1]) + 1)
            value = point.estimate.value
            fill = Paint(self._colour(value, colours))
            canvas.rectangle(left + GAP / 2, above + GAP / 2, ACROSS - GAP, UP - GAP, fill)
            text = four_digits(value) if np.isfinite(value) else "–"
            canvas.text(left + ACROSS / 2, above + UP / 2, text, colours["ink"], 11, "middle")

    def _colour(self, value: float, colours: Mapping[str, Any]) -> str:
        if not np.isfinite(value):
            return str(colours["line"])
        ramp, share = colours["ramp"], (value - self._worst) / (self._best - self._worst)
        return str(ramp[int(np.clip(share * len(ramp), 0, len(ramp) - 1))])


def _tick(value: float) -> str:
    return with_minus(f"{value:.4g}")
