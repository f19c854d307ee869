"""Hubs of the tests' own, without threads."""

from __future__ import annotations

from dashboards.hub.executors import AtOnce, Executors
from dashboards.hub.hub import Hub
from support.clock import Clock


def make_hub(clock: Clock | None = None, **options) -> Hub:
    """Return a hub that does all work at once; with a clock, nothing it measures is left to chance."""
    timed = {"clock": clock, "busy": lambda: 0.0} if clock else {}
    return Hub(executors=Executors(lambda name: AtOnce()), **timed, **options)
