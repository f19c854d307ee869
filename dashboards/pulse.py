"""How often pages are refreshed when many are open: their refreshes leave the server time for everything else."""

from __future__ import annotations

import time
from collections.abc import Callable

PERIOD = 0.025  # seconds between two looks of a viewer, and between two refreshes of its page
LONGEST, CALM_LONGEST = 1.0, 2.0  # seconds between two refreshes of what moves, and of the rest, at the most
SHARE = 0.75  # of the time that the server may be busy
MEASURED = 0.25  # seconds


class Pulse:
    """Sets `interval`, the seconds between two refreshes of what moves on a page, by how busy the server was lately.

    What is read gives way first: its `calm_interval` grows with the fifth power.

    Parameters
    ----------
    clock, busy
        Seconds that have passed, and of those the seconds in which this thread computed.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, busy: Callable[[], float] = time.thread_time
    ) -> None:
        self.interval = PERIOD
        self._clock, self._busy = clock, busy
        self._since, self._busy_since = clock(), busy()

    @property
    def calm_interval(self) -> float:
        """Seconds between two refreshes of a whole page."""
        return min(CALM_LONGEST, PERIOD * (self.interval / PERIOD) ** 5)

    def feel(self) -> None:
        """Look how busy the server is, now and then; called after each refresh."""
        passed = self._clock() - self._since
        if passed >= MEASURED:
            share = (self._busy() - self._busy_since) / passed
            wanted = self.interval * share / SHARE
            self.interval = min(LONGEST, max(PERIOD, (self.interval + wanted) / 2))
            self._since, self._busy_since = self._clock(), self._busy()


PULSE = Pulse()
