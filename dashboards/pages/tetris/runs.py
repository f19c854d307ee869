"""The Tetris trainings of this server: begun, found by their id, or taken up again from their last checkpoint."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.tetris.settings import default_settings, is_deep, trainer_of
from gridworld.runs.commands import Pace, Reset
from gridworld.runs.process.run import ProcessRun
from gridworld.tetris.deep import recipe
from gridworld.tetris.search import storage, worker

ASKED = ("timesteps", "target_lines")
"""Settings that no checkpoint holds."""


class CrowdedError(ValueError):
    """As many trainings are at work as this server lets."""

    code = "too-many-trainings"


def check_room(hub: Hub, shared: SharedRun) -> None:
    """Raise `CrowdedError` where a training may not begin to work now, because too many others do."""
    most = hub.limits.workers
    if shared.frame.pid is None and hub.runs.workers >= most:
        raise CrowdedError(
            f"{most} trainings are running on this server, which is the most it allows. "
            "Stop one of them, or try again when one has ended; this one stays as it is."
        )


def new_run(hub: Hub, settings: Mapping[str, Any]) -> SharedRun:
    """Return a training that has not begun. Raises ValueError for settings that make no sense."""
    storage.forget_old_runs(hub.runs.ids())
    return _share(hub, settings, secrets.token_hex(4))


def begin_again(shared: SharedRun, settings: Mapping[str, Any]) -> None:
    """Let a training begin again with other settings, and with another trainer where they are for one.

    Raises
    ------
    ValueError
        If the settings make no sense; then nothing has changed.
    """
    note = "settings", "New settings: the run begins again"
    if is_deep(settings) == is_deep(shared.settings):
        shared.send(Reset({**settings, "folder": shared.settings["folder"]}), *note)
    else:
        run = _make(settings, shared.id, pace=shared.frame.pace, epoch=shared.frame.epoch + 1)
        shared.replace(run, *note)


def find_run(hub: Hub, run_id: str, asked: Mapping[str, Any] | None = None) -> SharedRun | None:
    """Return the training of that id: one of this server's, or one that left a checkpoint, ready to go on from it.

    `asked` are the settings of an address: the targets are taken from there, for a checkpoint does not hold them.

    Raises
    ------
    CheckpointError
        If its checkpoint can't be read.
    ValueError
        If its trainer is not installed here.
    """
    shared = hub.runs.get(run_id)
    checkpoint = _latest_checkpoint(run_id) if shared is None else None
    if checkpoint is None:
        return shared if shared is not None and _is_training(shared) else None
    settings = _read_settings(checkpoint)
    usual = default_settings(trainer_of(settings))
    targets = {name: value for name, value in (asked or {}).items() if name in ASKED and name in usual}
    shared = _share(hub, {**usual, **targets, **settings}, run_id, checkpoint=str(checkpoint))
    shared.journal.note("restored", "Restored from its last checkpoint; Start continues it")
    return shared


def _latest_checkpoint(run_id: str) -> Path | None:
    """Return the newest checkpoint of a training, whichever trainer left it."""
    own = storage.latest_checkpoint(run_id)
    theirs = recipe.latest_checkpoint(storage.run_folder(run_id)) if storage.is_run_id(run_id) else None
    return max((path for path in (own, theirs) if path), key=lambda path: path.stat().st_mtime_ns, default=None)


def _read_settings(checkpoint: Path) -> dict[str, Any]:
    return (recipe if checkpoint.name == recipe.LATEST else storage).read_settings(checkpoint)


def _is_training(shared: SharedRun) -> bool:
    return isinstance(shared.settings, dict) and "folder" in shared.settings


def _make(settings: Mapping[str, Any], run_id: str, **options: Any) -> ProcessRun:
    trainer = recipe if is_deep(settings) else worker
    return trainer.make_run({**settings, "folder": str(storage.run_folder(run_id))}, **options)


def _share(hub: Hub, settings: Mapping[str, Any], run_id: str, **options: Any) -> SharedRun:
    run = _make(settings, run_id, pace=Pace(), **options)
    return hub.runs.add(SharedRun(run, attended=False, episodes="games", run_id=run_id))
