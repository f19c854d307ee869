"""Whatever else lies in a library's folder, the runs in it are listed and can be opened."""

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gridworld.errors import CheckpointError
from gridworld.storage.atomic_files import UNFINISHED
from gridworld.storage.library import Library
from gridworld.storage.library_index import DATABASE, SCHEMA
from gridworld.storage.named_files import MOST_IN_TRASH, TRASH
from gridworld.storage.run_file import to_bytes
from support.storing import begun, packed, unpacked, with_text


@pytest.fixture
def library(tmp_path) -> Library:
    library = Library(tmp_path)
    library.save(begun(10), "good")
    return library


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a process without privileges can look into, which those of pytest are not."""
    path = Path(tempfile.mkdtemp())
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def unprivileged(folder) -> Iterator[None]:
    """Be a user whom file permissions bind, also where the tests run as root."""
    if os.geteuid() == 0:
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield
    folder.chmod(0o755)


def problems_in(library: Library) -> dict[str, str]:
    """The reason why each file can't be read, after every run that can be has been opened."""
    rows = library.rows()
    assert library.rows() == rows, "the index gives what the files do"
    for row in rows:
        if not row.problem:
            assert library.open(row.name).step == row.step
    return {row.name: row.problem for row in rows}


def put(library: Library, name: str | bytes, content: bytes | None = None) -> None:
    path = library.folder / os.fsdecode(name)
    path.write_bytes(to_bytes(begun(20)) if content is None else content)


# names

STRANGE_NAMES = [b"caf\xe9", b"\xff\xfe", "CON", "nul.x", "a:b", "end.", "e\u0301tude", "a\u202eb", "x" * 100, "tab\t"]


@pytest.mark.parametrize("name", STRANGE_NAMES)
def test_a_file_whose_name_no_run_can_have_hides_no_other(library, name):
    put(library, os.fsencode(name) + b".npz")
    problems = problems_in(library)
    assert problems.pop("good") == ""
    ((shown, problem),) = problems.items()
    assert "rename the file" in problem
    shown.encode("utf-8")
    with pytest.raises(CheckpointError):
        library.open(shown)


def test_two_names_that_differ_by_case_are_two_runs(library):
    put(library, "GOOD.npz")
    steps = {row.name: row.step for row in library.rows()}
    assert steps == {"good": 10, "GOOD": 20}
    ticket = library.delete("GOOD")
    assert [row.name for row in library.rows()] == ["good"]
    assert library.undo_delete(ticket) == "GOOD"
    assert (library.open("good").step, library.open("GOOD").step) == (10, 20)


def test_a_copy_of_a_run_with_a_name_as_long_as_can_be_gets_a_shorter_one(library):
    longest = "€" * 66
    library.rename("good", longest)
    copies = [library.duplicate(longest) for _ in range(3)]
    assert len({longest, *copies}) == 4
    assert all(library.open(name).step == 10 for name in copies)


# what is no file


def make_link_to_nothing(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, make_link_to_nothing, make_loop, make_huge, Path.touch])
def test_what_is_no_run_hides_no_other_and_is_listed_with_the_reason(library, make):
    for name in ("odd", "odd.autosave"):
        make(library.folder / f"{name}.npz")
    library.autosave(begun(5), "run")
    library.thin_slots(0)
    problems = problems_in(library)
    assert problems.pop("good") == ""
    assert "odd" in problems
    assert all(problem.endswith(".") for problem in problems.values())
    assert not (library.folder / "run.autosave.npz").exists()


def test_a_trash_with_a_folder_in_it_takes_runs_all_the_same(library):
    odd = library.folder / TRASH / "old.npz"
    odd.mkdir(parents=True)
    os.utime(odd, (0, 0))
    for number in range(MOST_IN_TRASH):
        (library.folder / TRASH / f"{number}.npz").write_bytes(b"")
    ticket = library.delete("good")
    assert library.rows() == []
    assert library.undo_delete(ticket) == "good"


def test_a_pipe_among_the_leftovers_makes_nobody_wait(library):
    os.mkfifo(library.folder / f".pipe{UNFINISHED}")
    assert problems_in(Library(library.folder)) == {"good": ""}


def test_a_file_too_large_to_be_handed_over_is_refused_with_its_folder(library):
    assert library.content("good") == library.path("good").read_bytes()
    with pytest.raises(CheckpointError, match=r"has more than 0\.001024 MB; copy it from") as caught:
        library.content("good", most=1 << 10)
    assert caught.value.code == "too_large"


