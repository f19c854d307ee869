"""Numbers of an overlay that take time: computed elsewhere, one at a time, while what was known is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

PERIOD = 0.5  # seconds between two computations while the run goes on
SHARE = 0.1  # of the time, at most, that computing takes then


class SlowNumbers:
    """`work(work, then)` computes, elsewhere or at once, and calls `then` with what comes of it.

    `problem` is a sentence about why nothing was found the last time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.work: Callable[[Callable[[], Any], Callable[[Any], None]], None] = lambda work, then: then(work())
        self._clock = clock
        self.forget()

    def forget(self) -> None:
        """Drop what was computed, and what is being computed."""
        self.known: tuple[str, np.ndarray] | None = None
        self._asked: tuple[str, Any] | None = None
        self._rests_until, self._life = -np.inf, object()
        self._is_busy = False
        self.problem = ""

    def is_awaited(self, name: str) -> bool:
        """Return whether the first numbers of an overlay are being computed."""
        return self._is_busy and (self.known is None or self.known[0] != name)

    def ask(
        self,
        name: str,
        scene: Any,
        prepare: Callable[[], Callable[[], np.ndarray]],
        then: Callable[[], None],
        is_running: bool,
        nothing: np.ndarray,
    ) -> np.ndarray:
        """Return the newest numbers of an overlay, or `nothing`; have those of a scene computed, where it is time.

        `prepare()` returns what computes them, from copies. `then()` is called when they are known. A run that rests is
        computed as it rests.
        """
        same = self._asked is not None and self._asked[0] == name
        is_early = same and is_running and self._clock() < self._rests_until
        is_done = self._asked is not None and same and self._asked[1] is scene
        if not (self._is_busy or is_early or is_done):
            self._is_busy, self._asked = True, (name, scene)
            self._begin(name, prepare, then, nothing)
        return self.known[1] if self.known is not None and self.known[0] == name else nothing

    def _begin(
        self, name: str, prepare: Callable[[], Callable[[], np.ndarray]], then: Callable[[], None], nothing: np.ndarray
    ) -> None:
        life, begun = self._life, self._clock()

        def find() -> tuple[np.ndarray, str]:
            try:
                return compute(), ""
            except ValueError as problem:
                return nothing, str(problem)

        def take(found: tuple[np.ndarray, str]) -> None:
            if life is self._life:
                self._is_busy, self.known, self.problem = False, (name, found[0]), found[1]
                self._rests_until = begun + max(PERIOD, (self._clock() - begun) / SHARE)
                then()

        try:
            compute = prepare()
        except ValueError as problem:
            take((nothing, str(problem)))
        else:
            self.work(find, take)
