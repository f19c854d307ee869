"""A thread for one piece of work that may never come back, such as a step of somebody's environment."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from threading import Lock, Thread
from typing import TypeVar

from gridworld.errors import GivenUpError

T = TypeVar("T")
LOOK = 0.2  # seconds between two questions whether work is still wanted
HAS_THREADS = sys.platform != "emscripten"  # Pyodide, Python in a browser, has none


class OwnThread(Future[T]):
    """The future of work in a thread of its own, which doesn't keep the process alive.

    Whatever the work raises is in it, also what would end a process.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work, self._is_over, self._ending = work, False, Lock()
        self._thread = Thread(target=self._run, name="evaluation", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with suppress(GivenUpError):
            try:
                report = partial(self.set_result, self._work())
            except BaseException as raised:
                report = partial(self.set_exception, raised)
            with self._ending:
                self._is_over = True
            report()

    def give_up(self) -> None:
        """End work that nobody waits for any more: its next step of Python raises `GivenUpError`.

        What waits for something, or is in compiled code, ends when it comes back from there.
        """
        with self._ending:  # a thread that is over may have passed its number on to another
            if not self._is_over and self._thread.ident is not None:
                number = ctypes.c_ulong(self._thread.ident)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(GivenUpError))


def in_own_thread(work: Callable[[], T]) -> Future[T]:
    """Start work in a thread of its own, and return its future. Without threads it is done at once."""
    if HAS_THREADS:
        return OwnThread(work)
    future: Future[T] = Future()
    try:
        future.set_result(work())
    except BaseException as raised:
        future.set_exception(raised)
    return future


def within(seconds: float, work: Callable[[], T], is_wanted: Callable[[], bool] = lambda: True) -> T:
    """Return what work returns, done in a thread of its own; without threads it is done at once.

    Raises
    ------
    TimeoutError
        If it took longer, or was no longer wanted. What the work or `is_wanted` raises goes through. Work that is not
        over then is given up.
    """
    doing, end = in_own_thread(work), time.monotonic() + seconds
    try:
        while not wait([doing], min(LOOK, max(0.0, end - time.monotonic()))).done:
            if time.monotonic() >= end or not is_wanted():
                raise TimeoutError(f"It did not end within {seconds:g} s.")
    finally:
        give_up(doing)
    return doing.result()


def give_up(work: Future) -> None:
    """End work that nobody waits for any more, where it has a thread of its own."""
    if isinstance(work, OwnThread):
        work.give_up()
