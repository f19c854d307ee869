"""Names that people give to runs, which are also the names of files on every system."""

from __future__ import annotations

import unicodedata

from pathvalidate import ErrorReason, FileNameValidator, ValidationError

from gridworld.errors import CheckpointError

LONGEST = 80  # characters
LONGEST_BYTES = 200  # as UTF-8; endings and tickets still fit into the 255 of most disks
SLOTS = ("autosave", "best")
"""What the program keeps beside a run, by the ending of its name: `my run.autosave`, `my run.best`."""

_EVERY_SYSTEM = FileNameValidator(
    platform="universal", max_len=LONGEST_BYTES, additional_reserved_names=["CONIN$", "CONOUT$", "COM0", "LPT0"]
)


def check_name(name: str) -> str:
    """Return the name, tidied, if a run may have it.

    Raises
    ------
    CheckpointError
        `name`, and names what is wrong with it.
    """
    tidy = unicodedata.normalize("NFC", name).strip()
    if not tidy:
        raise CheckpointError("name", "Give the run a name; this one is empty.")
    if len(tidy) > LONGEST:
        raise CheckpointError("name", f"The name has {len(tidy):,} characters; at most {LONGEST} are allowed.")
    for letter in tidy:
        if letter != " " and unicodedata.category(letter)[0] in "CZ":
            raise CheckpointError("name", f"The name has the character {letter!a}, which can't be seen; leave it out.")
    if tidy[0] in ".~" or tidy[-1] == ".":
        raise CheckpointError("name", "A name begins with neither a dot nor a tilde, and doesn't end with a dot.")
    _check_every_system(tidy)
    if tidy.lower().endswith(tuple(f".{slot}" for slot in SLOTS)):
        raise CheckpointError("name", f"Names that end with .{' or .'.join(SLOTS)} are kept for the program.")
    return tidy


def _check_every_system(tidy: str) -> None:
    try:
        _EVERY_SYSTEM.validate(tidy)
    except ValidationError as problem:
        if problem.reason is ErrorReason.RESERVED_NAME:
            sentence = f"The name {tidy!r} is that of a device on some systems; choose another one."
        elif problem.reason is ErrorReason.INVALID_LENGTH:
            size = len(tidy.encode())
            sentence = f"The name has {size} bytes as UTF-8; at most {LONGEST_BYTES} are allowed, so make it shorter."
        else:
            sentence = rf'The name {tidy!r} has one of the characters / \ : * ? " < > |, which no file may have.'
        raise CheckpointError("name", sentence) from None


def slot_of(name: str) -> str:
    """Return the slot that a name belongs to: one of `SLOTS`, or "" for a run that the user named."""
    ending = name.rpartition(".")[2]
    return ending if ending in SLOTS and "." in name else ""


def check_any_name(name: str) -> str:
    """Return the name as `check_name` does; the names of slots are allowed too."""
    slot = slot_of(name)
    return f"{check_name(name.removesuffix(f'.{slot}'))}.{slot}" if slot else check_name(name)
