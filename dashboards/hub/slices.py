"""Long work of a loop in slices: between two of them everything else that is due has its turn.

The work may lie deep in functions that know nothing of it, such as a library's: it stops where they reach `pause_point`
and goes on from there. All of it stays in the loop's own thread. A thread of its own would share with the loop what
Panel, Bokeh and param set for a whole process and take back, and would see runs while they change.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

try:
    import greenlet
except ImportError:  # Pyodide has none, and no server
    greenlet = None

T = TypeVar("T")
LENGTH = 0.006  # seconds of a slice
LONGEST_PAUSE = 2.0  # lengths of a slice; a loop that always has something to do lets the work go on after that
IDLE = 0.0005  # seconds that a round of a loop takes in which nothing was due, at the most
PAUSE = object()
Greenlet: Any = object if greenlet is None else greenlet.greenlet


class Slicer:
    """Runs work in slices; `spent` counts the seconds for which it computed.

    Parameters
    ----------
    clock, busy
        Seconds that have passed, and of those the seconds in which this thread computed.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, busy: Callable[[], float] = time.thread_time
    ) -> None:
        self.clock, self._busy = clock, busy
        self.spent = 0.0

    def run(self, work: Coroutine[Any, Any, T], swap: Callable[[], None] = lambda: None) -> _Sliced[T]:
        """Return an awaitable of the work's result; what is part of other work in slices pauses with it.

        `swap()`, called before and after each slice, exchanges what the work sets for the whole process with what the
        loop has.
        """
        return _Sliced(self, work, swap)

    def slice(self, go_on: Callable[..., Any], *arguments: Any) -> Any:
        """Do one slice of work."""
        began = self._busy()
        try:
            return go_on(*arguments)
        finally:
            self.spent += self._busy() - began


class _Part(Greenlet):
    """Work that can pause: `began` is when its present slice began, `whole` how often it is not to be divided."""

    def __init__(self, slices: Slicer, work: Coroutine[Any, Any, Any]) -> None:
        super().__init__(self._drive)
        self.gr_context = contextvars.copy_context()
        self.slices, self._work = slices, work
        self.began, self.whole = slices.clock(), 0

    def _drive(self) -> Any:
        """Take the steps of the work; hand on what it waits for, and what it is interrupted by."""
        go_on: Callable[..., Any] = self._work.send
        argument: Any = None
        while True:
            try:
                waited_for = go_on(argument)
            except StopIteration as end:
                return end.value
            go_on, argument = self._work.send, None
            try:
                self.parent.switch(waited_for)
            except BaseException as problem:
                go_on, argument = self._work.throw, problem


class _Sliced(Generic[T]):
    def __init__(self, slices: Slicer, work: Coroutine[Any, Any, T], swap: Callable[[], None]) -> None:
        self._slices, self._work, self._swap = slices, work, swap

    def __await__(self) -> Generator[Any, Any, T]:
        if greenlet is None or _current() is not None:
            return (yield from self._work.__await__())
        return (yield from self._in_slices())

    def _in_slices(self) -> Generator[Any, Any, T]:
        part = _Part(self._slices, self._work)
        go_on: Callable[..., Any] = part.switch
        arguments: tuple[BaseException, ...] = ()
        while True:
            part.began = self._slices.clock()
            self._swap()
            try:
                found = self._slices.slice(go_on, *arguments)
            finally:
                self._swap()
            if part.dead:
                return found
            go_on, arguments = part.switch, ()
            try:
                if found is PAUSE:
                    yield from self._pause()
                else:
                    yield found
            except BaseException as problem:
                go_on, arguments = part.throw, (problem,)

    def _pause(self) -> Generator[None, Any, None]:
        """Let the loop go round until nothing was due."""
        clock = self._slices.clock
        began = round_began = clock()
        while True:
            yield
            now = clock()
            if now - round_began < IDLE or now - began > LONGEST_PAUSE * LENGTH:
                return
            round_began = now


def _current() -> _Part | None:
    """Return the work in slices that this is part of, if it is."""
    part = None if greenlet is None else greenlet.getcurrent()
    return part if isinstance(part, _Part) else None


def pause_point() -> None:
    """Pause if the slice has been long enough; elsewhere than in work in slices, do nothing."""
    part = _current()
    if part is not None and not part.whole and part.slices.clock() - part.began > LENGTH:
        part.parent.switch(PAUSE)


@contextmanager
def undivided() -> Iterator[None]:
    """Do all that is inside in one slice: it looks at what others may change meanwhile."""
    part = _current()
    if part is None:
        yield
        return
    part.whole += 1
    try:
        yield
    finally:
        part.whole -= 1
