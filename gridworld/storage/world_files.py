"""Worlds that are kept by name in the user's folder."""

from __future__ import annotations

from pathlib import Path

from gridworld.errors import WorldError
from gridworld.storage.atomic_files import storage_refusals, written_whole
from gridworld.storage.names import check_name
from gridworld.worlds.kept import (
    MAX_BYTES,
    MOST_WORLDS,
    SUFFIX,
    check_world_name,
    kept_worlds,
    titled,
    worlds_folder,
)
from gridworld.worlds.named import is_own
from gridworld.worlds.text import parse_world


def keep_world(name: str, text: str, *, replace: bool = False) -> Path:
    """Write a world to the user's folder, from where `load_world`, the command line and the page take it by its name.

    Raises
    ------
    WorldError
        If the name can't be used, or the text is no world, or too large.
    CheckpointError
        `exists`, where there is a world of that name and `replace` is False, or `storage`.
    """
    check_name(check_world_name(name))
    if is_own(name):
        raise WorldError(f"There is a world {name!r} in the program already; choose another name.")
    content = titled(text, name).encode()
    if len(content) > MAX_BYTES:
        raise WorldError(f"The world has {len(content):,} bytes; at most {MAX_BYTES:,} are kept under a name.")
    parse_world(content.decode(), name)
    folder = worlds_folder()
    path = folder / f"{name}{SUFFIX}"
    if not path.exists() and len(kept_worlds()) >= MOST_WORLDS:
        raise WorldError(f"There are {MOST_WORLDS} worlds in {folder}; delete one before you keep another.")
    with storage_refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with written_whole(path, replace=replace) as file:
        file.write(content)
    return path
