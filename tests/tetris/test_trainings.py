"""The list of stored trainings: none is lost, none hides another, and a deletion can be undone."""

import json
import zipfile

import pytest

from gridworld.errors import CheckpointError
from gridworld.tetris.deep.recipe import LATEST as NETWORK
from gridworld.tetris.deep.recipe import VERSION
from gridworld.tetris.search import storage
from gridworld.tetris.search.worker import BEST, LATEST, make_trainer
from gridworld.tetris.trainings import (
    MOST_IN_TRASH,
    MOST_KEPT,
    check_space,
    checkpoint_of,
    delete_training,
    stored_trainings,
    undo_delete,
)

SMALL = {"population": 4, "elite": 0.5, "evaluations": 1, "width": 5, "height": 5, "threads": 1}


@pytest.fixture(autouse=True)
def runs(tmp_path, monkeypatch):
    monkeypatch.setenv(storage.VARIABLE, str(tmp_path))
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def store(runs, run_id: str, placements: int = 400):
    trainer = make_trainer({**SMALL, "folder": str(runs / run_id)}, None)
    trainer.work(lambda: max(0, min(100, placements - trainer.step)))
    trainer.save()
    return trainer


def test_each_training_is_listed_with_what_it_has_reached(runs):
    trainer = store(runs, "00000001")
    (runs / "00000002").mkdir()
    (runs / "00000002" / LATEST).write_bytes(b"nothing")
    (runs / "00000003").mkdir()
    (runs / "not an id").mkdir()
    (runs / "00000004").symlink_to(runs / "nowhere")
    found = {training.run_id: training for training in stored_trainings()}
    assert set(found) == {"00000001", "00000002"}
    good, bad = found["00000001"], found["00000002"]
    assert (good.trainer, good.placements, good.problem) == ("noisy cross-entropy", trainer.step, "")
    assert good.lines == trainer.player_lines
    assert bad.problem.endswith(".")


def test_a_network_is_listed_with_what_it_has_reached(runs):
    (runs / "00000005").mkdir()
    kept = {"version": VERSION, "settings": {"algorithm": "DQN", "seed": 1}, "log": {"figures": [90.0, 12.5, 14.0]}}
    with zipfile.ZipFile(runs / "00000005" / NETWORK, "w") as archive:
        archive.writestr("data", json.dumps({"num_timesteps": 7_000, "laboratory": kept}))
    (found,) = stored_trainings()
    assert (found.trainer, found.placements, found.lines) == ("DQN", 7_000, 12.5)
    (runs / "00000006").mkdir()
    with zipfile.ZipFile(runs / "00000006" / NETWORK, "w") as archive:
        archive.writestr("data", json.dumps({"laboratory": {**kept, "log": [1]}}))
    assert {each.problem != "" for each in stored_trainings()} == {False, True}, "a damaged one hides no other"


def test_a_deletion_can_be_undone(runs):
    store(runs, "00000001")
    before = stored_trainings()[0].placements
    ticket = delete_training("00000001")
    assert stored_trainings() == []
    assert undo_delete(ticket) == "00000001"
    assert stored_trainings()[0].placements == before
    with pytest.raises(CheckpointError, match="no longer in the trash"):
        undo_delete(ticket)
    for ticket in ("", "../x", "00000001.", "00000001.zz"):
        with pytest.raises((CheckpointError, ValueError)):
            undo_delete(ticket)
    ticket = delete_training("00000001")
    (runs / "00000001").mkdir()
    with pytest.raises(CheckpointError, match="begun meanwhile"):
        undo_delete(ticket)


def test_the_trash_is_bounded(runs, tmp_path):
    for number in range(MOST_IN_TRASH + 2):
        (runs / f"{number:08x}").mkdir()
        delete_training(f"{number:08x}")
    assert len(list((tmp_path / "trash").iterdir())) == MOST_IN_TRASH


def test_nothing_is_deleted_to_make_room(runs):
    for number in range(MOST_KEPT - 1):
        (runs / f"{number:08x}").mkdir()
    check_space()
    (runs / "ffffffff").mkdir()
    with pytest.raises(ValueError, match="delete some of them in the list first"):
        check_space()
    assert len(list(runs.iterdir())) == MOST_KEPT


def test_checkpoints_are_found_by_name_only(runs):
    store(runs, "00000001")
    assert checkpoint_of("00000001", "latest").name == LATEST
    assert checkpoint_of("00000001", "best").name == BEST
    for run_id, which in (("00000001", "final"), ("00000001", "../x"), ("../x", "latest"), ("00000002", "latest")):
        with pytest.raises(CheckpointError):
            checkpoint_of(run_id, which)
