"""Views in tabs: those that nobody sees take in nothing."""

from __future__ import annotations

from gridworld.journal import Journal


class Hideable:
    """A view that rests while it is not `active`, and takes in what it missed as soon as it is."""

    _active = True
    _waiting: Journal | None = None

    def refresh(self, journal: Journal) -> None:
        """Show what is new; a view asks `is_seen` first."""
        raise NotImplementedError

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
        """Whether to take in this journal now; if not, it is kept for later."""
        self._waiting = None if self._active else journal
        return self._active

    def forget_waiting(self) -> None:
        """Let go of what was kept for later."""
        self._waiting = None
