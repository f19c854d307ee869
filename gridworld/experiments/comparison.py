"""A comparison of agents: the runs of a plan, and what follows from them with which certainty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from math import isfinite
from typing import Any

import numpy as np

from gridworld.errors import did_you_mean
from gridworld.experiments.batch import BatchResult
from gridworld.experiments.curves import Curve, CurveKind, mean_curve
from gridworld.experiments.decision import Decision, decide
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.plan_files import plan_document
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
from gridworld.runs.history import import_pandas

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
        parts: dict[str, list[BatchResult]] = {cell.key: [] for cell in plan.cells}
        for result in results:
            parts[result.cell].append(result)
        self._runs = {cell.key: _merged(cell, parts[cell.key], plan) for cell in plan.cells}

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
        cell = self.cell(label, world)
        axis = Axis(cell.episodes, cell.steps, self.plan.points)
        return mean_curve(getattr(self._runs[cell.key], kind), axis, level, interim=self.interim)

    def decision(self, metric: str | None = None, *, world: str | None = None) -> Decision:
        """Return who is best by a metric, and whether the runs decide it at 95% over all pairs of contestants."""
        name = metric or self.plan.metrics[0]
        labels = [cell.label for cell in self.plan.cells if world in (None, cell.settings.world)]
        values = {label: self.values(label, name, world) for label in labels}
        return decide(values, higher_is_better=METRICS[name].higher_is_better, interim=self.interim)

    def to_frame(self) -> Any:
        """Return a `pandas.DataFrame` with a row a run: world, contestant, agent, its seed and all metrics.

        Raises
        ------
        ImportError
            In one sentence, where pandas is not installed.
        """
        pd = import_pandas("Comparison.values() gives arrays.")
        frames = []
        for cell in self.plan.cells:
            runs = self._runs[cell.key]
            named = {"world": cell.settings.world, "contestant": cell.label, "agent": cell.settings.agent}
            columns = dict(zip(self.plan.metrics, runs.metrics.T, strict=True))
            frames.append(pd.DataFrame({**named, "seed": runs.seeds, **columns}))
        return pd.concat(frames, ignore_index=True)

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
    parts: dict[str, list[BatchResult]] = {cell.key: [] for cell in plan.cells}
    for result in sorted(results, key=lambda result: result.first_seed):
        kept = parts[result.cell]
        if result.first_seed == (kept[-1].seeds[-1] + 1 if kept else plan.first_seed):
            kept.append(result)
    runs = min(sum(len(part.seeds) for part in kept) for kept in parts.values())
    if not runs:
        return None
    end = plan.first_seed + runs
    whole = [_before(part, end) for kept in parts.values() for part in kept if part.first_seed < end]
    return Comparison(replace(plan, runs=runs), whole, interim=True)


def _before(result: BatchResult, end: int) -> BatchResult:
    """Return the runs with a seed below `end`."""
    n = min(len(result.seeds), end - result.first_seed)
    return BatchResult(result.cell, result.seeds[:n], result.metrics[:n], result.returns[:n], result.lengths[:n])


def _merged(cell: Cell, parts: list[BatchResult], plan: Plan) -> BatchResult:
    """Return the runs of a cell in the order of the seeds, whatever the order of the batches was."""
    ordered = sorted(parts, key=lambda part: part.first_seed)
    seeds = np.concatenate([part.seeds for part in ordered]) if ordered else np.zeros(0, np.int64)
    if not np.array_equal(seeds, np.arange(plan.first_seed, plan.first_seed + plan.runs)):
        raise ValueError(f"The runs of {cell.label} are not complete: {len(seeds):,} of {plan.runs:,} are there.")
    arrays = (np.concatenate([getattr(part, name) for part in ordered]) for name in ("metrics", "returns", "lengths"))
    return BatchResult(cell.key, seeds, *arrays)


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
