"""Stored runs, and ways to spoil them."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from gridworld.storage import run_file
from gridworld.storage.archive import Archive, pack_archive
from gridworld.storage.run_file import CheckpointError, from_bytes, to_bytes
from gridworld.training.session import TrainingSession


def begun(steps: int = 1037, **settings) -> TrainingSession:
    session = TrainingSession(**{"world": "medium", "episodes": 0, **settings})
    session.advance(steps)
    return session


def unpacked(session: TrainingSession) -> tuple[dict, dict]:
    """The document and the arrays of a stored run, to be spoilt."""
    archive = Archive(io.BytesIO(to_bytes(session)))
    document = json.loads(archive.text(run_file.DOCUMENT))
    return document, {name: archive.array(name).copy() for name in sorted(archive.array_names)}


def packed(document: dict, arrays: dict) -> bytes:
    buffer = io.BytesIO()
    pack_archive(buffer, run_file.DOCUMENT, document, arrays)
    return buffer.getvalue()


def with_text(content: bytes, text: bytes) -> bytes:
    """A stored run with another text in the place of its document."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for member in old.namelist():
            new.writestr(member, text if member.endswith("json") else old.read(member))
    return changed.getvalue()


def refusal(content: bytes, **options) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        from_bytes(content, **options)
    sentence = str(caught.value)
    assert sentence.endswith((".", "?"))
    assert len(sentence) > 20
    return caught.value


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
