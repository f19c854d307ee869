"""Reports of a comparison that other packages draw and declare as entry points, so that nothing here knows a screen."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

REPORTS = "gridworld.reports"  # the group of entry points


def report(name: str) -> Callable[..., Any]:
    """Return what makes a report of a comparison: "html" is `write(result, path)`, "picture" is `draw(result, ...)`.

    Raises
    ------
    ValueError
        If no installed package declares it.
    """
    found = list(entry_points(group=REPORTS, name=name))
    if not found:
        raise ValueError(
            f"This needs a package with the entry point {name} of {REPORTS}; install gridworld-lab again: "
            "pip install --force-reinstall gridworld-lab."
        )
    return found[0].load()
