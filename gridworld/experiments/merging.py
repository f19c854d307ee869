"""Batches of runs that came in any order, put together in the order of their seeds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gridworld.experiments.batch import BatchResult
from gridworld.experiments.plan import Cell, Plan


def by_cell(plan: Plan, results: Iterable[BatchResult]) -> dict[str, list[BatchResult]]:
    """Return the batches of each cell, by its key, in the order of their seeds."""
    parts: dict[str, list[BatchResult]] = {cell.key: [] for cell in plan.cells}
    for result in sorted(results, key=lambda result: result.first_seed):
        parts[result.cell].append(result)
    return parts


def merged(cell: Cell, parts: list[BatchResult], plan: Plan) -> BatchResult:
    """Return all runs of a cell. Raises ValueError if some are missing, or there twice."""
    seeds = np.concatenate([np.zeros(0, np.int64), *(part.seeds for part in parts)])
    if not np.array_equal(seeds, np.arange(plan.first_seed, plan.first_seed + plan.runs)):
        raise ValueError(f"The runs of {cell.label} are not complete: {len(seeds):,} of {plan.runs:,} are there.")
    arrays = (np.concatenate([getattr(part, name) for part in parts]) for name in ("metrics", "returns", "lengths"))
    return BatchResult(cell.key, seeds, *arrays)


def first_runs(plan: Plan, results: Iterable[BatchResult]) -> tuple[int, list[BatchResult]]:
    """Return how many of the first seeds all cells have without a gap, and the batches of these runs."""
    kept: dict[str, list[BatchResult]] = {}
    for key, parts in by_cell(plan, results).items():
        kept[key], end = [], plan.first_seed
        for part in parts:
            if part.first_seed == end:
                kept[key].append(part)
                end += len(part.seeds)
    runs = min(sum(len(part.seeds) for part in parts) for parts in kept.values())
    end = plan.first_seed + runs
    return runs, [_before(part, end) for parts in kept.values() for part in parts if part.first_seed < end]


def _before(result: BatchResult, end: int) -> BatchResult:
    """Return the runs with a seed below `end`."""
    n = min(len(result.seeds), end - result.first_seed)
    return BatchResult(result.cell, result.seeds[:n], result.metrics[:n], result.returns[:n], result.lengths[:n])
