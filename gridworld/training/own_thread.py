"""A thread for one piece of work that may never come back, such as a step of somebody's environment."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
HAS_THREADS = sys.platform != "emscripten"  # Pyodide, Python in a browser, has none


def in_own_thread(work: Callable[[], T]) -> Future[T]:
    """Start work in a thread of its own, which doesn't keep the process alive, and return its future.

    Whatever the work raises is in the future, also what would end a process. Without threads it is done at once.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as raised:
            future.set_exception(raised)

    if HAS_THREADS:
        Thread(target=run, name="evaluation", daemon=True).start()
    else:
        run()
    return future
