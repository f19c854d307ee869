"""What every view is: something shown, that moves what is new in a journal into its sources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Protocol, runtime_checkable

from gridworld.runs.journal import Journal
from gridworld.worlds.problem import Problem


class View(Protocol):
    """A part of a page. It knows no trainer and no other view."""

    panel: Any  # what Panel lays out

    def begin(self, problem: Problem) -> None:
        """Show another world, with nothing reported yet. Figures and sources stay the same objects."""

    def refresh(self, journal: Journal) -> None:
        """Move what is new into the sources; only what changed, by patch or stream."""

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme (`dashboards.style.theme.tokens`)."""


@runtime_checkable
class MovingView(View, Protocol):
    """A view of which a part is watched rather than read, and refreshed more often than the rest."""

    def move(self, journal: Journal) -> None:
        """Show what moves as it stands now; all else waits for the next refresh."""


class Hideable(ABC):
    """A view that rests while it is not `active`, and takes in what it missed as soon as it is."""

    _active = True
    _waiting: Journal | None = None

    @abstractmethod
    def refresh(self, journal: Journal) -> None:
        """Show what is new; a view asks `is_seen` first."""

    @property
    def active(self) -> bool:
        """Whether the view can be seen."""
        return self._active

    @active.setter
    def active(self, active: bool) -> None:
        self._active = active
        if active and self._waiting is not None:
            self.refresh(self._waiting)

    def is_seen(self, journal: Journal) -> bool:
        """Return whether to take in this journal now; if not, it is kept for later."""
        self._waiting = None if self._active else journal
        return self._active

    def forget_waiting(self) -> None:
        """Forget what was kept for later."""
        self._waiting = None
