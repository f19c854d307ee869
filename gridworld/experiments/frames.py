"""The runs of a plan as one table with a row a run, for pandas, polars, or any other program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from gridworld.experiments.batch import BatchResult
from gridworld.experiments.plan import Plan

LIBRARIES = ("pandas", "polars")


def columns_of(plan: Plan, runs: Sequence[BatchResult]) -> dict[str, np.ndarray]:
    """Return world, contestant, agent, seed and all metrics as columns; `runs` are those of each cell in turn."""
    names = {
        "world": [cell.settings.world for cell in plan.cells],
        "contestant": [cell.label for cell in plan.cells],
        "agent": [cell.settings.agent for cell in plan.cells],
    }
    metrics = np.concatenate([batch.metrics for batch in runs])
    return {
        **{name: np.repeat(np.array(texts, object), plan.runs) for name, texts in names.items()},
        "seed": np.concatenate([batch.seeds for batch in runs]),
        **dict(zip(plan.metrics, metrics.T, strict=True)),
    }


def frame_of(columns: Mapping[str, np.ndarray], library: str) -> Any:
    """Return columns as a data frame of one of `LIBRARIES`.

    Raises
    ------
    ValueError
        If there is no such library.
    ImportError
        In one sentence, where it is not installed.
    """
    if library not in LIBRARIES:
        raise ValueError(f"There are no data frames of {library!r:.40}; choose one of {', '.join(LIBRARIES)}.")
    try:
        frames = import_module(library)
    except ImportError:
        need = f"A data frame of {library} needs that library; install it: pip install {library}."
        raise ImportError(f"{need} Comparison.columns() gives the same as arrays.") from None
    return frames.DataFrame(dict(columns))
