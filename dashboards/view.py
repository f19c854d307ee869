"""What every view is: something shown, that moves what is new in a journal into its sources."""

from __future__ import annotations

from typing import Any, Protocol

from gridworld.journal import Journal
from gridworld.problem import Problem


class View(Protocol):
    """A part of a page. It knows no trainer and no other view."""

    panel: Any  # what Panel lays out
    is_watched: bool  # whether it moves: then it is refreshed more often than what is read

    def begin(self, problem: Problem) -> None:
        """Show another world, with nothing told yet. Figures and sources stay the same objects."""

    def refresh(self, journal: Journal) -> None:
        """Move what is new into the sources; only what changed, by patch or stream."""

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme (`dashboards.theme.tokens`)."""
