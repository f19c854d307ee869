"""A study as a picture: a metric over one hyperparameter, a line with a band for each contestant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.dashes import DASHES
from gridworld.drawing.minus import with_minus
from gridworld.drawing.plots import SIZE
from gridworld.drawing.shared_range import whole_range
from gridworld.experiments.curves import counted
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.study import Study
from gridworld.pictures.picture import Drawing
from gridworld.pictures.sheet import Sheet, draw_band, sheet

DOT = 4.0  # units from the middle of a point to its edge
MARKS = "●", "○"  # of the points of each study, which are filled or hollow
MOST_TICKS = 12
MARGIN = 0.03  # of the axis, left and right of the points


def draw_studies(
    studies: Mapping[str, Study], y_range: tuple[float, float] | None = None, *, theme: str = "light"
) -> Drawing:
    """Return one or two studies of the same contestants over the same hyperparameter.

    Parameters
    ----------
    studies
        By what is said of them; the points of the first are filled, those of the second are hollow.
    y_range
        The ends of the axis; None: all values are in sight.

    Raises
    ------
    ValueError
        If they can't be drawn together, or vary two hyperparameters.
    """
    first = next(iter(studies.values()))
    _check(list(studies.values()))
    lines = {name: [study.line(place) for place in range(len(first.contestants))] for name, study in studies.items()}
    every = [line[name] for own in lines.values() for line in own for name in ("value", "low", "high")]
    start, end = (float(end) for end in _placed(np.array(first.ends), first))
    margin = MARGIN * (end - start) or 0.5
    ranges = (start - margin, end + margin), y_range or whole_range(every)
    notes = [_note(name, study, place, lines[name], ranges[1]) for place, (name, study) in enumerate(studies.items())]
    axis = first.names[0].replace("_", " ")
    made = sheet(METRICS[first.metric].label, notes, first.contestants, axis, ranges, theme)
    return made.drawing(partial(_paint, made, first, list(lines.values())))


def _check(studies: Sequence[Study]) -> None:
    """Refuse what can't be drawn as lines over one axis."""
    first = studies[0]
    if len(studies) > len(MARKS):
        raise ValueError(f"There are {len(studies)} studies; a picture shows at most {len(MARKS)}.")
    if len(first.names) != 1:
        raise ValueError("Lines are over one hyperparameter; this one varies two, which `draw_maps` draws.")
    if len(first.contestants) > len(DASHES):
        raise ValueError(f"There are {len(first.contestants)} contestants; a picture shows at most {len(DASHES)}.")
    for other in studies[1:]:
        if [*other.names, *other.contestants] != [*first.names, *first.contestants] or other.metric != first.metric:
            raise ValueError("Studies in one picture have the same contestants, hyperparameter and metric.")


def _paint(
    made: Sheet, study: Study, all_lines: Sequence[Sequence[Mapping[str, np.ndarray]]], canvas: Canvas,
    looks: Sequence[Paint],
) -> None:  # fmt: skip
    area, paper = made.area, made.colours["paper"]
    for place, lines in enumerate(all_lines):
        for line, look in zip(lines, looks, strict=True):
            x = _placed(line["x"], study)
            across, up = _within(x, line["value"], area.y_range)
            low, high = (np.interp(across, x, line[edge]) for edge in ("low", "high"))
            low[np.isnan(up)] = np.nan  # no band where there is no line
            draw_band(canvas, area, across, low, high, look)
            canvas.line(area.x(across), area.y(up), look)
        for line, look in zip(lines, looks, strict=True):
            for x, y in zip(_placed(line["x"], study), line["value"], strict=True):
                if area.y_range[0] <= y <= area.y_range[1]:
                    fill = paper if place else look.line
                    canvas.circle(float(area.x(x)), float(area.y(y)), DOT, Paint(fill, 1.0, look.line, 1.5))
    values = sorted({point.values[0] for point in study.points if np.isfinite(point.values[0])})
    for value in values[:: -(-len(values) // MOST_TICKS)]:
        at = float(area.x(_placed(np.array(value), study)))
        canvas.text(at, area.bottom + 4 + SIZE, with_minus(f"{value:.4g}"), made.colours["muted"], SIZE, "middle")


def _placed(values: np.ndarray, study: Study) -> np.ndarray:
    """Return where values lie on the axis, which is logarithmic if those of the study are."""
    return np.log10(values) if study.is_log else values


def _within(x: np.ndarray, y: np.ndarray, y_range: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return a line as far as it is within the axis: it ends where it crosses an end, and nan breaks it beyond."""
    points = [(x[0], y[0])]
    for (x0, y0), (x1, y1) in pairwise(zip(x, y, strict=True)):
        crossed = [x0 + (x1 - x0) * (end - y0) / (y1 - y0) for end in y_range if (y0 - end) * (y1 - end) < 0]
        points += [(at, np.clip(y0 + (y1 - y0) * (at - x0) / (x1 - x0), *y_range)) for at in sorted(crossed)]
        points.append((x1, y1))
    across, up = np.array(points).T
    is_within = (y_range[0] <= up) & (up <= y_range[1])
    return across, np.where(is_within, up, np.nan)


def _note(
    name: str, study: Study, place: int, lines: Sequence[Mapping[str, np.ndarray]], y_range: tuple[float, float]
) -> str:
    """Return what the points of a study are, and how far they go beyond the axis."""
    values = np.concatenate([line["value"] for line in lines])
    values = values[np.isfinite(values)]
    note = f"{MARKS[place]} {name + ': ' if name else ''}mean of {counted(study.runs)} at each point, 95% intervals"
    for end, beyond, where in ((values.min(), values.min() < y_range[0], "below"),
                               (values.max(), values.max() > y_range[1], "above")):  # fmt: skip
        note += with_minus(f"; {where} the axis, to {end:,.4g}") if beyond else ""
    return note
