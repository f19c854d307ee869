"""Where Tetris trainings and players are kept, and what a stored training was made from."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct

from gridworld.errors import CheckpointError
from gridworld.storage.archive import Archive
from gridworld.storage.atomic_files import is_plain_file, opened
from gridworld.storage.json_records import check_head, decode
from gridworld.storage.library import default_folder
from gridworld.tetris.search.settings import TetrisHyperparameters, present_settings
from gridworld.tetris.search.worker import FORMAT, LATEST, VERSION

VARIABLE = "GRIDWORLD_TETRIS"
_RUN_ID = re.compile(r"[0-9a-f]{8}")


def tetris_folder() -> Path:
    """Return the folder that GRIDWORLD_TETRIS names, or the system's place for a user's data."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else default_folder().with_name("tetris")


def players_folder() -> Path:
    """Return the folder of the saved players."""
    return tetris_folder() / "players"


def is_run_id(text: str) -> bool:
    """Return whether a run may have this id."""
    return _RUN_ID.fullmatch(text) is not None


def run_folder(run_id: str) -> Path:
    """Return the folder of a training's checkpoints; raise ValueError for what is no id."""
    if not is_run_id(run_id):
        raise ValueError(f"{run_id!r} is not the id of a run.")
    return tetris_folder() / "runs" / run_id


def latest_checkpoint(run_id: str) -> Path | None:
    """Return the newest checkpoint of a training, if it left one."""
    if not is_run_id(run_id):
        return None
    path = run_folder(run_id) / LATEST
    return path if is_plain_file(path) else None


class _Trainer(Struct):
    """What a trainer was made from."""

    settings: dict[str, int | float | str | bool | None]
    seed: Annotated[int, Meta(ge=0)]
    version: Any = None


class _Training(Struct):
    """The part of a training's document that is needed to make another one like it."""

    trainer: _Trainer


def read_settings(path: Path) -> dict[str, Any]:
    """Return the hyperparameters and the seed of a stored training.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    with opened(path) as file:
        text = Archive(file).text("tetris")
    if text is None:
        raise CheckpointError("not_a_checkpoint", f"{path.name!r} is not a {FORMAT}.")
    check_head(text, FORMAT, VERSION, repr(path.name))
    trainer = decode(text, _Training, repr(path.name)).trainer
    settings = present_settings(trainer.settings, trainer.version)
    try:
        TetrisHyperparameters(**settings)
    except (TypeError, ValueError, ArithmeticError) as problem:
        raise CheckpointError("damaged", f"{path.name!r} has invalid settings: {problem}.") from None
    return {**settings, "seed": trainer.seed}
