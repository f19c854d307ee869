"""A study: the first metric of each cell of a plan, by the values of one or two hyperparameters that are varied."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np

from gridworld.drawing.shared_range import contrast_range
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.plan_files import plan_from
from gridworld.experiments.statistics import Estimate
from gridworld.worlds.checks import is_number


@dataclass(frozen=True)
class StudyPoint:
    """A cell of a plan, the values of what is varied (nan for what its agent doesn't have), and the metric."""

    cell: Cell
    values: tuple[float, ...]
    estimate: Estimate

    @property
    def place(self) -> int:
        """Of the contestant in the plan."""
        return self.cell.place


@dataclass(frozen=True)
class Study:
    """The points of a plan's study."""

    names: Sequence[str]  # of the hyperparameters that are varied
    contestants: Sequence[str]
    points: Sequence[StudyPoint]
    metric: str
    runs: int
    is_log: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest value of what is varied first."""
        values = [point.values[0] for point in self.points if not isnan(point.values[0])]
        return min(values), max(values)

    @property
    def mapped(self) -> list[int]:
        """The places of contestants that have all that is varied: of two hyperparameters, those that have a map."""
        return sorted({point.place for point in self.points if np.isfinite(point.values).all()})

    @property
    def worst_and_best(self) -> tuple[float, float]:
        """The ends of a scale of colours for the metric; outliers have the last colour."""
        values = np.array([point.estimate.value for point in self.points])
        low, high = contrast_range(values[np.isfinite(values)])
        return (low, high) if METRICS[self.metric].higher_is_better else (high, low)

    def line(self, place: int) -> dict[str, np.ndarray]:
        """Return the points of a contestant from left to right, float64 [n] each: x, value, low, high, cell.

        Without the hyperparameter that is varied it is level between the ends. Where a point has no interval yet, its
        ends are the value itself.
        """
        own = [(point.values[0], number) for number, point in enumerate(self.points) if point.place == place]
        if isnan(own[0][0]):
            own = [(end, own[0][1]) for end in self.ends]
        x, cell = (np.array(column, float) for column in zip(*sorted(own), strict=True))
        found = [self.points[int(number)].estimate for number in cell]
        value, low, high = np.array([(one.value, one.low, one.high) for one in found]).T
        low, high = (np.where(np.isfinite(edge), edge, value) for edge in (low, high))
        return {"x": x, "value": value, "low": low, "high": high, "cell": cell}

    def at(self, point: StudyPoint) -> list[Cell]:
        """Return the cells with the values of a point: one of each contestant, as far as there is one."""
        return [
            other.cell
            for other in self.points
            if all(isnan(own) or own == value for own, value in zip(other.values, point.values, strict=True))
        ]


def study_of(plan: Plan, result: Comparison | None) -> Study | None:
    """Return the study of a plan; None where it varies nothing, no numbers or more than two, or has no runs yet."""
    return None if result is None else _study(plan, lambda cell: result.estimate(cell.label), result.plan.runs)


def read_study(path: str | Path) -> Study:
    """Return the study of a file that `gridworld compare PLAN --json` printed, without its runs.

    Raises
    ------
    ValueError
        In one sentence, if it is no such file, or its plan varies nothing, or more than two hyperparameters.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text("utf-8"))
        plan, metric = plan_from(document["plan"], path.name), document["plan"]["metrics"][0]
        found = {one["label"]: _estimate(one["metrics"][metric]) for one in document["contestants"]}
        study = _study(plan, lambda cell: found[cell.label], plan.runs)
    except (LookupError, TypeError, json.JSONDecodeError):
        raise ValueError(f"{path.name} is not what `gridworld compare PLAN --json` prints.") from None
    if study is None:
        raise ValueError(f"{path.name} is no study: its plan must vary one or two hyperparameters that are numbers.")
    return study


def _estimate(document: Mapping[str, Any]) -> Estimate:
    low, high = (nan if end is None else end for end in document["interval"])
    value = document.get("median", document["mean"])
    rest = {name: document[name] for name in ("n", "level", "method", "warning")}
    return Estimate(nan if value is None else value, low, high, **rest)


def _study(plan: Plan, estimate: Callable[[Cell], Estimate], runs: int) -> Study | None:
    spreads = {
        name: value
        for one in plan.contestants
        for name, value in one.hyperparameters.items()
        if isinstance(value, Mapping | list | tuple)
    }
    if not 1 <= len(spreads) <= 2:
        return None
    names, points = sorted(spreads), []
    for cell in plan.cells:
        values = tuple(cell.settings.hyperparameters.get(name, nan) for name in names)
        if not all(map(is_number, values)):
            return None
        points.append(StudyPoint(cell, tuple(map(float, values)), estimate(cell)))
    first = spreads[names[0]]
    is_log = isinstance(first, Mapping) and first.get("scale") == "log" and not any(p.values[0] <= 0 for p in points)
    labels = [one.label or one.agent for one in plan.contestants]
    return Study(names, labels, points, plan.metrics[0], runs, is_log)
