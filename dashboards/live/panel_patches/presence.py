"""Whether a name that a library does not promise is there, and the log line when it is not."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from inspect import signature
from typing import Any

LOG = logging.getLogger(__name__)


def has(owner: Any, *names: str) -> bool:
    """Return whether an object has all these attributes."""
    return all(hasattr(owner, name) for name in names)


@cache
def takes(function: Any, *parameters: str) -> bool:
    """Return whether something can be called with these parameters alone, by their names and in this order."""
    if not callable(function):
        return False
    try:
        declared = [p for p in signature(function).parameters.values() if p.name != "self"]
    except ValueError:  # it has no signature, being compiled
        return False
    must = {p.name for p in declared if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    return [p.name for p in declared if p.name in parameters] == list(parameters) and must <= set(parameters)


def usable(change: str, names: Mapping[str, bool]) -> bool:
    """Return whether all names that a change builds on are there; log the first that is gone, once for each change."""
    for name, is_there in names.items():
        if not is_there:
            _log_once(change, name)
            return False
    return True


@cache
def _log_once(change: str, name: str) -> None:
    LOG.warning("%s: %s is not as expected in the installed version, so the plain way is taken.", change, name)
