"""Worlds of the user's own folder: a text file each, found by its name."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gridworld.errors import WorldError
from gridworld.worlds.text import parse_world

VARIABLE = "GRIDWORLD_WORLDS"
SUFFIX = ".txt"
WORLD_NAME = re.compile(r"[\w-]{1,40}")
MOST_WORLDS = 200  # that are looked at
MAX_BYTES = 64 << 10  # of a file


@dataclass(frozen=True)
class KeptWorld:
    """A world of the folder: the text has a title."""

    name: str
    title: str
    text: str


def worlds_folder() -> Path:
    """Return the folder of the user's worlds: the one that GRIDWORLD_WORLDS names, or a place in the user's data."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    import platformdirs

    return platformdirs.user_data_path("gridworld", appauthor=False) / "worlds"


def kept_worlds() -> list[KeptWorld]:
    """Return the worlds of the folder by name; a file that is no world is not among them."""
    try:
        paths = sorted(path for path in worlds_folder().iterdir() if path.suffix == SUFFIX)
    except OSError:  # there is no such folder, or it can't be read
        return []
    found = (kept_world(path.stem) for path in paths[:MOST_WORLDS])
    return [world for world in found if world is not None]


def kept_world(name: str) -> KeptWorld | None:
    """Return a world of the folder; None if there is none of that name, or its file is no world."""
    if not WORLD_NAME.fullmatch(name):
        return None
    path = worlds_folder() / f"{name}{SUFFIX}"
    try:
        status = path.stat()
        return None if status.st_size > MAX_BYTES else _read(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=MOST_WORLDS)
def _read(path: Path, changed: int, size: int) -> KeptWorld:
    """Read a file, again only when it has changed. Raises OSError, or ValueError if it is no world."""
    text = titled(path.read_text("utf-8-sig"), path.stem)
    return KeptWorld(path.stem, parse_world(text, path.name).title, text)


def titled(text: str, title: str) -> str:
    """Return the text of a world with this title, unless it has one."""
    text = text.strip("\n")
    if ":" not in text:
        return f"title: {title}\n\n{text}\n"
    has_title = any(line.partition(":")[0].strip().lower() == "title" for line in text.splitlines())
    return f"{text}\n" if has_title else f"title: {title}\n{text}\n"


def check_world_name(name: str) -> str:
    """Return a name that a world may be kept under. Raises WorldError for any other."""
    if not name:
        raise WorldError("The world has no name yet; give it one of up to 40 letters, digits, - and _.")
    if not WORLD_NAME.fullmatch(name):
        raise WorldError(f"{name[:60]!r} can't be the name of a world; use up to 40 letters, digits, - and _.")
    return name
