"""Where work that would hold a page up is done: in a thread, or at once where there are none."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import Any

from gridworld.training.own_thread import HAS_THREADS, in_own_thread

PATIENCE = 20.0  # seconds for which work waits for other work of its kind


class AtOnce(Executor):
    """Does the work while it is handed in."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future:
        """Return a future that is done."""
        future: Future = Future()
        try:
            future.set_result(work(*arguments, **options))
        except Exception as problem:
            future.set_exception(problem)
        return future


class InTurn(Executor):
    """Does one thing after another, off the page; a server that ends does not wait for it.

    What takes longer than `patience` seconds, such as a step of an environment that hangs, keeps the next no longer
    waiting.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._last: Future = Future()
        self._last.set_result(None)

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future:
        """Return a future of the work, which has its turn in a thread of its own."""
        before = self._last

        def do() -> Any:
            wait([before], self._patience)
            return work(*arguments, **options)

        self._last = in_own_thread(do)
        return self._last


class EachApart(Executor):
    """Does each work in a thread of its own, so that one that never comes back holds up no other."""

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future:
        """Return a future of the work."""
        return in_own_thread(lambda: work(*arguments, **options))


def one_thread(name: str) -> Executor:
    """Return an executor that does one thing after another, off the page where that can be."""
    return ThreadPoolExecutor(1, name) if HAS_THREADS else AtOnce()


class Executors:
    """One executor for each kind of long work, so that none waits for another; a thread starts when it is needed."""

    def __init__(self, make: Callable[[str], Executor] | None = None) -> None:
        in_turn = make or (lambda name: InTurn(PATIENCE) if HAS_THREADS else AtOnce())
        make = make or one_thread
        self.evaluation = make("evaluation")
        self.autosave = make("autosave")
        self.insight = in_turn("insight")  # looking for the update behind a value
        self.travel = in_turn("travel")  # looking for a moment of a run: seconds at most, but for a search
        self.files = in_turn("files")
        self.exports = in_turn("exports")  # pages for offline use take seconds
        self.tetris = make("tetris")  # compiling before a demo
        self.ratings = in_turn("ratings")  # games of saved Tetris players: up to a minute each
        self.race = in_turn("race")  # runs that step side by side
        self.statistics = make("statistics")  # of comparisons: a bootstrap takes tenths of a second
