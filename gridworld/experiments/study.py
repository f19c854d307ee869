"""A study: the first metric of each cell of a plan, by the values of one or two hyperparameters that are varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan

from gridworld.experiments.comparison import Comparison
from gridworld.experiments.plan import Cell, Plan
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

    def at(self, point: StudyPoint) -> list[Cell]:
        """Return the cells with the values of a point: one of each contestant, as far as there is one."""
        return [
            other.cell
            for other in self.points
            if all(isnan(own) or own == value for own, value in zip(other.values, point.values, strict=True))
        ]


def study_of(plan: Plan, result: Comparison | None) -> Study | None:
    """Return the study of a plan; None where it varies nothing, no numbers or more than two, or has no runs yet."""
    spreads = {
        name: value
        for one in plan.contestants
        for name, value in one.hyperparameters.items()
        if isinstance(value, Mapping | list | tuple)
    }
    if result is None or not 1 <= len(spreads) <= 2:
        return None
    names, points = sorted(spreads), []
    for cell in plan.cells:
        values = tuple(cell.settings.hyperparameters.get(name, nan) for name in names)
        if not all(map(is_number, values)):
            return None
        points.append(StudyPoint(cell, tuple(map(float, values)), result.estimate(cell.label)))
    first = spreads[names[0]]
    is_log = isinstance(first, Mapping) and first.get("scale") == "log" and not any(p.values[0] <= 0 for p in points)
    labels = [one.label or one.agent for one in plan.contestants]
    return Study(names, labels, points, plan.metrics[0], result.plan.runs, is_log)
