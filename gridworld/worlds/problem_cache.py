"""The problems that were loaded last, as many as fit into a number of bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from threading import Lock

from gridworld.worlds.tabular_problem import Problem

CAPACITY = 256 << 20  # bytes; a plain world of 1000 x 1000 cells takes 128 MB


class ProblemCache:
    """Problems by a key; those used longest ago go first. Any thread may ask, and only one builds what several ask for.

    `capacity` may change at any time; it holds from the next problem on.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._kept: dict[Hashable, Problem] = {}  # the one used last at the end
        self._turns: dict[Hashable, Lock] = {}
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """Bytes of the problems it keeps."""
        with self._lock:
            return self._bytes()

    def get(self, key: Hashable, build: Callable[[], Problem]) -> Problem:
        """Return the problem of this key, which `build` makes if it is not kept; what `build` raises goes through."""
        with self._lock:
            if (problem := self._find(key)) is not None:
                return problem
            turn = self._turns.setdefault(key, Lock())
        with turn:
            with self._lock:
                problem = self._find(key)
            try:
                if problem is None:
                    problem = build()
                    self._keep(key, problem)
            finally:
                self._turns.pop(key, None)
        return problem

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()

    def drop_oldest(self) -> None:
        """Let go of the problem used longest ago, if any is kept."""
        with self._lock:
            if self._kept:
                del self._kept[next(iter(self._kept))]

    def __iter__(self) -> Iterator[Problem]:
        """Iterate over the problems kept now, the one used longest ago first."""
        with self._lock:
            return iter(list(self._kept.values()))

    def __len__(self) -> int:
        return len(self._kept)

    def _find(self, key: Hashable) -> Problem | None:
        problem = self._kept.pop(key, None)
        if problem is not None:
            self._kept[key] = problem
        return problem

    def _keep(self, key: Hashable, problem: Problem) -> None:
        with self._lock:
            self._kept[key] = problem
            while self._kept and self._bytes() > self.capacity:
                del self._kept[next(iter(self._kept))]

    def _bytes(self) -> int:
        return sum(problem.nbytes for problem in self._kept.values())


PROBLEMS = ProblemCache()
"""Of this process; a server counts its bytes."""
