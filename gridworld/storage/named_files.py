"""Files by name in a folder, and a trash for those that were deleted, so that a deletion can be undone."""

from __future__ import annotations

import os
import re
import secrets
import time
from pathlib import Path

from gridworld.errors import CheckpointError
from gridworld.storage.atomic_files import delete_older, is_plain_file, move, storage_refusals, sync_folder
from gridworld.storage.names import LONGEST, LONGEST_BYTES, check_any_name, check_name

TRASH = ".trash"
MOST_IN_TRASH = 100
_TICKET = re.compile(r"(.+)\.[0-9a-f]{16}")
_ROOM = 10  # characters of a name for the number that makes it free


class NamedFiles:
    """Files of one kind in a folder, by name; each may be deleted, and that undone.

    The folder is made if need be; one that can't be written to can still be read. All methods raise
    `CheckpointError`.

    Parameters
    ----------
    folder, suffix
        Where the files are, and how their names on the disk end.
    what
        What each is, for sentences: "run", "player".
    """

    def __init__(self, folder: Path, suffix: str, what: str) -> None:
        self.folder, self.suffix, self.what = folder, suffix, what
        with storage_refusals(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def file(self, name: str) -> Path:
        """Return the path that belongs to a name, whether there is a file or not."""
        return self.folder / f"{name}{self.suffix}"

    def path(self, name: str) -> Path:
        """Return the path of a file that is there."""
        path = self.file(check_any_name(name))
        if not is_plain_file(path):
            raise CheckpointError("missing", f"There is no {self.what} {name!r}.")
        return path

    def free_name(self, wish: str) -> str:
        """Return the wish, or the first of `wish 2`, `wish 3`, ... that no file has."""
        short = wish[: LONGEST - _ROOM].encode()[: LONGEST_BYTES - _ROOM]
        wish = short.decode(errors="ignore").strip()
        name, number = wish, 1
        while self.file(name).exists():
            number += 1
            name = f"{wish} {number}"
        return check_name(name)

    def delete(self, name: str) -> str:
        """Put a file into the trash, which keeps the last 100, and return a ticket for `undo_delete`."""
        source = self.path(name)
        ticket = f"{source.name.removesuffix(self.suffix)}.{secrets.token_hex(8)}"
        with storage_refusals(source):
            (self.folder / TRASH).mkdir(exist_ok=True)
            source.replace(self._in_trash(ticket))
            now = time.time_ns()  # finer than the clock of a file system, which makes quick deletions of one age
            os.utime(self._in_trash(ticket), ns=(now, now))
        sync_folder(self.folder)
        delete_older((self.folder / TRASH).glob(f"*{self.suffix}"), MOST_IN_TRASH)
        return ticket

    def undo_delete(self, ticket: str) -> str:
        """Take a file out of the trash and return its name, a new one where its own was taken meanwhile."""
        found = _TICKET.fullmatch(ticket)
        if not found or not is_plain_file(self._in_trash(f"{check_any_name(found[1])}.{ticket[-16:]}")):
            raise CheckpointError("missing", f"That {self.what} is no longer in the trash.")
        name = found[1] if not self.file(found[1]).exists() else self.free_name(found[1].replace(".", " "))
        with storage_refusals(self.file(name)):
            move(self._in_trash(ticket), self.file(name))
        sync_folder(self.folder)
        return name

    def _in_trash(self, ticket: str) -> Path:
        return self.folder / TRASH / f"{ticket}{self.suffix}"
