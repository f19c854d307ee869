"""The problems that were loaded last, as many as fit into a number of bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from threading import Lock

from gridworld.errors import GivenUpError, WorldError
from gridworld.worlds.tabular_problem import Problem

CAPACITY = 384 << 20  # bytes; a world of 1000 x 1000 cells takes 128 MB, and 332 MB if it is slippery
PATIENCE = 20.0  # seconds


@dataclass
class _Building:
    """A problem that is being built."""

    lock: Lock = field(default_factory=Lock)
    began: float = field(default_factory=time.monotonic)


class ProblemCache:
    """Problems by a key; those used longest ago go first. Any thread may ask, and only one builds what several ask for.

    `capacity`, and `patience`, the seconds that others wait for a problem that is being built, may change at any time;
    they hold from the next problem on.
    """

    def __init__(self, capacity: int = CAPACITY, patience: float = PATIENCE) -> None:
        self.capacity, self.patience = capacity, patience
        self._kept: dict[Hashable, Problem] = {}  # the one used last at the end
        self._building: dict[Hashable, _Building] = {}
        self._given_up: dict[Hashable, float] = {}  # until when nobody tries again what never came
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """Bytes of the problems it keeps."""
        with self._lock:
            return self._bytes()

    def get(self, key: Hashable, build: Callable[[], Problem]) -> Problem:
        """Return the problem of this key, which `build` makes if it is not kept; what `build` raises goes through.

        Raises
        ------
        WorldError
            If another thread has been building it for `patience` seconds, or was ended in it less than that ago.
        """
        with self._lock:
            if (problem := self._find(key)) is not None:
                return problem
            if self._was_given_up(key):
                raise self._refusal()
            building = self._building.setdefault(key, _Building())
        if not building.lock.acquire(timeout=max(0.0, building.began + self.patience - time.monotonic())):
            raise self._refusal()
        try:
            with self._lock:
                problem = self._find(key)
            if problem is None:
                problem = build()
                self._keep(key, problem)
        except GivenUpError:
            with self._lock:
                self._given_up[key] = time.monotonic() + self.patience
            raise
        finally:
            self._building.pop(key, None)
            building.lock.release()
        return problem

    def _was_given_up(self, key: Hashable) -> bool:
        now = time.monotonic()
        self._given_up = {other: until for other, until in self._given_up.items() if until > now}
        return key in self._given_up

    def _refusal(self) -> WorldError:
        return WorldError(f"The world is not there after {self.patience:g} s of loading; choose another one.")

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
