"""How often pages are refreshed when many are open: their refreshes leave the server time for everything else."""

from __future__ import annotations

import time
from collections.abc import Callable

PERIOD = 0.025  # seconds between two looks of a viewer, and between two refreshes of its page
LONGEST, CALM_LONGEST = 1.0, 2.0  # seconds between two refreshes of what moves, and of the rest, at the most
SHARE = 0.55  # of the time that refreshes may take, all pages together
MEASURED = 0.25  # seconds


class Pulse:
    """Sets `interval`, the seconds between two refreshes of what moves on a page, from what refreshes took lately.

    What is read gives way first: its `calm_interval` grows with the fifth power.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval = PERIOD
        self._clock = clock
        self._busy, self._since = 0.0, clock()

    @property
    def calm_interval(self) -> float:
        """Seconds between two refreshes of a whole page."""
        return min(CALM_LONGEST, PERIOD * (self.interval / PERIOD) ** 5)

    def took(self, seconds: float) -> None:
        """Count a refresh that took so long."""
        self._busy += seconds
        passed = self._clock() - self._since
        if passed >= MEASURED:
            wanted = self.interval * self._busy / passed / SHARE
            self.interval = min(LONGEST, max(PERIOD, (self.interval + wanted) / 2))
            self._busy, self._since = 0.0, self._clock()


PULSE = Pulse()
