"""Stored Tetris trainings: whatever lies in the folder is refused in a sentence or left alone."""

import io
import json

import pytest

from gridworld.errors import CheckpointError
from gridworld.storage.archive import pack_archive
from gridworld.tetris.search import storage
from gridworld.tetris.search.settings import TetrisHyperparameters
from gridworld.tetris.search.trainer import TetrisTrainer
from gridworld.tetris.search.worker import FORMAT, LATEST, VERSION

SETTINGS = TetrisTrainer(TetrisHyperparameters(population=10), seed=3, threads=1).settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def stored(path, trainer) -> None:
    buffer = io.BytesIO()
    pack_archive(buffer, "tetris", {"format": FORMAT, "version": VERSION, "trainer": trainer}, {})
    path.write_bytes(buffer.getvalue())


def test_the_settings_of_a_training_are_read(tmp_path):
    path = tmp_path / LATEST
    stored(path, {"settings": SETTINGS, "seed": 1 << 90})
    assert storage.read_settings(path) == {**SETTINGS, "seed": 1 << 90}


@pytest.mark.parametrize(
    "trainer",
    [
        None,
        [],
        {"settings": SETTINGS},
        {"settings": SETTINGS, "seed": -1},
        {"settings": SETTINGS, "seed": 1.5},
        {"settings": SETTINGS, "seed": "3"},
        {"settings": [], "seed": 3},
        {"settings": {**SETTINGS, "population": 10**400}, "seed": 3},
        {"settings": {**SETTINGS, "noise": [1]}, "seed": 3},
        {"settings": {**SETTINGS, "more": 1}, "seed": 3},
    ],
    ids=lambda trainer: json.dumps(trainer)[-30:],
)
def test_settings_without_sense_are_refused(tmp_path, trainer):
    path = tmp_path / LATEST
    stored(path, trainer)
    with pytest.raises(CheckpointError) as caught:
        storage.read_settings(path)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("run_id", ["00000000", "00000001", "../../../", "x", ""])
def test_a_checkpoint_that_is_no_file_is_none(folder, run_id):
    (folder / "00000001" / LATEST).mkdir(parents=True)
    assert storage.latest_checkpoint(run_id) is None
