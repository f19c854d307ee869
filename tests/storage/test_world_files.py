"""Worlds in the user's folder: kept by name, found by name, and never in the way."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dashboards.controls.choices import world_groups
from gridworld import GridWorld, TrainingSession
from gridworld.cli import command_line
from gridworld.errors import CheckpointError, WorldError
from gridworld.storage.run_file import load, save
from gridworld.storage.world_files import keep_world
from gridworld.worlds.kept import MAX_BYTES, kept_worlds
from gridworld.worlds.named import load_world, world_ids
from gridworld.worlds.problem import load_problem

TEXT = "title: Corridor\nstep reward: -1\n\nS.#.G\n.....\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_WORLDS", str(tmp_path / "worlds"))
    return tmp_path / "worlds"


def test_a_kept_world_is_found_by_its_name_everywhere(folder):
    keep_world("corridor", TEXT)
    assert load_world("corridor").title == "Corridor"
    assert world_ids()[-1] == "corridor"
    assert load_problem("corridor?slip=0.5").world.slip == 0.5
    assert GridWorld("corridor").world.columns == 5
    assert world_groups()["My worlds"] == {"Corridor": TEXT}
    listed = json.loads(CliRunner().invoke(command_line, ["worlds", "--json"]).output)["worlds"]
    assert listed[-1]["id"] == "corridor"
    assert CliRunner().invoke(command_line, ["worlds", "corridor"]).output.strip() == TEXT.strip()
    trained = CliRunner().invoke(command_line, ["train", "corridor", "--episodes", "2", "--json"])
    assert trained.exit_code == 0, trained.output


def test_a_run_keeps_its_world_when_the_file_changes(folder, tmp_path):
    keep_world("corridor", TEXT)
    session = TrainingSession(world="corridor", episodes=3)
    session.advance(10)
    save(session, tmp_path / "run.npz")
    keep_world("corridor", TEXT.replace("#", "."), replace=True)
    assert load(tmp_path / "run.npz").problem.world == session.problem.world
    assert TrainingSession(world="corridor").problem.world != session.problem.world


def test_a_file_without_a_header_gets_its_name_as_title(folder):
    folder.mkdir()
    (folder / "plain.txt").write_text("S.G\n...\n")
    assert load_world("plain").title == "plain"


def test_what_is_no_world_is_not_in_the_list_and_breaks_nothing(folder):
    keep_world("good", TEXT)
    (folder / "bad.txt").write_text("S.Q\n")
    (folder / "bytes.txt").write_bytes(b"\xff\xfe\x00S")
    (folder / "huge.txt").write_text("S" + "." * MAX_BYTES + "G\n")
    (folder / "with blank.txt").write_text(TEXT)
    (folder / "folder.txt").mkdir()
    (folder / "easy.txt").write_text(TEXT)
    assert [world.name for world in kept_worlds()] == ["easy", "good"]
    assert load_world("easy").title == "Easy 5 × 5"
    assert world_ids()[-1] == "good"
    for name in ("bad", "../good", "folder", "good.txt"):
        with pytest.raises(WorldError, match="no world"):
            load_problem(name)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a/b", TEXT, "be the name of a world"),
        ("", TEXT, "has no name yet"),
        ("easy", TEXT, "in the program already"),
        ("open_7", TEXT, "in the program already"),
        ("mine", "...\n...\n", "has no start"),
        ("mine", "S" + "." * MAX_BYTES + "G\n..", "at most"),
    ],
)
def test_what_can_not_be_kept_is_refused(folder, name, text, says):
    with pytest.raises((WorldError, CheckpointError), match=says):
        keep_world(name, text)
    assert kept_worlds() == []


def test_a_name_that_is_taken_is_not_written_over(folder):
    keep_world("mine", TEXT)
    with pytest.raises(CheckpointError) as caught:
        keep_world("mine", TEXT.replace("#", "."))
    assert caught.value.code == "exists"
    assert "#" in kept_worlds()[0].text


def test_without_a_folder_there_are_no_worlds(folder):
    assert kept_worlds() == []
