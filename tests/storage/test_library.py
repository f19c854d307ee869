"""Runs with names: nothing is lost, nothing is damaged, with several processes on one folder and any of them killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from gridworld.storage.atomic_files import UNFINISHED
from gridworld.storage.checkpoint import freeze, world_key
from gridworld.storage.library import Library, default_folder
from gridworld.storage.library_index import DATABASE, read_rows
from gridworld.storage.named_files import MOST_IN_TRASH, TRASH
from gridworld.storage.names import check_name
from gridworld.storage.run_file import CheckpointError, load
from gridworld.training.session import TrainingSession
from support.storing import begun, names_in


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path)


def code_of(action, *arguments) -> str:
    with pytest.raises(CheckpointError) as caught:
        action(*arguments)
    assert str(caught.value).endswith(".")
    return caught.value.code


def runs_in(library: Library) -> list[str]:
    return [name for name in names_in(library.folder) if not name.startswith(".")]


# names


@pytest.mark.parametrize(
    ("name", "tidy"),
    [("first try", "first try"), ("  α = 0.5, γ = 0.9 ", "α = 0.5, γ = 0.9"), ("e\u0301tude", "étude"), ("a.b", "a.b")],
)
def test_good_names_are_tidied(name, tidy):
    assert check_name(name) == tidy


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", "a/b", "a\\b", "..", ".hidden", "a\0b", "a\nb", "a\u202eb", "a\u200bb", "a\u2028b", "\ud800"),
        *("x" * 81, "é" * 101, "con", "NUL.txt", "COM1", "lpt9.x", "a:b", "a*", 'a"b', "<script>", "end.", "~a"),
        *("x.autosave", "x.BEST"),
    ],
)
def test_bad_names_are_refused(name, library):
    assert code_of(check_name, name) == "name"
    for action in (library.open, library.path, library.delete, library.duplicate):
        assert code_of(action, name) in ("name", "missing")
    assert code_of(library.save, begun(1), name) == "name"


# keeping


def test_a_run_is_kept_and_goes_on(library, assert_same):
    session = begun()
    assert library.save(session, " mine ") == "mine"
    loaded = library.open("mine")
    session.advance(300)
    loaded.advance(300)
    assert_same(session, loaded)


def test_the_table_describes_what_a_run_is(library):
    session = TrainingSession(world="easy", agent="sarsa", seed=5, episodes=0)
    session.advance_episodes(150)
    library.save(freeze(session, greedy_return=0.93), "mine")
    (row,) = library.rows()
    returns = session.history.since()["return"]
    assert (row.name, row.world, row.agent, row.agent_id, row.seed) == ("mine", "Easy 5 × 5", "Sarsa", "sarsa", 5)
    assert (row.step, row.episode, row.greedy_return, row.problem) == (session.step, 150, 0.93, "")
    assert row.world_key == world_key(session.problem)
    assert (row.mean_over, row.mean_return) == (100, pytest.approx(returns[50:].mean()))
    assert row.bytes == library.path("mine").stat().st_size
    assert abs(row.saved - time.time()) < 60


def test_the_mean_of_a_long_run_is_over_the_last_fifty(library):
    session = TrainingSession(world="easy", episodes=0, history=16)
    session.advance_episodes(150)
    library.save(session, "mine")
    (row,) = library.rows()
    assert (row.mean_over, row.mean_return) == (50, pytest.approx(session.scene().recent[:, 0].mean()))


def test_a_run_without_episodes_has_no_mean(library):
    library.save(TrainingSession(), "mine")
    (row,) = library.rows()
    assert (row.episode, row.mean_return, row.mean_over) == (0, None, 0)


def test_a_taken_name_needs_leave_to_be_replaced(library):
    library.save(begun(10), "mine")
    assert code_of(library.save, begun(20), "mine") == "exists"
    assert library.open("mine").step == 10
    library.save(begun(20), "mine", replace=True)
    assert library.open("mine").step == 20
    assert library.rows()[0].step == 20


def test_runs_are_renamed_and_copied(library):
    library.save(begun(10), "one")
    assert library.rename("one", "two") == "two"
    assert [library.duplicate("two") for _ in range(3)] == ["two copy", "two copy 2", "two copy 3"]
    assert library.duplicate("two", "v1.5") == "v1.5"
    assert library.path("v1.5").read_bytes() == library.path("two").read_bytes()
    assert {row.name for row in library.rows()} == {"two", "two copy", "two copy 2", "two copy 3", "v1.5"}
    assert code_of(library.rename, "two", "v1.5") == "exists"
    assert code_of(library.duplicate, "two", "v1.5") == "exists"
    assert code_of(library.rename, "one", "three") == "missing"


def test_deleting_can_be_undone(library, assert_same):
    session = begun()
    library.save(session, "v1.5")
    ticket = library.delete("v1.5")
    assert library.rows() == []
    assert library.undo_delete(ticket) == "v1.5"
    assert_same(library.open("v1.5"), session)
    assert code_of(library.undo_delete, ticket) == "missing"


def test_undoing_takes_a_free_name_where_its_own_was_taken(library):
    library.save(begun(10), "mine")
    ticket = library.delete("mine")
    library.save(begun(20), "mine")
    assert library.undo_delete(ticket) == "mine 2"
    assert (library.open("mine").step, library.open("mine 2").step) == (20, 10)


@pytest.mark.parametrize("ticket", ["", "x", "../../x.0123456789abcdef", "x.0123456789abcdef", "a/b.0123456789abcdef"])
def test_tickets_that_were_never_given_are_refused(library, ticket):
    assert code_of(library.undo_delete, ticket) in ("missing", "name")


def test_the_trash_keeps_the_newest(library):
    for number in range(MOST_IN_TRASH + 2):
        (library.folder / f"run {number:03}.npz").write_bytes(b"whatever it holds")
        library.delete(f"run {number:03}")
    kept = names_in(library.folder / TRASH)
    assert [name.split(".")[0] for name in kept] == [f"run {number:03}" for number in range(2, MOST_IN_TRASH + 2)]


def test_slots_are_overwritten_and_the_best_is_kept(library):
    library.autosave(begun(10), "mine")
    assert library.autosave(begun(20), "mine") == "mine.autosave"
    assert not library.keep_best(freeze(begun(10)), "mine")
    noted = [library.keep_best(freeze(begun(steps), greedy_return=worth), "mine") for steps, worth in GREEDY]
    assert noted == [True, False, True, False]
    assert library.open("mine.best").step == 30
    assert library.open("mine.autosave").step == 20
    assert {(row.name, row.slot) for row in library.rows()} == {("mine.autosave", "autosave"), ("mine.best", "best")}
    assert library.rename("mine.autosave", "found again") == "found again"
    assert library.undo_delete(library.delete("mine.best")) == "mine.best"


GREEDY = [(10, -5.0), (20, -6.0), (30, 0.5), (40, 0.5)]


def test_the_leaderboard_is_of_one_world(library):
    ranks = {"b": -1.0, "c": None, "a": 0.5}
    for name, worth in ranks.items():
        library.save(freeze(begun(500), greedy_return=worth), name)
    library.save(freeze(begun(10, world="easy"), greedy_return=9.0), "elsewhere")
    library.save(freeze(begun(10, options={"slip": 0.5}), greedy_return=9.0), "slippery")
    library.autosave(freeze(begun(10), greedy_return=9.0), "d")
    assert [row.name for row in library.leaderboard(world_key(begun(1).problem))] == ["a", "b", "c"]


# the index


def test_the_index_is_made_again_from_the_files(library):
    for name in ("one", "two"):
        library.save(begun(10), name)
    before = library.rows()
    for spoil in (lambda p: p.unlink(), lambda p: p.write_bytes(b"not a database" * 100), lambda p: p.write_bytes(b"")):
        spoil(library.folder / DATABASE)
        assert library.rows() == before
    with sqlite3.connect(library.folder / DATABASE) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    assert library.rows() == before


def test_only_changed_files_are_opened(library):
    for name in ("one", "two", "three"):
        library.save(begun(10), name)
    library.rows()
    with closing(sqlite3.connect(library.folder / DATABASE, isolation_level=None)) as database:
        database.execute("UPDATE runs SET step = 11")  # what a file that is not opened is believed to hold
    library.save(begun(20), "two", replace=True)
    library.path("one").unlink()
    assert {row.name: row.step for row in library.rows()} == {"two": 20, "three": 11}


def test_a_damaged_file_is_in_the_table_with_the_reason(library):
    library.save(begun(10), "good")
    (library.folder / "bad.npz").write_bytes(b"PK\x03\x04 cut short")
    rows = {row.name: row for row in library.rows()}
    assert "damaged" in rows["bad"].problem
    assert rows["bad"].world is None
    assert rows["good"].problem == ""


def test_an_index_locked_by_another_does_not_stop_the_table(library):
    library.save(begun(10), "mine")
    library.rows()
    library.save(begun(10), "other")
    with closing(sqlite3.connect(library.folder / DATABASE, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        assert {row.name for row in read_rows(library.folder, patience=0.05)} == {"mine", "other"}


def test_the_folder_is_made_and_leftovers_are_cleaned(tmp_path):
    folder = tmp_path / "a" / "b"
    Library(folder).save(begun(1), "mine")
    (folder / f".dead{UNFINISHED}").write_bytes(b"half")
    assert runs_in(Library(folder)) == ["mine.npz"]
    assert not list(folder.glob(f".*{UNFINISHED}"))
    (tmp_path / "file").write_text("x")
    assert code_of(Library, tmp_path / "file" / "runs") == "storage"


def test_the_usual_folder_is_the_users():
    assert default_folder().parts[-2:] == ("gridworld", "runs")


# company and death


def test_two_libraries_on_one_folder_do_no_harm(library):
    other = Library(library.folder)
    problems: list[Exception] = []
    checkpoints = [freeze(begun(steps)) for steps in (10, 20)]

    def work(mine: Library, which: int) -> None:
        try:
            for number in range(15):
                mine.save(checkpoints[which], "shared", replace=True)
                mine.save(checkpoints[which], f"own {which} {number}")
                mine.rows()
                mine.undo_delete(mine.delete(f"own {which} {number}"))
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=pair) for pair in ((library, 0), (other, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    rows = {row.name: row for row in library.rows()}
    assert len(rows) == 31
    assert not any(row.problem for row in rows.values())
    assert rows["shared"].step in (10, 20)
    assert load(library.path("shared")).step in (10, 20)


def test_of_two_that_take_one_name_one_is_refused(library):
    other, checkpoint, taken = Library(library.folder), freeze(begun(1)), []

    def work(mine: Library) -> None:
        for number in range(20):
            try:
                taken.append(mine.save(checkpoint, f"run {number}"))
            except CheckpointError as problem:
                assert problem.code == "exists"  # noqa: PT017  a thread's own exception

    threads = [threading.Thread(target=work, args=(mine,)) for mine in (library, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(f"run {number}" for number in range(20))


SAVER = """
import sys
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession

