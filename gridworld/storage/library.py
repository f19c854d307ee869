"""Runs with names, in a folder. Every change is one atomic step, so several servers may share the folder."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError
from gridworld.storage import run_file
from gridworld.storage.atomic_files import (
    clean_leftovers,
    delete_older,
    move,
    opened,
    storage_refusals,
    sync_folder,
    written_whole,
)
from gridworld.storage.checkpoint import Checkpoint, freeze, with_greedy_return
from gridworld.storage.library_index import SUFFIX, Row, read_rows
from gridworld.storage.named_files import NamedFiles
from gridworld.storage.names import SLOTS, check_name
from gridworld.training.session import TrainingSession

VARIABLE = "GRIDWORLD_RUNS"
MOST_IN_SLOTS = 100  # autosaves, and as many best runs; older ones make room
MOST_HANDED_OVER = 256 << 20  # bytes of a file that `content` holds in memory


def default_folder() -> Path:
    """Return the default folder of runs, in the system's place for a user's data; GRIDWORLD_RUNS names another one."""
    import platformdirs

    return platformdirs.user_data_path("gridworld", appauthor=False) / "runs"


def runs_folder() -> Path:
    """Return the folder of this program's library: the one that GRIDWORLD_RUNS names, or else the default."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else default_folder()


class Library:
    """The runs of a folder, `runs_folder()` if none is given; it is made if it isn't there.

    What interrupted writes left in it is deleted. A folder that can only be read is a library too.

    All methods raise `CheckpointError` with a sentence and a `code`: `name`, `exists`, `missing`, `storage`, ...
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.folder = Path(folder) if folder is not None else runs_folder()
        self._files = NamedFiles(self.folder, SUFFIX, "run")
        clean_leftovers(self.folder)

    def rows(self) -> list[Row]:
        """Return all runs, the newest first; a file that can't be read is among them with the reason."""
        with storage_refusals(self.folder):
            return sorted(read_rows(self.folder), key=lambda row: (-(row.saved or 0.0), row.name))

    def leaderboard(self, world_key: str) -> list[Row]:
        """Return the runs in one world (see `checkpoint.world_key`) without autosaves, the best first.

        They are ranked by the exact return of the greedy policy where it is known, and after those by the mean return.
        """
        rows = [row for row in self.rows() if row.world_key == world_key and row.slot != "autosave"]
        lowest = float("-inf")
        return sorted(
            rows,
            key=lambda row: (
                lowest if row.greedy_return is None else row.greedy_return,
                lowest if row.mean_return is None else row.mean_return,
            ),
            reverse=True,
        )

    def save(self, run: TrainingSession | Checkpoint, name: str, *, replace: bool = False) -> str:
        """Write a run under a name and return the name, tidied; one that is taken needs `replace`."""
        name = check_name(name)
        self._write(run, name, replace)
        return name

    def autosave(self, run: TrainingSession | Checkpoint, name: str) -> str:
        """Write a run into the autosave slot of that name, over what is there, and return the name of the slot."""
        slot = f"{check_name(name)}.autosave"
        self._write(run, slot, True)
        return slot

    def keep_best(self, checkpoint: Checkpoint, name: str) -> bool:
        """Write a run into the `best` slot if its greedy return is above that of the one there; return whether it was.

        The checkpoint must have been frozen with its `greedy_return`; without one nothing is written.
        """
        slot = f"{check_name(name)}.best"
        new = checkpoint.document["summary"]["greedy_return"]
        if new is None:
            return False
        with suppress(CheckpointError):  # none there yet, or one that can't be read
            old = run_file.read_summary(self.path(slot)).greedy_return
            if old is not None and old >= new:
                return False
        self._write(checkpoint, slot, True)
        return True

    def thin_slots(self, most: int = MOST_IN_SLOTS) -> None:
        """Delete the oldest autosaves, and the oldest best runs, beyond this many of each."""
        for slot in SLOTS:
            delete_older(self.folder.glob(f"*.{slot}{SUFFIX}"), most)

    def _write(self, run: TrainingSession | Checkpoint, name: str, replace: bool) -> None:
        run_file.write(run if isinstance(run, Checkpoint) else _rated(run), self._files.file(name), replace=replace)

    def open(self, name: str, *, compiled: bool = CAN_COMPILE) -> TrainingSession:
        """Return the run of that name, ready to go on; see `run_file.load`."""
        return run_file.load(self.path(name), compiled=compiled)

    def path(self, name: str) -> Path:
        """Return the path of a run's file."""
        return self._files.path(name)

    def content(self, name: str, most: int = MOST_HANDED_OVER) -> bytes:
        """Return the content of a run's file, which is refused if it has more than `most` bytes."""
        with opened(self.path(name)) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise CheckpointError(
                "too_large",
                f"The file of {name!r} has more than {most / 1e6:.4g} MB; copy it from {str(self.folder)!r}.",
            )
        return content

    def rename(self, name: str, new_name: str) -> str:
        """Give a run another name, which must be free, and return it tidied."""
        source, new_name = self.path(name), check_name(new_name)
        with storage_refusals(self._files.file(new_name)):
            move(source, self._files.file(new_name))
        sync_folder(self.folder)
        return new_name

    def duplicate(self, name: str, new_name: str | None = None) -> str:
        """Copy a run under another name, or under one made from its own, and return the name of the copy."""
        source = self.path(name)
        copy = check_name(new_name) if new_name is not None else self._files.free_name(f"{name.replace('.', ' ')} copy")
        with opened(source) as content, written_whole(self._files.file(copy), replace=False) as target:
            shutil.copyfileobj(content, target)
        return copy

    def delete(self, name: str) -> str:
        """Put a run into the trash, which keeps the last 100, and return a ticket for `undo_delete`."""
        return self._files.delete(name)

    def undo_delete(self, ticket: str) -> str:
        """Take a run out of the trash and return its name, a new one where its own was taken meanwhile."""
        return self._files.undo_delete(ticket)


def _rated(session: TrainingSession) -> Checkpoint:
    """Return a session's checkpoint with the exact return of its greedy policy, where that is known."""
    return with_greedy_return(freeze(session), session.problem)
