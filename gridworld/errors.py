"""What can be wrong with a world or with a stored run."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Literal

Code = Literal[
    "missing",  # no such file
    "not_a_checkpoint",  # something else
    "damaged",  # cut short or altered
    "too_large",
    "member",  # a name that has no business there, twice the same, or one that is missing
    "pickle",
    "version",
    "document",  # the JSON member isn't what it should be
    "world",  # can't be made here
    "agent",
    "settings",
    "other_world",
    "shape",
    "dtype",
    "not_finite",
    "out_of_range",
    "environment",
    "name",
    "exists",
    "pyarrow",
    "storage",  # the disk refused
]
"""What is wrong, in one word that stays the same."""


class WorldError(ValueError):
    """A world that makes no sense; the message names where and what to do."""


class EvaluationError(ValueError):
    """A policy that can't be evaluated; the message names in one sentence in which world, and why."""


class MissingLibraryError(ValueError):
    """A library that is not installed; the message names what to install."""


class FaultyEnvironmentError(ValueError):
    """An environment that raised, or returned what its own spaces don't allow; the message names which and what."""


class CheckpointError(ValueError):
    """A file that can't be read or written; the message gives the reason in one sentence, `code` in one word."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, str(self))


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return a sentence, after a blank, with the name that was probably meant; nothing where none is near."""
    near = get_close_matches(word, names, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


class GivenUpError(BaseException):
    """Work in a thread that was given up; no `except Exception` of the work itself holds it."""
