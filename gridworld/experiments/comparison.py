"""A comparison of agents: the runs of a plan, and what follows from them with which certainty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from math import isfinite
from typing import Any, Literal

import numpy as np

from gridworld.errors import did_you_mean
from gridworld.experiments.batch import BatchResult
from gridworld.experiments.curves import CURVES, Curve, CurveKind, mean_curve, quantile_curve
from gridworld.experiments.decision import Decision, decide
from gridworld.experiments.frames import columns_of, frame_of
from gridworld.experiments.merging import by_cell, first_runs, merged
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.plan_files import plan_document
from gridworld.experiments.reports import report
from gridworld.experiments.statistics import (
    Estimate,
    MeanMethod,
    confidence_sequence,
    holm,
    mean_estimate,
    median_estimate,
    paired_difference,
    paired_p_value,
)
from gridworld.experiments.tally import Axis

MANY = 2_000  # runs from which on the t interval covers as well as the bootstrap, in no time
MOST_COMPARED = 8  # cells of which all pairs are compared


class Comparison:
    """The runs of a plan, merged from batches that came in any order.

    Parameters
    ----------
    plan
        What was run.
    results
        Of its batches.
    interim
        Whether more runs may follow, depending on these: then all intervals are confidence sequences, which may be
        looked at any number of times.
    """

    def __init__(self, plan: Plan, results: Iterable[BatchResult], *, interim: bool = False) -> None:
        self.plan, self.interim = plan, interim
        parts = by_cell(plan, results)
        self._runs = {cell.key: merged(cell, parts[cell.key], plan) for cell in plan.cells}

    def __repr__(self) -> str:
        return f"<Comparison of {len(self.plan.cells)} contestants, {self.plan.runs:,} runs each>"

    def cell(self, label: str, world: str | None = None) -> Cell:
        """Return the cell of a contestant's label; of several worlds, name one.

        Raises
        ------
        ValueError
            If there is none, or more than one.
        """
        found = [cell for cell in self.plan.cells if cell.label == label and world in (None, cell.settings.world)]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"{label!r} was run in {len(found)} worlds; name one of them: world=...")
        labels = list(dict.fromkeys(cell.label for cell in self.plan.cells))
        raise ValueError(
            f"There is no contestant {label!r:.60}; they are {', '.join(labels[:20])}.{did_you_mean(label, labels)}"
        )

    def runs(self, label: str, world: str | None = None) -> BatchResult:
        """Return the runs of a contestant, a row a seed in the order of the seeds."""
        return self._runs[self.cell(label, world).key]

    def values(self, label: str, metric: str | None = None, world: str | None = None) -> np.ndarray:
        """Return a metric of each run, float64 [runs] in the order of the seeds; without a name the plan's first."""
        return self.runs(label, world).metrics[:, self._column(metric)]

    def estimate(
        self, label: str, metric: str | None = None, *, world: str | None = None, level: float = 0.95
    ) -> Estimate:
        """Return the mean of a metric over the runs with an interval; the median where some runs aren't finite."""
        return self._estimate(self.values(label, metric, world), level)

    def difference(
        self, one: str, other: str, metric: str | None = None, *, world: str | None = None, level: float = 0.95
    ) -> Estimate:
        """Return the mean difference of two contestants, `one` - `other`, paired by seed, with an interval."""
        mine, theirs = self.values(one, metric, world), self.values(other, metric, world)
        return self._difference(mine, theirs, level)

    def curve(self, label: str, kind: CurveKind = "returns", *, world: str | None = None, level: float = 0.95) -> Curve:
        """Return the mean curve of a contestant over its runs, with a band of pointwise intervals."""
        values, axis = self._points(label, kind, world)
        return mean_curve(values, axis, level, interim=self.interim)

    def quantiles(
        self, label: str, kind: CurveKind = "returns", *, world: str | None = None, level: float = 0.5
    ) -> Curve:
        """Return the median curve of a contestant, with a band that holds the middle `level` of its runs."""
        return quantile_curve(*self._points(label, kind, world), level)

    def _points(self, label: str, kind: CurveKind, world: str | None) -> tuple[np.ndarray, Axis]:
        if kind not in CURVES:
            raise ValueError(f"There is no curve of {kind!r:.40}; choose one of {', '.join(CURVES)}.")
        cell = self.cell(label, world)
        return getattr(self._runs[cell.key], kind), Axis(cell.episodes, cell.steps, self.plan.points)

    def decision(self, metric: str | None = None, *, world: str | None = None) -> Decision:
        """Return who is best by a metric, and whether the runs decide it at 95% over all pairs of contestants."""
        name = metric or self.plan.metrics[0]
        labels = [cell.label for cell in self.plan.cells if world in (None, cell.settings.world)]
        values = {label: self.values(label, name, world) for label in labels}
        return decide(values, higher_is_better=METRICS[name].higher_is_better, interim=self.interim)

    def columns(self) -> dict[str, np.ndarray]:
        """Return world, contestant, agent, seed and all metrics as columns with a row a run."""
        return columns_of(self.plan, [self._runs[cell.key] for cell in self.plan.cells])

    def to_frame(self, library: Literal["pandas", "polars"] = "pandas") -> Any:
        """Return a data frame with a row a run: world, contestant, agent, its seed and all metrics.

        Raises
        ------
        ImportError
            In one sentence, where the library is not installed.
        """
        return frame_of(self.columns(), library)

    def plot(self, kind: CurveKind = "returns", *, world: str | None = None, theme: str = "light") -> Any:
        """Return a picture of the learning curves with their bands, which a notebook shows and `save(path)` writes.

        It is drawn without a browser by the package that declares the report "picture"; see `reports`.

        Raises
        ------
        ValueError
            If no such package is installed, or there are more contestants than colours.
        """
        return report("picture")(self, kind, world=world, theme=theme)

    def scores(self, metric: str | None = None) -> dict[str, np.ndarray]:
        """Return a metric in the form of the library rliable: contestant -> float64 [runs, worlds]."""
        labels = dict.fromkeys(cell.label for cell in self.plan.cells)
        worlds = self.plan.worlds
        return {label: np.column_stack([self.values(label, metric, world) for world in worlds]) for label in labels}

    def document(self, level: float = 0.95) -> dict[str, Any]:
        """Return the results of the comparison as plain values, as `gridworld compare --json` prints it."""
        contestants = [
            {
                "label": cell.label,
                "world": cell.settings.world,
                "agent": cell.settings.agent,
                "settings": cell.settings.make_agent().settings(),
                "metrics": {
                    metric: _as_document(self._estimate(self._runs[cell.key].metrics[:, column], level))
                    for column, metric in enumerate(self.plan.metrics)
                },
            }
            for cell in self.plan.cells
        ]
        return {
            "plan": plan_document(self.plan),
            "contestants": contestants,
            "differences": self.differences(self.plan.metrics[0], level),
        }

    def differences(self, metric: str, level: float = 0.95) -> list[dict[str, Any]]:
        """Return all paired differences of a metric within each world, none of more than 8 contestants.

        `p` is that of the paired t-test, adjusted by Holm's method for all pairs of the list.
        """
        column, found, p_values = self._column(metric), [], []
        for world in self.plan.worlds:
            cells = [cell for cell in self.plan.cells if cell.settings.world == world]
            for one, other in combinations(cells, 2) if len(cells) <= MOST_COMPARED else ():
                mine, theirs = (self._runs[cell.key].metrics[:, column] for cell in (one, other))
                estimate = self._difference(mine, theirs, level)
                names = {"world": world, "one": one.label, "other": other.label, "metric": metric}
                found.append({**names, **_as_document(estimate)})
                p_values.append(paired_p_value(mine, theirs))
        return [{**pair, "p": _finite(p)} for pair, p in zip(found, holm(p_values), strict=True)]

    def _estimate(self, values: np.ndarray, level: float) -> Estimate:
        if self.interim:
            return confidence_sequence(values, level)
        found = mean_estimate(values, level, _method(len(values)))
        if np.isfinite(values).all():
            return found
        median = median_estimate(values, level)
        method = f"median, {median.method}"
        return Estimate(median.value, median.low, median.high, median.n, level, method, found.warning)

    def _difference(self, mine: np.ndarray, theirs: np.ndarray, level: float) -> Estimate:
        if self.interim:
            with np.errstate(invalid="ignore"):
                return confidence_sequence(mine - theirs, level)
        return paired_difference(mine, theirs, level, _method(self.plan.runs))

    def _column(self, metric: str | None) -> int:
        if metric is None:
            return 0
        if metric not in self.plan.metrics:
            hint = did_you_mean(metric, self.plan.metrics)
            raise ValueError(f"{metric!r:.40} was not measured; {', '.join(self.plan.metrics)} were.{hint}")
        return self.plan.metrics.index(metric)


def so_far(plan: Plan, results: Iterable[BatchResult]) -> Comparison | None:
    """Return the comparison of the runs that all contestants have by now; None before there are any.

    These are the first seeds without a gap, so that its intervals may be looked at while runs come in.
    """
    runs, whole = first_runs(plan, results)
    return Comparison(replace(plan, runs=runs), whole, interim=True) if runs else None


def _method(runs: int) -> MeanMethod:
    return "t" if runs >= MANY else "studentised bootstrap"


def _as_document(found: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON has it; `mean` is None where there is none, and `median` is there instead."""
    is_median = found.method.startswith("median")
    return {
        "n": found.n,
        "mean": None if is_median else _finite(found.value),
        **({"median": _finite(found.value)} if is_median else {}),
        "interval": [_finite(found.low), _finite(found.high)],
        "level": found.level,
        "method": found.method,
        "warning": found.warning,
    }


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
