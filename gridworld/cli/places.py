"""Where commands write: a place that can't be written to is refused before the work, not after it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from gridworld.storage.atomic_files import try_to_write


def check_place(out: Path, what: str, *endings: str) -> None:
    """Refuse, before anything is done, a name of another kind of file, or a place that can't be written to."""
    if out.suffix.lower() not in endings:
        raise ValueError(f"{out} is not the name of a {what}; it must end in {' or '.join(endings)}.")
    check_file("", out)


def check_file(option: str, file: Path) -> None:
    """Refuse before the work a file that can't be written after it.

    Raises
    ------
    ValueError
        If it is no ordinary file, its name is too long, or nothing can be written into its folder.
    """
    name = f"{option} {file}".lstrip()
    if file.is_dir():
        raise ValueError(f"{name}: that is a folder; name a file.")
    if file.exists() and not file.is_file():
        raise ValueError(f"{name}: that is a device or a pipe; name a file.")
    if not file.parent.is_dir():
        raise ValueError(f"{name}: there is no such folder.")
    with suppress(FileNotFoundError):
        file.stat()  # its name may be too long
    try:
        try_to_write(file.parent)
    except OSError as problem:
        raise ValueError(f"{name}: nothing can be written there ({problem.strerror}); choose another place.") from None
