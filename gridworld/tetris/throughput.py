"""How fast a trainer works."""

from __future__ import annotations


class Speed:
    """Steps per second of work, measured again after every half second of it."""

    def __init__(self, step: int) -> None:
        self.value = 0.0
        self._since, self._seconds = step, 0.0

    def worked(self, step: int, seconds: float) -> None:
        """Record that this many seconds of work led to this step."""
        self._seconds += seconds
        if self._seconds >= 0.5:
            self.value = (step - self._since) / self._seconds
            self._since, self._seconds = step, 0.0
