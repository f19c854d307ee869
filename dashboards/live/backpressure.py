"""Whether a browser keeps up: a probe goes out with a refresh, and comes back once the browser has come to it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

from bokeh.models import Range1d

from dashboards.hub.pacing import LONGEST, PERIOD, Pacing

RARELY = 2 / PERIOD**2  # a probe costs the server as much as a refresh, so that where pages are many they are rare
BEHIND = 4  # refreshes that a browser may be behind before it gets less, and nothing while it comes to a probe
MOST_GROWTH = 1.4  # of the interval by one late probe, as it may be late because of a single plot; see also `holds`
GONE = 10.0  # seconds after which a probe is given up


class Backpressure:
    """Sets `interval`, the seconds between two refreshes of a page, to what its browser can draw.

    What is sent faster than it is drawn waits in the browser, and a Pause waits behind it. `probe` must be part of the
    page. A client that never sends a probe back is not waited for.
    """

    def __init__(self, pacing: Pacing, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval = PERIOD
        self._pacing, self._clock = pacing, clock
        self._shortest = math.inf  # the shortest time that a probe needed, in seconds
        self._out = False  # whether a probe is on its way
        self._sent = self._came = self._refreshed = -math.inf
        self._refreshes, self._before_probe = 0, 1  # since the newest probe, and from the one before to it
        self.probe = Range1d(start=0, end=0, name="probe")
        self.probe.js_link("start", self.probe, "end")
        self.probe.on_change("end", self._came_back)

    def send(self) -> None:
        """Let a probe go with a refresh, unless one is on its way or was a moment ago."""
        now = self._clock()
        self._refreshed, self._refreshes = now, self._refreshes + 1
        if now - self._sent >= (GONE if self._out else RARELY * self._pacing.interval**3):
            self._sent, self._out = now, True
            self._before_probe, self._refreshes = self._refreshes, 0
            self.probe.start += 1

    @property
    def holds(self) -> bool:
        """Whether to wait for the probe before anything more is sent."""
        now = self._clock()
        is_late = self._out and self._late < now - self._sent < GONE
        return is_late and now - self._refreshed < LONGEST

    @property
    def _late(self) -> float:
        """Seconds after which a probe that has not come back means that the browser is behind."""
        return self._shortest + BEHIND * self._pacing.interval

    def _came_back(self, attribute: str, old: Any, new: Any) -> None:
        if new != self.probe.start:
            return
        now = self._clock()
        delay, between = now - self._sent, now - self._came
        self._out, self._came, self._shortest = False, now, min(self._shortest, delay)
        wanted = 0.9 * self.interval
        if delay > self._late:
            drawn = min(delay, between) / self._before_probe
            wanted = min(max(self.interval, drawn), MOST_GROWTH * self.interval)
        self.interval = min(LONGEST, max(PERIOD, wanted))
