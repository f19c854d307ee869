"""Documents as JSON: written without loss, and read into typed records or refused in one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from numbers import Number
from typing import Any, SupportsFloat, TypeVar

import msgspec
import numpy as np

from gridworld.errors import CheckpointError

MAX_DOCUMENT = 8 << 20  # bytes
Kind = TypeVar("Kind")


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a document as JSON in UTF-8; numbers of numpy become numbers.

    Raises
    ------
    CheckpointError
        `document`, for what JSON doesn't know, or `too_large`.
    """
    try:
        text = json.dumps(document, allow_nan=False, ensure_ascii=False, default=_plain).encode()
    except (ValueError, TypeError, RecursionError) as problem:
        raise CheckpointError("document", f"These settings can't be written down: {problem}.") from None
    check_size(len(text))
    return text


def check_size(size: int) -> None:
    """Refuse a document of more than `MAX_DOCUMENT` bytes."""
    if size > MAX_DOCUMENT:
        raise CheckpointError("too_large", f"The run's description has {size:,} bytes; at most {MAX_DOCUMENT:,} fit.")


def _plain(value: Any) -> Any:
    """Return a number that JSON doesn't know, as those of numpy and fractions, as one that it knows."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, Number) and isinstance(value, SupportsFloat):
        return float(value)
    raise TypeError(f"{value!r} is neither a number, a text, a list nor a mapping")


class Head(msgspec.Struct):
    """What every document begins with; which format and version a program reads is its own affair."""

    format: Any = None
    version: Any = None


def decode(content: bytes, kind: type[Kind], what: str) -> Kind:
    """Return the content of a JSON text as a value of a type, with no value converted from another kind.

    Parameters
    ----------
    content
        UTF-8; its size must be bounded already.
    kind
        A `msgspec.Struct`, or any type that msgspec decodes.
    what
        The subject of the sentence if it is refused: "The player's file".

    Raises
    ------
    CheckpointError
        `document`, naming the place and what is expected there.
    """
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as problem:
        raise CheckpointError("document", f"{what} can't be used: {_explain(problem)}.") from None
    except (ValueError, RecursionError):
        raise CheckpointError("document", f"{what} can't be used: it is not JSON in UTF-8.") from None


def check_head(content: bytes, format_name: str, version: int, what: str, oldest: int | None = None) -> None:
    """Refuse a document of another format or version; versions from `oldest` on are read too, if it is given.

    Raises
    ------
    CheckpointError
        `not_a_checkpoint`, `version`, or `document` where it is no JSON object.
    """
    head = decode(content, Head, what)
    if head.format != format_name:
        raise CheckpointError("not_a_checkpoint", f"{what} is not a {format_name}.")
    if type(head.version) is not int or not (version if oldest is None else oldest) <= head.version <= version:
        newer = type(head.version) is int and head.version > version
        advice = "a newer Gridworld wrote it; update to open it" if newer else "no known version of Gridworld wrote it"
        raise CheckpointError("version", f"{what} has the format version {str(head.version)[:40]}: {advice}.")


def _explain(problem: msgspec.ValidationError) -> str:
    """Return the mistake that msgspec found, its place first: "weights[2]: expected `float`, got `str`"."""
    message, _, place = str(problem).partition(" - at `$")
    message = message[:1].lower() + message[1:200]
    return f"{place[:100].strip('.`')}: {message}" if place else message
