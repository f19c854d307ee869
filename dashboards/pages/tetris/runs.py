"""The Tetris trainings of this server: begun, found by their id, or taken up again from their last checkpoint."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.tetris.settings import default_settings, is_deep, trainer_of
from gridworld.errors import CheckpointError
from gridworld.runs.commands import Pace, Reset, Stop
from gridworld.runs.frame import Frame
from gridworld.runs.process.run import ProcessRun
from gridworld.storage.atomic_files import is_plain_file
from gridworld.tetris.deep import recipe, stored
from gridworld.tetris.search import storage, worker
from gridworld.tetris.trainings import CHECKPOINTS, check_space, checkpoint_of, continued

ASKED = ("timesteps", "target_lines")
"""Settings that no checkpoint holds."""


class CrowdedError(ValueError):
    """As many trainings are at work as this server lets."""

    code = "too-many-trainings"


def check_room(hub: Hub, shared: SharedRun) -> None:
    """Raise ValueError where a training may not begin to work now: too many others do, or too many are stored."""
    most = hub.limits.workers
    if shared.frame.pid is None and hub.runs.workers >= most:
        raise CrowdedError(
            f"{most} trainings are running on this server, which is the most it allows. "
            "Stop one of them in the list of trainings, or try again when one has ended; this one stays as it is."
        )
    if not has_begun(shared):
        check_space()


def new_run(hub: Hub, settings: Mapping[str, Any]) -> SharedRun:
    """Return a training that has not begun. Raises ValueError for settings that make no sense."""
    return _share(hub, settings, secrets.token_hex(4))


def has_begun(shared: SharedRun) -> bool:
    """Return whether there is anything of a training that other settings would throw away."""
    frame = shared.frame
    return frame.step > 0 or frame.resumable or frame.pid is not None


def change_settings(shared: SharedRun, settings: Mapping[str, Any]) -> None:
    """Give a training that has not begun other settings, and another trainer where they are for one.

    Raises
    ------
    ValueError
        If the settings make no sense, or the training has begun; then nothing has changed.
    """
    if has_begun(shared):
        raise ValueError("This training has begun and keeps its settings; begin a new training with other ones.")
    note = "settings", "New settings"
    if is_deep(settings) == is_deep(shared.settings):
        shared.send(Reset({**settings, "folder": shared.settings["folder"]}), *note)
    else:
        run = _make(settings, shared.id, pace=shared.frame.pace, epoch=shared.frame.epoch + 1)
        shared.replace(run, *note)


def begin_another(hub: Hub, shared: SharedRun, settings: Mapping[str, Any]) -> SharedRun:
    """Return a new training with these settings; the former one is stopped, which saves it, and stays in the list.

    Raises
    ------
    ValueError
        If the settings make no sense; then nothing has changed.
    """
    other = new_run(hub, {name: value for name, value in settings.items() if name != "folder"})
    if shared.frame.pid is not None:
        shared.send(Stop(), "stopped", f"Stopped, because the training {other.id} was begun")
    other.journal.note("begun", f"A new training; the former one, {shared.id}, is in the list of trainings")
    return other


def find_run(hub: Hub, run_id: str, asked: Mapping[str, Any] | None = None) -> SharedRun | None:
    """Return the training of that id: one of this server's, or one that left a checkpoint, ready to go on from it.

    It shows what the checkpoint holds at once. Where the latest one is damaged, it is the final or the best one.
    `asked` are the settings of an address: the targets are taken from there, for a checkpoint does not hold them.

    Raises
    ------
    CheckpointError
        If no checkpoint of it can be read.
    ValueError
        If its trainer is not installed here.
    """
    shared = hub.runs.get(run_id)
    if shared is not None:
        return shared if is_training(shared) else None
    candidates = _checkpoints(run_id)
    problems = []
    for path in candidates:
        try:
            shared = _restore(hub, run_id, path, asked or {})
        except CheckpointError as problem:
            problems.append(problem)
            continue
        shared.journal.note("restored", f"Restored from its checkpoint {path.name}; Resume continues it")
        for refusal in problems:
            shared.journal.note("checkpoint-damaged", f"{refusal} The checkpoint {path.name} is used in its place.")
        return shared
    if problems:
        raise problems[0]
    return None


def open_checkpoint(hub: Hub, run_id: str, which: str) -> SharedRun:
    """Return a training of its own that goes on from the latest, final or best checkpoint of another one.

    Raises
    ------
    CheckpointError
        If there is no such checkpoint, or it can't be read.
    """
    other = secrets.token_hex(4)
    shared = _restore(hub, other, continued(checkpoint_of(run_id, which), other), {})
    shared.journal.note("opened", f"Continues the {which} checkpoint of the training {run_id}")
    return shared


def _restore(hub: Hub, run_id: str, path: Path, asked: Mapping[str, Any]) -> SharedRun:
    """Return a training that shows what a checkpoint holds and goes on from it."""
    settings = (stored if path.name in recipe.CHECKPOINTS.values() else storage).read_settings(path)
    usual = default_settings(trainer_of(settings))
    targets = {name: value for name, value in asked.items() if name in ASKED and name in usual}
    asked_for = {**usual, **targets, **settings}
    return _share(hub, asked_for, run_id, checkpoint=str(path), past=_stored_frame(path, asked_for))


def _stored_frame(path: Path, settings: Mapping[str, Any]) -> Frame | None:
    """Return what a checkpoint holds; None where the library of its method of search is not installed here."""
    if is_deep(settings):
        return stored.stored_frame(path, settings["timesteps"])
    try:
        return worker.stored_frame(path)
    except ModuleNotFoundError:
        return None
    except CheckpointError:
        raise
    except ValueError as problem:
        raise CheckpointError("damaged", f"{path.name!r} can't be used: {problem}") from None


def _checkpoints(run_id: str) -> list[Path]:
    """Return the checkpoints of a training in the order in which they are tried: the newest trainer's first."""
    if not storage.is_run_id(run_id):
        return []
    folder = storage.run_folder(run_id)
    own, theirs = (
        [path for name in names.values() if is_plain_file(path := folder / name)]
        for names in (CHECKPOINTS, recipe.CHECKPOINTS)
    )
    is_newer = theirs and (not own or theirs[0].stat().st_mtime_ns > own[0].stat().st_mtime_ns)
    return [*theirs, *own] if is_newer else [*own, *theirs]


def is_training(shared: SharedRun) -> bool:
    """Return whether a run is a Tetris training."""
    return isinstance(shared.settings, dict) and "folder" in shared.settings


def _make(settings: Mapping[str, Any], run_id: str, **options: Any) -> ProcessRun:
    trainer = recipe if is_deep(settings) else worker
    return trainer.make_run({**settings, "folder": str(storage.run_folder(run_id))}, **options)


def _share(hub: Hub, settings: Mapping[str, Any], run_id: str, **options: Any) -> SharedRun:
    run = _make(settings, run_id, pace=Pace(), **options)
    return hub.runs.add(SharedRun(run, attended=False, episodes="games", run_id=run_id))
