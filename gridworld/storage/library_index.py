"""The table of a library: what its files hold in short, cached in SQLite and made again whenever it is unusable."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from gridworld.errors import CheckpointError
from gridworld.storage.names import check_any_name, slot_of
from gridworld.storage.run_file import read_summary

SUFFIX = ".npz"
DATABASE = ".index.sqlite"
PATIENCE = 5.0  # seconds
MAX_TEXT = 200


@dataclass(frozen=True)
class Row:
    """A run of the library. What its file doesn't hold is None, and `problem` then gives the reason."""

    name: str
    stamp: str  # changes when the file does
    bytes: int
    slot: str = ""  # autosave or best, where the program keeps the file
    problem: str = ""
    world: str | None = None
    world_key: str | None = None  # the same for runs whose returns can be compared
    agent: str | None = None
    agent_id: str | None = None
    seed: int | None = None
    step: int | None = None
    episode: int | None = None  # episodes ended
    mean_return: float | None = None
    mean_over: int | None = None  # of how many episodes: the last 100, or 50 in a long run
    greedy_return: float | None = None  # exact
    saved: float | None = None  # seconds since 1970


COLUMNS = [field.name for field in fields(Row)]
_WHOLE, _REAL = ("bytes", "seed", "step", "episode", "mean_over"), ("mean_return", "greedy_return", "saved")
_KINDS = {**dict.fromkeys(COLUMNS, "TEXT"), **dict.fromkeys(_WHOLE, "INTEGER"), **dict.fromkeys(_REAL, "REAL")}
SCHEMA = f"CREATE TABLE runs ({', '.join(f'{name} {_KINDS[name]}' for name in COLUMNS)}, PRIMARY KEY (name)) STRICT"
"""STRICT has SQLite itself hold the kinds; an index with any other schema is of another version, and made again."""

_OUT_OF_REACH = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
}
"""Another server writes for long, or the disk can't be written to: the index itself may be in order."""


def read_rows(folder: Path, patience: float = PATIENCE) -> list[Row]:
    """Return the runs in a folder; only files that are new or have changed are opened.

    For an index that another server is writing it waits `patience` seconds, then it does without.
    """
    files = _files(folder)
    for _ in ("the index as it is", "a new one"):
        try:
            return _refreshed(folder, files, patience)
        except sqlite3.Error as problem:
            if getattr(problem, "sqlite_errorcode", 0) & 0xFF in _OUT_OF_REACH:
                break
        forget(folder)
    return [_read_row(path, stamp, size) for path, stamp, size in files]


def forget(folder: Path) -> None:
    """Delete the index; `read_rows` makes it again."""
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[Path, str, int]]:
    """Return each run's path, its stamp, and its size in bytes."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                with suppress(FileNotFoundError):  # deleted just now
                    found.append((folder / entry.name, *_stamp(entry)))
    return found


def _stamp(entry: os.DirEntry) -> tuple[str, int]:
    """Return a stamp that changes when a file does, and its size; for a broken link, those of the link."""
    try:
        status = entry.stat()
    except OSError:
        status = entry.stat(follow_symlinks=False)
    return f"{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}:{status.st_size}", status.st_size


def _refreshed(folder: Path, files: Iterable[tuple[Path, str, int]], patience: float) -> list[Row]:
    with closing(sqlite3.connect(folder / DATABASE, timeout=patience, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        _check_schema(database)
        known = {row[0]: Row(*row) for row in database.execute(f"SELECT {', '.join(COLUMNS)} FROM runs")}
        rows, changed = [], []
        for path, stamp, size in files:
            row = known.get(path.name.removesuffix(SUFFIX))
            if row is None or row.stamp != stamp:
                row = _read_row(path, stamp, size)
                if path.name == f"{row.name}{SUFFIX}":  # others' names are not text that SQLite takes
                    changed.append(astuple(row))
            rows.append(row)
        gone = set(known) - {row.name for row in rows}
        if changed or gone:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("DELETE FROM runs WHERE name = ?", [(name,) for name in gone])
            marks = ", ".join("?" * len(COLUMNS))
            database.executemany(f"INSERT OR REPLACE INTO runs VALUES ({marks})", changed)
            database.execute("COMMIT")
    return rows


def _check_schema(database: sqlite3.Connection) -> None:
    """Make the table in a new index; raise `sqlite3.DatabaseError` for one that holds anything else."""
    found = [text for (text,) in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    if not found:
        database.execute(SCHEMA.replace("TABLE", "TABLE IF NOT EXISTS", 1))
    elif found != [SCHEMA]:
        raise sqlite3.DatabaseError("The index has another schema.")


def _read_row(path: Path, stamp: str, size: int) -> Row:
    name = path.name.removesuffix(SUFFIX)
    try:
        fits = check_any_name(name) == name
    except CheckpointError:
        fits = False
    if not fits:
        shown = ascii(name)[1:-1][:MAX_TEXT]
        return Row(shown, stamp, size, problem=f"No run can have the name {shown!r}; rename the file to open it.")
    try:
        summary = read_summary(path)
    except CheckpointError as problem:
        return Row(name, stamp, size, slot_of(name), str(problem))
    held: dict[str, Any] = {
        key: value[:MAX_TEXT] if isinstance(value, str) else value for key, value in asdict(summary).items()
    }
    return Row(name, stamp, size, slot_of(name), **held)
