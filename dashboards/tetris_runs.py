"""The Tetris trainings of this server: begun, found by their id, or taken up again from their last checkpoint."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import param

from dashboards.runs import RUNS, SharedRun
from gridworld.frame import Load, Pace
from gridworld.tetris.settings import TetrisHyperparameters
from gridworld.tetris.storage import forget_old_runs, latest_checkpoint, read_settings, run_folder
from gridworld.tetris.trainer import usable_cores
from gridworld.tetris.worker_trainer import check_settings, make_run

EXECUTOR = ThreadPoolExecutor(1, "tetris")
"""For what takes longer than a tick: rating a player, compiling before a demo."""


class TetrisOptions(param.Parameterized):
    """What can be chosen about a training beside its hyperparameters."""

    target_lines = param.Integer(
        default=0,
        bounds=(0, None),
        label="Target lines (0: no end)",
        doc="Finish when the evaluation games of a generation have so many lines on the average.",
    )
    seed = param.Integer(default=0, bounds=(0, None), label="Seed", doc="The same seed gives the same training.")
    threads = param.Integer(
        default=max(1, usable_cores() - 1),
        bounds=(1, usable_cores()),
        label="Threads",
        doc="Games played at once. One core less than there are leaves room for this page.",
    )


HYPERPARAMETERS = tuple(name for name in TetrisHyperparameters.param if name != "name")
OPTIONS = tuple(name for name in TetrisOptions.param if name != "name")


def default_settings() -> dict[str, Any]:
    """The settings of a new training, without its folder."""
    hyper, options = TetrisHyperparameters(), TetrisOptions()
    return {name: getattr(hyper, name) for name in HYPERPARAMETERS} | {name: getattr(options, name) for name in OPTIONS}


def to_query(settings: Mapping[str, Any]) -> dict[str, str]:
    """What an address says of settings: each value that differs from the default, but for what belongs to a machine."""
    usual = default_settings()
    return {
        name: str(settings[name])
        for name in (*HYPERPARAMETERS, *OPTIONS)
        if name != "threads" and settings.get(name, usual[name]) != usual[name]
    }


def from_query(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Settings from an address, and a sentence for each part of it without sense; the default stands in for it."""
    settings, problems = default_settings(), []
    for name in set(query) & set(settings) - {"threads"}:
        try:
            value = _read(query[name], settings[name])
            check_settings({name: value})
            settings[name] = value
        except ValueError as problem:
            problems.append(f"In the address: {name}={query[name]} makes no sense ({problem}). The default is used.")
    return settings, problems


def _read(word: str, usual: Any) -> Any:
    if isinstance(usual, bool):
        return {"True": True, "False": False}.get(word, word)
    return word if isinstance(usual, str) else int(word) if isinstance(usual, int) else float(word)


def new_run(settings: Mapping[str, Any]) -> SharedRun:
    """A training that has not begun. Raises ValueError for settings that make no sense."""
    forget_old_runs(RUNS.ids())
    return _share(settings, secrets.token_hex(4))


def find_run(run_id: str) -> SharedRun | None:
    """The training of that id: one of this server's, or one that left a checkpoint, ready to go on from it.

    Raises
    ------
    CheckpointError
        If its checkpoint can't be read.
    """
    shared = RUNS.get(run_id)
    checkpoint = latest_checkpoint(run_id) if shared is None else None
    if checkpoint is None:
        return shared if shared is not None and _is_training(shared) else None
    shared = _share({**default_settings(), **read_settings(checkpoint)}, run_id)
    shared.send(Load(str(checkpoint)), "restored", "Taken up from its last checkpoint; Start goes on")
    return shared


def _is_training(shared: SharedRun) -> bool:
    return isinstance(shared.settings, dict) and "folder" in shared.settings


def _share(settings: Mapping[str, Any], run_id: str) -> SharedRun:
    run = make_run({**settings, "folder": str(run_folder(run_id))}, pace=Pace())
    return RUNS.add(SharedRun(run, run.settings, streams=run.streams, attended=False, episodes="games", run_id=run_id))
