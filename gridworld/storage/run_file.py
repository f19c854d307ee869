"""Runs as files: one npz each, that any version of this program can read or refuse in a sentence."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError
from gridworld.storage.archive import MAX_BYTES, Archive, pack_archive
from gridworld.storage.atomic_files import opened, written_whole
from gridworld.storage.checkpoint import Checkpoint, freeze, rebuild, resumes_exactly, thaw
from gridworld.storage.document import Summary, read_document
from gridworld.storage.document import read_summary as summary_of
from gridworld.storage.json_records import encode
from gridworld.training.session import TrainingSession

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "freeze",
    "from_bytes",
    "load",
    "read_summary",
    "resumes_exactly",
    "save",
    "thaw",
    "to_bytes",
    "write",
]

DOCUMENT = "checkpoint"


def save(session: TrainingSession, path: str | Path) -> None:
    """Write a run to a file, whole or not at all; what the file had before is replaced.

    Raises
    ------
    CheckpointError
        If the disk refuses, or if the settings can't be written down, as an option that is a Python object.
    """
    write(freeze(session), path)


def write(checkpoint: Checkpoint, path: str | Path, *, replace: bool = True) -> None:
    """Write a copy of a run to a file; with `replace` False a file that is there already stays. Raises as `save`."""
    with written_whole(Path(path), replace=replace) as file:
        _pack(checkpoint, file)


def to_bytes(run: TrainingSession | Checkpoint) -> bytes:
    """Return the bytes that `save` would write. Raises the same errors."""
    buffer = io.BytesIO()
    _pack(run if isinstance(run, Checkpoint) else freeze(run), buffer)
    return buffer.getvalue()


def load(path: str | Path, *, compiled: bool = CAN_COMPILE, limit: int = MAX_BYTES) -> TrainingSession:
    """Return the run of a file, which goes on as if it had never stopped.

    `compiled` chooses how it goes on, whichever way it was made; `limit` is how many bytes the file may unpack to.
    Where an environment can't be put back into an episode the run goes on with its next one, and `session.departures`
    has the reason.

    Raises
    ------
    CheckpointError
        With a sentence and a `code`, for whatever is wrong with the file.
    """
    with opened(Path(path)) as file:
        return _read(file, compiled, limit)


def from_bytes(content: bytes, *, compiled: bool = CAN_COMPILE, limit: int = MAX_BYTES) -> TrainingSession:
    """Return the run of a file's content; everything else as in `load`."""
    return _read(io.BytesIO(content), compiled, limit)


def read_summary(path: str | Path) -> Summary:
    """Return a summary of a file's run (world, agent, seed, step, mean return, ...). Raises as `load`."""
    with opened(Path(path)) as file:
        return summary_of(_text(Archive(file)))


@dataclass(frozen=True)
class _InFile:
    """The arrays of an archive, which shows their form before it gives them."""

    archive: Archive

    def names(self) -> set[str]:
        return self.archive.array_names

    def form(self, name: str) -> tuple[tuple[int, ...], np.dtype]:
        header = self.archive.header(name)
        return header.shape, header.dtype

    def array(self, name: str) -> np.ndarray:
        return self.archive.array(name)


def _read(file: BinaryIO, compiled: bool, limit: int) -> TrainingSession:
    archive = Archive(file, limit)
    return rebuild(_text(archive), _InFile(archive), compiled)


def _text(archive: Archive) -> bytes:
    text = archive.text(DOCUMENT)
    if text is None:
        raise CheckpointError("not_a_checkpoint", "This npz file is not a saved run: it has no description of one.")
    return text


def _pack(checkpoint: Checkpoint, file: BinaryIO) -> None:
    """Write a checkpoint whose document is known to be one that can be read again."""
    read_document(encode(checkpoint.document)).make_settings()
    pack_archive(file, DOCUMENT, checkpoint.document, checkpoint.arrays)
