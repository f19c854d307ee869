"""What a server does now and then, with viewers or without: a callback on its loop."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable

PERIOD = 0.25  # seconds


class Housekeeping:
    """Calls `work(late)` every `PERIOD` seconds from `start` on, `late` being how many seconds the loop was held up."""

    def __init__(self, work: Callable[[float], None]) -> None:
        self._work = work
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin on the running loop, once; a script has none, and needs none."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if loop is not self._loop:
            self._loop = loop
            self._wait(loop)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call back in a context of its own: that of a page would keep the page."""
        due = loop.time() + PERIOD
        loop.call_at(due, self._go_round, loop, due, context=contextvars.Context())

    def _go_round(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if loop is self._loop:
            self._wait(loop)
            self._work(loop.time() - due)
