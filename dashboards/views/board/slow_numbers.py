"""Numbers of an overlay that take time: computed elsewhere, one at a time, while what was known is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

PERIOD = 0.5  # seconds between two computations while the run goes on


class SlowNumbers:
    """`work(work, then)` computes, elsewhere or at once, and calls `then` with what comes of it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.work: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Drop what was computed, and what is being computed."""
        self.known: tuple[str, np.ndarray] | None = None
        self._asked: tuple[str, Any] | None = None
        self._begun, self._life = -np.inf, object()
        self._is_busy = False

    def ask(
        self,
        name: str,
        scene: Any,
        compute: Callable[[], np.ndarray],
        then: Callable[[], None],
        is_running: bool,
        nothing: np.ndarray,
    ) -> np.ndarray:
        """Return the newest numbers of an overlay, or `nothing`; have those of a scene computed, where it is time.

        `then()` is called when they are known. A run that rests is computed as it rests.
        """
        same = self._asked is not None and self._asked[0] == name
        is_early = same and is_running and self._clock() - self._begun < PERIOD
        is_done = self._asked is not None and same and self._asked[1] is scene
        if not (self._is_busy or is_early or is_done):
            self._is_busy, self._begun, self._asked = True, self._clock(), (name, scene)
            life = self._life

            def take(numbers: np.ndarray) -> None:
                if life is self._life:
                    self._is_busy, self.known = False, (name, numbers)
                    then()

            self.work(compute, take)
        return self.known[1] if self.known is not None and self.known[0] == name else nothing