library = Library(sys.argv[1])
session = TrainingSession(world="open_60", episodes=0, compiled=False)
print("ready", flush=True)
while True:
    session.advance(20)
    library.autosave(session, "run")
    print(session.step, flush=True)
"""


def kill_in_mid_save(folder: Path, delay: float) -> int:
    """Let a process save without pause, kill it, and give the last step that it reported as saved."""
    with subprocess.Popen([sys.executable, "-c", SAVER, folder], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        noted = process.stdout.read().split()
    return int(noted[-1]) if noted else 20


def check_nothing_is_damaged(folder: Path, saved: int) -> None:
    rows = Library(folder).rows()
    assert [row.name for row in rows] == ["run.autosave"]
    step = Library(folder).open("run.autosave").step
    assert saved <= step <= saved + 20, "at most one interval is lost"
    assert not list(folder.glob(f".*{UNFINISHED}"))


@pytest.mark.slow
def test_a_process_killed_in_mid_save_damages_nothing(tmp_path):
    check_nothing_is_damaged(tmp_path, kill_in_mid_save(tmp_path, 0.03))


@pytest.mark.slow
def test_forty_kills_in_mid_save_damage_nothing(tmp_path):
    unfinished = 0
    for kill in range(40):
        folder = tmp_path / str(kill)
        saved = kill_in_mid_save(folder, 0.001 * (kill * 7 % 40))
        unfinished += len(list(folder.glob(f".*{UNFINISHED}")))
        check_nothing_is_damaged(folder, saved)
    assert unfinished > 0, "no kill hit a save: the test shows nothing"


def test_files_that_are_as_they_were_are_not_read_again(library, monkeypatch):
    library.save(begun(10), "run")
    for number in range(20):
        (library.folder / f"run {number}.npz").write_bytes(library.path("run").read_bytes())
    rows = library.rows()
    assert len(rows) == 21
    monkeypatch.delattr("zipfile.ZipFile")
    assert Library(library.folder).rows() == rows
