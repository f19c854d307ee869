"""What a checkpoint of a training with stable-baselines3 holds, read without its pickles."""

from __future__ import annotations

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from gridworld.errors import CheckpointError
from gridworld.runs.frame import Frame, Status
from gridworld.runs.process.trainer import ProcessScene
from gridworld.storage.atomic_files import is_plain_file
from gridworld.tetris.deep.log import DeepLog
from gridworld.tetris.deep.recipe import (
    VERSION,
    DeepMetrics,
    check_settings,
    hyperparameters,
    player_file,
    stored_player,
)
from gridworld.tetris.deep.settings import FORMER_SETTINGS

MAX_DATA = 64 << 20  # bytes of a model's description


def read_settings(path: Path) -> dict[str, Any]:
    """Return the algorithm, hyperparameters and seed of a checkpoint.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    return _read(path)[0]


def read_training(path: Path) -> tuple[dict[str, Any], int | None, float | None]:
    """Return the same, and the placements and the mean lines of the last 100 games; None where they aren't known."""
    settings, steps, log = _read(path)
    try:
        figures = log.get("figures", ())
        lines = figures[1] if len(figures) == 3 else None
    except (AttributeError, TypeError) as problem:
        raise _damaged(path, problem) from None
    return settings, steps, lines if type(lines) is float else None


def stored_frame(path: Path, timesteps: int) -> Frame | None:
    """Return what a checkpoint holds, as the frame of a run that is paused there; it is to do `timesteps` in all.

    None where it holds no log.

    Raises
    ------
    CheckpointError
        With a sentence, for whatever is wrong with the file.
    """
    settings, steps, kept = _read(path)
    if not kept:
        return None
    log = DeepLog()
    try:
        log.restore(kept)
        metrics = _metrics(path, settings, steps or 0, log, timesteps)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, zlib.error) as problem:
        raise _damaged(path, problem) from None
    return Frame(0, Status.PAUSED, metrics.placements, log.games, ProcessScene(None, metrics), log.news())


def _metrics(path: Path, settings: dict[str, Any], steps: int, log: DeepLog, timesteps: int) -> DeepMetrics:
    is_shown = hyperparameters(settings).is_linear and is_plain_file(player_file(path))
    weights = stored_player(path).weights if is_shown else ()
    return log.metrics(steps, weights, settings["algorithm"], timesteps)


def _read(path: Path) -> tuple[dict[str, Any], int | None, Any]:
    """Return the settings of a checkpoint, its placements, and its log as it was written."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("data").file_size > MAX_DATA:
                raise CheckpointError("too_large", f"The description in {path.name!r} is too large.")
            described = json.loads(archive.read("data"))
        kept = described["laboratory"]
        version, settings = kept["version"], {**FORMER_SETTINGS, **kept["settings"]}
        steps, log = described.get("num_timesteps"), kept.get("log", {})
    except FileNotFoundError:
        raise CheckpointError("missing", f"There is no file {path.name!r}.") from None
    except CheckpointError:
        raise
    except (
        zipfile.BadZipFile,
        EOFError,
        KeyError,
        AttributeError,
        TypeError,
        ValueError,
        NotImplementedError,
    ) as problem:
        raise _damaged(path, problem) from None
    if version != VERSION:
        raise CheckpointError("version", f"{path.name!r} was written by another version of this program.")
    try:
        check_settings(settings)
    except ValueError as problem:
        raise CheckpointError("settings", f"{path.name!r} has invalid settings: {problem}") from None
    return settings, steps if type(steps) is int else None, log


def _damaged(path: Path, problem: Exception) -> CheckpointError:
    return CheckpointError("damaged", f"{path.name!r} is not a checkpoint of a training: {problem}.")
