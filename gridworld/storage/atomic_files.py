"""Files that are there as a whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gridworld.errors import CheckpointError

try:
    import fcntl
except ImportError:  # Windows and Pyodide have no locks of this kind
    fcntl = None  # type: ignore[assignment]

UNFINISHED = ".unfinished"


@contextmanager
def written_whole(path: Path, *, replace: bool = True) -> Iterator[BinaryIO]:
    """Yield a file to write to, which gets its name at the end of the block, when all of it is on the disk.

    If the block raises or the process dies, the name stays what it was. With `replace` False a file that is there
    already stays.

    Raises
    ------
    CheckpointError
        `exists`, or `storage` where the disk refuses.
    """
    with storage_refusals(path):
        file, temporary = _open_locked(path)
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                if fcntl is None:  # Windows renames no open file
                    file.close()
                _give_name(temporary, path, replace)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def try_to_write(folder: Path) -> None:
    """Make a file in a folder and delete it.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    file, temporary = _open_locked(folder / UNFINISHED)
    file.close()
    temporary.unlink()


def _open_locked(path: Path) -> tuple[BinaryIO, Path]:
    """Open a new file beside `path`, locked while it is open, so that no other process deletes it as a leftover."""
    while True:
        temporary = path.with_name(f".{secrets.token_hex(8)}{UNFINISHED}")
        file = temporary.open("xb")
        if fcntl is None:
            return file, temporary
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file, temporary
        file.close()


def _give_name(temporary: Path, path: Path, replace: bool) -> None:
    if replace:
        temporary.replace(path)
    else:
        move(temporary, path)


def move(source: Path, target: Path) -> None:
    """Rename a file. Of two processes that give one name at once, one gets FileExistsError and changes nothing."""
    try:
        os.link(source, target)
    except OSError as problem:
        if problem.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, "is there already", str(target)) from None
        source.rename(target)
        return
    source.unlink()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    if os.name == "posix":
        with suppress(OSError):
            number = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)


@contextmanager
def held_alone(path: Path) -> Iterator[bool]:
    """Hold a lock file, made if there is none, and yield whether it is held: False if another holder has it.

    Where the system has no such locks it is always held.
    """
    with storage_refusals(path), path.open("ab") as lock:
        held = True
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held = False
        yield held


def clean_leftovers(folder: Path) -> int:
    """Delete what interrupted writes left in a folder, and return how many files; what is being written stays."""
    cleaned = 0
    for leftover in folder.glob(f".*{UNFINISHED}"):
        if not is_plain_file(leftover):  # opening a pipe would wait for a writer
            continue
        with suppress(OSError), leftover.open("rb") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            leftover.unlink()
            cleaned += 1
    return cleaned


def delete_older(paths: Iterable[Path], most: int) -> None:
    """Delete all but the `most` newest of these files; one that can't be deleted is left."""
    for path in newest_first(paths)[most:]:
        with suppress(OSError):
            path.unlink()


def newest_first(paths: Iterable[Path]) -> list[Path]:
    """Return files or folders by the time of their last change; one that vanishes meanwhile is left out."""
    found = []
    for path in paths:
        with suppress(OSError):
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def is_plain_file(path: Path) -> bool:
    """Return whether there is a file that can be asked for: no folder, no pipe, no link that leads nowhere."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):  # ValueError: a zero byte in the name
        return False


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Yield a plain file opened for reading; a folder or a pipe, which could be read for ever, is refused."""
    with storage_refusals(path):
        if not stat.S_ISREG(path.stat().st_mode):
            raise CheckpointError("not_a_checkpoint", f"{path.name!r} is not a file.")
        with path.open("rb") as file:
            yield file


@contextmanager
def storage_refusals(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a `CheckpointError` with one sentence."""
    try:
        yield
    except FileExistsError:
        raise CheckpointError("exists", f"There is a file {path.name!r} already; choose another name.") from None
    except FileNotFoundError:
        raise CheckpointError("missing", f"There is no file or folder for {path.name!r}.") from None
    except OSError as problem:
        raise CheckpointError("storage", f"{path.name!r} can't be stored or read: {problem.strerror}.") from None
