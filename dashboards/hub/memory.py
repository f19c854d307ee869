"""One memory budget for all that a server keeps of its runs."""

from __future__ import annotations

import os
from collections.abc import Mapping

from dashboards.hub.recent import bytes_of
from dashboards.hub.runs import RunRegistry
from dashboards.hub.shared_run import SharedRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem_cache import ProblemCache

VARIABLE = "GRIDWORLD_MEMORY"
DEFAULT = 512  # MB
MB = 1 << 20
MOST_KEYFRAMES = 128 * MB  # of one run, where there is room
LEAST_KEYFRAMES = MB  # of one run
ALWAYS_ADMITTED = 2 * MB  # of one run with its world: as many as a server keeps at the most are no danger


def memory_limit(environment: Mapping[str, str] = os.environ) -> int:
    """Return the budget in bytes, from GRIDWORLD_MEMORY in MB. Raises ValueError where that is no such number."""
    word = environment.get(VARIABLE, str(DEFAULT))
    if not word.isdecimal() or not 16 <= int(word) <= 1 << 20:
        raise ValueError(f"{VARIABLE} is {word!r}; give a whole number of MB from 16 to {1 << 20:,}.")
    return int(word) * MB


class MemoryBudget:
    """Holds the runs of a server, their keyframes and worlds, and the recent trainings within `most` bytes.

    Over the limit, things are dropped in this order: recent trainings, the oldest first; loaded worlds that no run
    uses, the one used longest ago first; keyframes, thinned in all runs alike; whole runs without viewers that don't
    run, the one idle for longest first.
    """

    def __init__(self, runs: RunRegistry, problems: ProblemCache, most: int) -> None:
        self._runs, self._problems, self.most = runs, problems, most

    def usage(self, coming: TrainingSession | None = None, instead: SharedRun | None = None) -> dict[str, int]:
        """Return the bytes in use, by what they are used for: as they are, or with a session in place of a run's."""
        runs = [shared for shared in self._runs if shared is not instead]
        return {
            "runs": sum(map(_own_bytes, runs)) + (bytes_of(coming) if coming else 0),
            "keyframes": sum(shared.keyframes.nbytes for shared in runs),
            "recent": self._runs.recent.nbytes,
            "worlds": self._world_bytes([*(shared.session for shared in runs), coming]),
        }

    @property
    def used(self) -> int:
        """Bytes in use."""
        return sum(self.usage().values())

    def hold(self, coming: TrainingSession | None = None, instead: SharedRun | None = None) -> None:
        """Drop what is over the budget, as things are or with a session that comes in place of a run's."""

        def is_over() -> bool:
            return sum(self.usage(coming, instead).values()) > self.most

        recent = self._runs.recent
        while len(recent) and is_over():
            recent.drop_oldest()
        while len(self._problems) and is_over():
            self._problems.drop_oldest()
        self._share_keyframes(coming, instead)
        for shared in self._runs.idle():
            if not is_over():
                return
            if shared is not instead:
                self._runs.drop(shared.id)
                self._share_keyframes(coming, instead)

    def admit(self, coming: TrainingSession, instead: SharedRun | None = None) -> None:
        """Make room for a session, in place of that of a run if there is one. A small one always has its place.

        Raises
        ------
        ValueError
            If runs that work or are looked at leave too little room for it.
        """
        needed = bytes_of(coming) + coming.problem.nbytes
        if needed <= ALWAYS_ADMITTED:
            return
        self.hold(coming, instead)
        if sum(self.usage(coming, instead).values()) > self.most:
            raise ValueError(
                f"{coming.problem.name} takes {needed / MB:,.0f} MB, and too much of the server's "
                f"{self.most / MB:,.0f} MB is in use. Choose a smaller world, or try again when other runs have ended."
            )

    def _share_keyframes(self, coming: TrainingSession | None, instead: SharedRun | None) -> None:
        """Give each run an equal share of what the runs themselves leave."""
        runs = [shared for shared in self._runs if shared.session is not None]
        usage = self.usage(coming, instead)
        left = self.most - sum(usage.values()) + usage["keyframes"]
        share = min(MOST_KEYFRAMES, max(LEAST_KEYFRAMES, left // max(1, len(runs))))
        for shared in runs:
            shared.keyframes.limit(share)

    def _world_bytes(self, sessions: list[TrainingSession | None]) -> int:
        """Return the bytes of all worlds, each counted once: those that runs are in, and those kept for the next."""
        former = (former.session for former in self._runs.recent)
        problems = [*self._problems, *(session.problem for session in (*sessions, *former) if session is not None)]
        return sum(problem.nbytes for problem in set(problems))


def _own_bytes(shared: SharedRun) -> int:
    """Return the bytes of a run without its keyframes: of its session, if it has one, and of its journal."""
    journal = sum(history.rows.nbytes for history in shared.journal.histories.values())
    return journal + (bytes_of(shared.session) if shared.session is not None else 0)