# what a file contains about itself


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("world", ["a list"]),
        ("world", 5),
        ("seed", "five"),
        ("seed", 1 << 63),
        ("step", 10**400),
        ("step", 1.5),
        ("saved", "yesterday"),
        ("saved", 1e18),
        ("saved", -1.0),
        ("mean_return", True),
        ("greedy_return", "1e999"),
    ],
)
def test_a_summary_without_sense_hides_no_other(library, key, value):
    document, arrays = unpacked(begun(20))
    document["summary"][key] = value
    put(library, "odd.npz", packed(document, arrays))
    problems = problems_in(library)
    assert problems.pop("good") == ""
    assert key in problems["odd"]


def test_a_summary_with_half_a_character_hides_no_other(library):
    document, arrays = unpacked(begun(20))
    document["summary"]["agent"] = "\ud800"
    put(library, "odd.npz", with_text(packed({}, arrays), json.dumps(document).encode()))
    problems = problems_in(library)
    assert problems.pop("good") == ""
    assert "JSON" in problems["odd"]


def test_a_text_too_long_for_the_table_is_shortened(library):
    document, arrays = unpacked(begun(20))
    document["summary"]["world"] = "x" * 10_000
    put(library, "odd.npz", packed(document, arrays))
    rows = {row.name: row for row in library.rows()}
    assert (rows["odd"].world, rows["odd"].problem) == ("x" * 200, "")


# the index


def with_table(path: Path, *statements: str) -> None:
    path.unlink()
    database = sqlite3.connect(path, isolation_level=None)
    for statement in (*statements, "PRAGMA user_version = 1"):
        database.execute(statement)
    database.close()


LOOSE = SCHEMA.removesuffix(" STRICT")
ENDLESS = "CREATE VIEW runs AS WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n) SELECT * FROM n"
SPOILT = {
    "words for numbers": lambda path: with_table(
        path, LOOSE, "INSERT INTO runs (name, stamp, saved, bytes) VALUES ('ghost', 'x', 'yesterday', 'many')"
    ),
    "bytes for text": lambda path: with_table(path, LOOSE, "INSERT INTO runs (name) VALUES (CAST(x'ff' AS TEXT))"),
    "other columns": lambda path: with_table(path, "CREATE TABLE runs (name, stamp)"),
    "a table of another kind": lambda path: with_table(path, SCHEMA, "CREATE TABLE more (x)"),
    "a view without an end": lambda path: with_table(path, ENDLESS),
    "nothing": lambda path: with_table(path),
    "no database": lambda path: path.write_bytes(b"not a database" * 100),
    "a cut database": lambda path: path.write_bytes(path.read_bytes()[:3000]),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_index_without_sense_is_made_again(library, spoil):
    before = library.rows()
    spoil(library.folder / DATABASE)
    assert library.rows() == before
    database = sqlite3.connect(library.folder / DATABASE)
    assert database.execute("SELECT name FROM runs").fetchall() == [("good",)]
    database.close()


def test_a_folder_in_the_place_of_the_index_does_not_stop_the_table(library):
    library.rows()
    (library.folder / DATABASE).unlink()
    (library.folder / DATABASE / "full").mkdir(parents=True)
    assert problems_in(library) == {"good": ""}


# permissions


def test_a_file_that_must_not_be_read_is_listed_with_the_reason(folder, request):
    library = Library(folder)
    library.save(begun(10), "good")
    library.save(begun(10), "secret")
    library.path("secret").chmod(0)
    library.path("good").chmod(0o644)
    request.getfixturevalue("unprivileged")
    problems = problems_in(Library(folder))
    assert problems["good"] == ""
    assert "Permission denied" in problems["secret"]


def test_a_folder_that_can_only_be_read_is_a_library(folder, request):
    writer = Library(folder)
    writer.save(begun(10), "good")
    writer.path("good").chmod(0o644)
    folder.chmod(0o555)
    request.getfixturevalue("unprivileged")
    library = Library(folder)
    assert problems_in(library) == {"good": ""}
    for change in (
        lambda: library.save(begun(5), "new"),
        lambda: library.delete("good"),
        lambda: library.rename("good", "better"),
        lambda: library.duplicate("good"),
    ):
        with pytest.raises(CheckpointError) as caught:
            change()
        assert caught.value.code == "storage"
    assert problems_in(library) == {"good": ""}


def test_a_folder_that_must_not_be_looked_into_is_refused_in_a_sentence(folder, request):
    library = Library(folder)
    folder.chmod(0)
    request.getfixturevalue("unprivileged")
    with pytest.raises(CheckpointError, match="Permission denied"):
        library.rows()
    with pytest.raises(CheckpointError, match="no run"):
        library.open("good")
