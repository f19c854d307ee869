"""How often pages are refreshed when many are open: their refreshes leave the server time for everything else."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

PERIOD = 0.025  # seconds between two looks of a viewer, and between two refreshes of its page
CALM_PERIOD, CALM_REFRESHES = 0.1, 4  # between two whole refreshes of what moves: seconds, and refreshes, at least
READ_PERIOD, READ_REFRESHES = 0.4, 16  # between refreshes of two views that are read rather than watched, likewise
LONGEST = 1.0  # seconds between two refreshes of what moves on a page, at the most
SHARE = 0.8  # of the time that the server may be busy
CALM_SHARE = 0.2  # of the time that refreshes of whole pages may take
MEASURED = 0.25  # seconds
SLOWLY = 0.85  # the interval grows at once, and shrinks no faster than to this share of what it was
GONE = 1.0  # seconds after which a page that waits and doesn't ask again is no longer waited for


class Pacing:
    """Sets `interval`, the seconds between two refreshes of what moves on a page, by how busy the server was lately.

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

    def measure(self) -> None:
        """Measure how busy the server is, now and then; called after each refresh."""
        now, busy = self._clock(), self._busy()
        passed = now - self._since
        if passed < MEASURED:
            return
        if passed < 2 * MEASURED:  # after a rest nothing is known of what comes
            wanted = self.interval * (busy - self._busy_since) / passed / SHARE
            self.interval = min(LONGEST, max(PERIOD, wanted, self.interval * SLOWLY))
        self._since, self._busy_since = now, busy


class Turns:
    """Lets pages refresh all they show one after the other, in the order in which they asked, with rests between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked: dict[Hashable, float] = {}  # who waits, in order -> when it asked last
        self._next = -float("inf")

    def ask(self, who: Hashable) -> bool:
        """Return whether it is this page's turn; if not, it asks again soon."""
        now = self._clock()
        self._asked[who] = now
        for other, when in list(self._asked.items()):
            if now - when <= GONE:
                break
            del self._asked[other]
        if now < self._next or next(iter(self._asked)) is not who:
            return False
        del self._asked[who]
        return True

    def rest_after(self, seconds: float) -> None:
        """Rest after a refresh that took this many seconds."""
        self._next = self._clock() + seconds * (1 / CALM_SHARE - 1)
