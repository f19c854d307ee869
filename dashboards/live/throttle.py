"""How often something may happen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Throttle:
    """Lets something happen at most once in `seconds`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self._clock = seconds, clock
        self._last = -math.inf

    def ready(self, at_once: bool = False) -> bool:
        """Return whether it may happen now; it then counts as having happened."""
        now = self._clock()
        if not at_once and now - self._last < self.seconds:
            return False
        self._last = now
        return True
