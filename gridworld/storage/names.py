"""Names that people give to runs, which are also the names of files on every system."""

from __future__ import annotations

import re
import unicodedata

from gridworld.errors import CheckpointError

LONGEST = 80  # characters
_LONGEST_BYTES = 200
_FORBIDDEN = set('/\\:*?"<>|')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
SLOTS = ("autosave", "best")
"""What the program keeps beside a run, by the ending of its name: `my run.autosave`, `my run.best`."""


def check_name(name: str) -> str:
    """The name, tidied, if a run may be called so.

    Raises
    ------
    CheckpointError
        `name`, saying what is wrong with it.
    """
    tidy = unicodedata.normalize("NFC", name).strip()
    if not tidy:
        raise CheckpointError("name", "Give the run a name; this one is empty.")
    if len(tidy) > LONGEST or len(tidy.encode("utf-8", "replace")) > _LONGEST_BYTES:
        raise CheckpointError("name", f"The name has {len(tidy)} characters; at most {LONGEST} are allowed.")
    for letter in tidy:
        if letter in _FORBIDDEN or (letter != " " and unicodedata.category(letter)[0] in "CZ"):
            raise CheckpointError("name", f"The name has the character {letter!a}, which a file's name can't have.")
    if tidy[0] in ".~" or tidy[-1] == ".":
        raise CheckpointError("name", "A name begins with neither a dot nor a tilde, and doesn't end with a dot.")
    if _RESERVED.fullmatch(tidy):
        raise CheckpointError("name", f"The name {tidy!r} means a device on some systems; choose another one.")
    if tidy.lower().endswith(tuple(f".{slot}" for slot in SLOTS)):
        raise CheckpointError("name", f"Names that end with .{' or .'.join(SLOTS)} are kept for the program.")
    return tidy


def slot_of(name: str) -> str:
    """Which slot a name belongs to: one of `SLOTS`, or "" for a run that somebody named."""
    ending = name.rpartition(".")[2]
    return ending if ending in SLOTS and "." in name else ""


def check_any_name(name: str) -> str:
    """As `check_name`, but the names of slots are allowed too."""
    slot = slot_of(name)
    return f"{check_name(name.removesuffix(f'.{slot}'))}.{slot}" if slot else check_name(name)
