"""Requests to end a command while it works: Ctrl-C, SIGTERM, a terminal that is closed."""

from __future__ import annotations

import os
import signal
from threading import Event
from types import FrameType
from typing import Self

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class GracefulEnd:
    """Receives the signals that ask this process to end, as a context manager in the main thread.

    The first one sets `stop`, so that what was computed can be saved. A second Ctrl-C ends the process at once: code
    of a user that never returns can't be stopped otherwise.
    """

    def __init__(self) -> None:
        self.stop = Event()
        self.code: int | None = None  # the exit code that shells give a process ended by the signal received

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._receive) for number in SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.code is not None and number == signal.SIGINT:
            os._exit(self.code)
        self.code = self.code or 128 + number
        self.stop.set()
