"""The stored Tetris trainings: a list of them, and deleting one, which can be undone.

Each training has a folder of its own, named by its id, whichever trainer left it.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from gridworld.errors import CheckpointError
from gridworld.storage.archive import Archive
from gridworld.storage.atomic_files import is_plain_file, newest_first, opened, storage_refusals
from gridworld.storage.json_records import check_head, decode
from gridworld.tetris.deep import recipe, stored
from gridworld.tetris.search import storage
from gridworld.tetris.search.worker import BEST, FINAL, FORMAT, LATEST, VERSION

MOST_KEPT = 200
MOST_IN_TRASH = 20
CHECKPOINTS = {"latest": LATEST, "final": FINAL, "best": BEST}
"""What a training by search may have left, in the order in which it is tried."""


@dataclass(frozen=True)
class StoredTraining:
    """What the newest checkpoint of a training holds. `problem` is why it can't be read, else ""."""

    run_id: str
    saved: float  # seconds since 1970
    trainer: str = ""
    placements: int | None = None
    lines: float | None = None  # of the last evaluation games
    problem: str = ""


class _Facts(Struct):
    """What is read of a trainer's part of a document."""

    settings: dict[str, int | float | str | bool | None]
    placements: Annotated[int, Meta(ge=0)]


class _Document(Struct):
    """What is read of a checkpoint's document."""

    trainer: _Facts


def stored_trainings() -> list[StoredTraining]:
    """Return the trainings that left a checkpoint, the newest first."""
    folders = [path for path in _folder().glob("*") if storage.is_run_id(path.name)]
    found = []
    for folder in folders:
        for path in newest_first(folder / name for name in (LATEST, recipe.LATEST)):
            if is_plain_file(path):
                found.append(_read(path, path.stat().st_mtime_ns))
                break
    return sorted(found, key=lambda training: training.saved, reverse=True)


def checkpoint_of(run_id: str, which: str) -> Path:
    """Return the latest, final or best checkpoint of a training, whichever trainer left it.

    Raises
    ------
    CheckpointError
        If it left none of that name.
    """
    for checkpoints in (CHECKPOINTS, recipe.CHECKPOINTS):
        if storage.is_run_id(run_id) and which in checkpoints:
            path = storage.run_folder(run_id) / checkpoints[which]
            if is_plain_file(path):
                return path
    raise CheckpointError("missing", f"The training {run_id[:20]} has no checkpoint called {which[:20]!r}.")


def check_space() -> None:
    """Raise ValueError where no further training may be kept: none is ever deleted to make room."""
    if sum(storage.is_run_id(path.name) for path in _folder().glob("*")) >= MOST_KEPT:
        raise ValueError(f"{MOST_KEPT} trainings are stored, which is the most; delete some of them in the list first.")


def continued(path: Path, run_id: str) -> Path:
    """Return the checkpoint from which a training with this id goes on, in the place of another one's at `path`.

    A network is loaded from its training's own folder only, so it is copied into the new one.
    """
    if path.name not in recipe.CHECKPOINTS.values():
        return path
    folder = storage.run_folder(run_id)
    copy = folder / recipe.LATEST
    with storage_refusals(folder):
        folder.mkdir(parents=True)
        for source, target in ((path, copy), (recipe.player_file(path), recipe.player_file(copy))):
            if is_plain_file(source):
                shutil.copyfile(source, target)
    return copy


def delete_training(run_id: str) -> str:
    """Put a training's folder into the trash, which keeps the last 20, and return a ticket for `undo_delete`."""
    source, ticket = storage.run_folder(run_id), f"{run_id}.{secrets.token_hex(8)}"
    if not source.is_dir():
        raise CheckpointError("missing", f"There is no training {run_id}.")
    with storage_refusals(source):
        _trash().mkdir(parents=True, exist_ok=True)
        source.rename(_trash() / ticket)
        (_trash() / ticket).touch()
    for old in newest_first(_trash().glob("*"))[MOST_IN_TRASH:]:
        shutil.rmtree(old, ignore_errors=True)
    return ticket


def undo_delete(ticket: str) -> str:
    """Take a training out of the trash, and return its id."""
    run_id, _, number = ticket.partition(".")
    source, target = _trash() / ticket, storage.run_folder(run_id)
    if not number.isalnum() or not source.is_dir():
        raise CheckpointError("missing", "That training is no longer in the trash.")
    if target.exists():
        raise CheckpointError("exists", f"A training {run_id} was begun meanwhile.")
    with storage_refusals(target):
        source.rename(target)
    return run_id


@lru_cache(maxsize=2 * MOST_KEPT)
def _read(path: Path, changed: int) -> StoredTraining:
    """Return what a checkpoint of that time holds, in a few numbers."""
    run_id, saved = path.parent.name, changed / 1e9
    try:
        if path.name == recipe.LATEST:
            settings, placements, reached = stored.read_training(path)
            return StoredTraining(run_id, saved, str(settings["algorithm"]), placements, reached)
        with opened(path) as file:
            archive = Archive(file)
            text = archive.text("tetris")
            lines = archive.array("lines").tolist() if "lines" in archive.array_names else []
        if text is None:
            raise CheckpointError("not_a_checkpoint", f"{path.name!r} is not a {FORMAT}.")
        check_head(text, FORMAT, VERSION, repr(path.name))
        facts = decode(text, _Document, repr(path.name)).trainer
    except CheckpointError as problem:
        return StoredTraining(run_id, saved, problem=str(problem))
    known = len(lines) == 2 and lines[1] == lines[1]
    method = str(facts.settings.get("method", ""))
    return StoredTraining(run_id, saved, method, facts.placements, float(lines[1]) if known else None)


def _folder() -> Path:
    return storage.tetris_folder() / "runs"


def _trash() -> Path:
    return storage.tetris_folder() / "trash"
