"""What every view is: something shown, that moves what is new in a journal into its sources."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from gridworld.journal import Journal
from gridworld.problem import Problem


class View(Protocol):
    """A part of a page. It knows no trainer and no other view."""

    panel: Any  # what Panel lays out

    def begin(self, problem: Problem) -> None:
        """Show another world, with nothing told yet. Figures and sources stay the same objects."""

    def refresh(self, journal: Journal) -> None:
        """Move what is new into the sources; only what changed, by patch or stream."""

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme (`dashboards.theme.tokens`)."""


@runtime_checkable
class MovingView(View, Protocol):
    """A view of which a part is watched rather than read, and refreshed more often than the rest."""

    def move(self, journal: Journal) -> None:
        """Show what moves as it stands now; all else waits for the next refresh."""
