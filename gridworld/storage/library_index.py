"""The table of a library: what its files say, remembered in SQLite. Lose it, and it is made again from the files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from gridworld.errors import CheckpointError
from gridworld.storage.names import slot_of
from gridworld.storage.run_file import read_summary

SUFFIX = ".npz"
DATABASE = ".index.sqlite"
VERSION = 1
PATIENCE = 5.0  # seconds to wait for another server that is writing the index
MAX_TEXT = 200


@dataclass(frozen=True)
class Row:
    """A run of the library. What its file doesn't say is None, and `problem` then says why."""

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
_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("world", "world_key", "agent", "agent_id"), (str,)),
    **dict.fromkeys(("seed", "step", "episode", "mean_over"), (int,)),
    **dict.fromkeys(("mean_return", "greedy_return", "saved"), (int, float)),
}


def read_rows(folder: Path) -> list[Row]:
    """The runs in a folder; only files that are new or have changed are opened."""
    files = _files(folder)
    try:
        return _refreshed(folder, files)
    except sqlite3.OperationalError:  # locked for long, or a disk that can't be written
        return [_read_row(path, stamp, size) for path, stamp, size in files]
    except sqlite3.DatabaseError:  # not a database any more
        forget(folder)
        return _refreshed(folder, files)


def forget(folder: Path) -> None:
    """Throw the index away; the next look makes it anew."""
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)


def _files(folder: Path) -> list[tuple[Path, str, int]]:
    """Each run's file, its stamp, and its size in bytes."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(SUFFIX) and not entry.name.startswith("."):
                with suppress(OSError):
                    told = entry.stat()
                    stamp = f"{told.st_mtime_ns}:{told.st_ctime_ns}:{told.st_ino}:{told.st_size}"
                    found.append((folder / entry.name, stamp, told.st_size))
    return found


def _refreshed(folder: Path, files: Iterable[tuple[Path, str, int]]) -> list[Row]:
    with closing(sqlite3.connect(folder / DATABASE, timeout=PATIENCE, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        if database.execute("PRAGMA user_version").fetchone() != (VERSION,):
            _create(database)
        known = {row[0]: Row(*row) for row in database.execute(f"SELECT {', '.join(COLUMNS)} FROM runs")}
        rows, changed = [], []
        for path, stamp, size in files:
            row = known.get(path.name.removesuffix(SUFFIX))
            if row is None or row.stamp != stamp:
                row = _read_row(path, stamp, size)
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


def _create(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    database.execute("DROP TABLE IF EXISTS runs")
    database.execute(f"CREATE TABLE runs ({', '.join(COLUMNS)}, PRIMARY KEY (name))")
    database.execute(f"PRAGMA user_version = {VERSION}")
    database.execute("COMMIT")


def _read_row(path: Path, stamp: str, size: int) -> Row:
    name = path.name.removesuffix(SUFFIX)
    try:
        told = read_summary(path)
    except CheckpointError as problem:
        return Row(name, stamp, size, slot_of(name), str(problem))
    return Row(name, stamp, size, slot_of(name), **{key: _of_kind(told.get(key), key) for key in _KINDS})


def _of_kind(value: Any, key: str) -> Any:
    """A value that the table can hold, or None: a file can say anything."""
    if type(value) not in _KINDS[key]:
        return None
    if isinstance(value, str):
        return value[:MAX_TEXT]
    return value if abs(value) < 1 << 63 else None
