"""Values that people write as words: in an address, on the command line."""

from __future__ import annotations

from typing import Any


def literal(word: str) -> Any:
    """A word as what it looks like: true, false, a number, or itself."""
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
