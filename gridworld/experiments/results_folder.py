"""Results in a folder: a manifest, and one Parquet file a batch, so that interrupted work goes on where it stopped."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from gridworld.experiments.batch import Batch, BatchResult
from gridworld.experiments.plan import Plan
from gridworld.experiments.plan_files import plan_document, plan_from
from gridworld.experiments.tally import Axis
from gridworld.storage.atomic_files import clean_leftovers, held_alone, opened, storage_refusals, written_whole
from gridworld.version import __version__

MANIFEST, LOCK = "manifest.json", ".lock"
FORMAT, FORMAT_VERSION = "gridworld experiment", 1
NAME = re.compile(r"(?P<cell>[0-9a-f]{16})-(?P<first>\d{1,16})-(?P<runs>\d{1,4})\.parquet")
LARGEST_MANIFEST = 16 << 20  # bytes
LIBRARIES = ("numpy", "numba", "scipy", "gymnasium", "pyarrow")


class ResultsFolder:
    """The folder of one plan. A batch is there as a whole or not at all, whatever happens while it is written.

    Parameters
    ----------
    path
        Made if there is none.
    plan
        What is run; a folder that has a plan already must have the same one. None: the one that the folder has.

    Raises
    ------
    ValueError
        In one sentence, if the folder holds something else, can't be used, or pyarrow is not installed.
    """

    def __init__(self, path: str | Path, plan: Plan | None = None) -> None:
        _parquet()
        self.path = Path(path)
        manifest = self.path / MANIFEST
        if plan is None or manifest.is_file():
            self.plan = self._read_plan(manifest)
            if plan is not None and plan_document(plan) != plan_document(self.plan):
                raise ValueError(f"{self.path} has the results of another plan; choose another folder.")
            return
        self.plan = plan
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise ValueError(f"The folder {self.path} can't be made: {problem.strerror}; choose another.") from None
        if any(self.path.glob("*.parquet")):
            raise ValueError(f"{self.path} has Parquet files but no {MANIFEST}; choose another folder.")
        with written_whole(manifest) as file:
            file.write(json.dumps(_manifest(plan), indent=2, ensure_ascii=False).encode() + b"\n")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let this process alone write into the folder.

        Raises
        ------
        ValueError
            If another one does.
        """
        with held_alone(self.path / LOCK) as alone:
            if not alone:
                raise ValueError(f"Another process is writing into {self.path}; wait for it, or choose another folder.")
            clean_leftovers(self.path)
            yield

    def missing(self) -> Iterator[Batch]:
        """Yield the batches of the plan that are not there yet."""
        there = {file.name for file in self._files()}
        return (batch for batch in self.plan.batches() if _name(batch.cell, batch.first_seed, batch.runs) not in there)

    @property
    def done(self) -> int:
        """How many runs of the plan are there."""
        return sum(_runs_of(file) for file in self._files())

    def write(self, result: BatchResult) -> None:
        """Write what came out of a batch."""
        pa, parquet = _parquet()
        columns = {"seed": pa.array(result.seeds)}
        columns |= {name: pa.array(values) for name, values in zip(self.plan.metrics, result.metrics.T, strict=True)}
        for name, curves in (("returns", result.returns), ("lengths", result.lengths)):
            flat = pa.array(np.ascontiguousarray(curves).reshape(-1))
            columns[f"curve_{name}"] = pa.FixedSizeListArray.from_arrays(flat, curves.shape[1])
        table = pa.table(columns)
        with written_whole(self.path / _name(result.cell, result.first_seed, len(result.seeds))) as file:
            parquet.write_table(table, file)

    def read(self, curves: bool = True) -> Iterator[BatchResult]:
        """Yield the finished batches one at a time; without curves, their curves have no points.

        Raises
        ------
        ValueError
            If a file is damaged.
        """
        for file in self._files():
            yield self._read_batch(file, curves)

    def _read_batch(self, file: Path, curves: bool) -> BatchResult:
        _, parquet = _parquet()
        found = NAME.fullmatch(file.name)
        assert found is not None
        first, runs = int(found["first"]), _runs_of(file)
        names = [f"curve_{name}" for name in ("returns", "lengths")] if curves else []
        try:
            with opened(file) as content:
                table = parquet.read_table(content, columns=["seed", *self.plan.metrics, *names])
            seeds = table["seed"].to_numpy()
            metrics = np.column_stack([table[name].to_numpy() for name in self.plan.metrics]).astype(float)
            shape = runs, Axis(self.plan.episodes, self.plan.steps, self.plan.points).points
            arrays = [table[name].combine_chunks().flatten().to_numpy().reshape(shape) for name in names]
        except (OSError, KeyError, ValueError, TypeError) as problem:
            raise ValueError(f"{file.name} is damaged: delete it, and its runs are done again. ({problem})") from None
        if not np.array_equal(seeds, np.arange(first, first + runs)):
            raise ValueError(f"{file.name} is damaged: delete it, and its runs are done again.")
        returns, lengths = arrays or [np.zeros((runs, 0), np.float32)] * 2
        return BatchResult(found["cell"], seeds, metrics, returns, lengths)

    def _files(self) -> list[Path]:
        """Return the files of batches of the plan, in the order of their names."""
        cells = {cell.key for cell in self.plan.cells}
        with storage_refusals(self.path):
            named = ((file, NAME.fullmatch(file.name)) for file in sorted(self.path.iterdir()))
            return [file for file, found in named if found and found["cell"] in cells]

    def _read_plan(self, manifest: Path) -> Plan:
        with opened(manifest) as file:
            content = file.read(LARGEST_MANIFEST)
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError(f"{manifest} is not the manifest of an experiment.")
        if document.get("version") != FORMAT_VERSION:
            raise ValueError(
                f"{manifest} has the format version {document.get('version')!r:.40}, which isn't known here."
            )
        return plan_from(document.get("plan"), str(manifest))


def _manifest(plan: Plan) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "plan": plan_document(plan),
        "cells": {cell.key: cell.label for cell in plan.cells},
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {"gridworld": __version__, "python": platform.python_version()}
        | {name: _version(name) for name in LIBRARIES},
        "machine": {"system": platform.platform(), "processor": platform.machine(), "cores": os.cpu_count()},
    }


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None


def _name(cell: str, first_seed: int, runs: int) -> str:
    return f"{cell}-{first_seed}-{runs}.parquet"


def _runs_of(file: Path) -> int:
    """Return how many runs a file has, by its name."""
    return int(file.stem.rpartition("-")[2])


def _parquet() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ValueError("A folder of results needs the library pyarrow; install it: pip install pyarrow.") from None
    return pa, parquet
