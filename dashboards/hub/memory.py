"""One memory budget for all that a server keeps of its runs."""

from __future__ import annotations

import os
from collections.abc import Mapping

from dashboards.hub.recent import bytes_of
from dashboards.hub.runs import RunRegistry
from dashboards.hub.shared_run import SharedRun
from gridworld.worlds.problem_cache import ProblemCache

VARIABLE = "GRIDWORLD_MEMORY"
DEFAULT = 512  # MB
MB = 1 << 20
MOST_KEYFRAMES = 128 * MB  # of one run, where there is room
LEAST_KEYFRAMES = MB  # of one run


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

    def usage(self) -> dict[str, int]:
        """Return the bytes in use, by what they are used for."""
        runs = list(self._runs)
        return {
            "runs": sum(map(_own_bytes, runs)),
            "keyframes": sum(shared.keyframes.nbytes for shared in runs),
            "recent": self._runs.recent.nbytes,
            "worlds": self._world_bytes(),
        }

    @property
    def used(self) -> int:
        """Bytes in use."""
        return sum(self.usage().values())

    def hold(self) -> None:
        """Drop what is over the budget."""
        recent = self._runs.recent
        while len(recent) and self.used > self.most:
            recent.drop_oldest()
        while len(self._problems) and self.used > self.most:
            self._problems.drop_oldest()
        self._share_keyframes()
        for shared in self._runs.idle():
            if self.used <= self.most:
                return
            self._runs.drop(shared.id)
            self._share_keyframes()

    def _share_keyframes(self) -> None:
        """Give each run an equal share of what the runs themselves leave."""
        runs = [shared for shared in self._runs if shared.session is not None]
        left = self.most - sum(map(_own_bytes, self._runs)) - self._runs.recent.nbytes - self._world_bytes()
        share = min(MOST_KEYFRAMES, max(LEAST_KEYFRAMES, left // max(1, len(runs))))
        for shared in runs:
            shared.keyframes.limit(share)

    def _world_bytes(self) -> int:
        """Return the bytes of all worlds, each counted once: those that runs are in, and those kept for the next."""
        sessions = [shared.session for shared in self._runs] + [former.session for former in self._runs.recent]
        problems = [*self._problems, *(session.problem for session in sessions if session is not None)]
        return sum(problem.nbytes for problem in set(problems))


def _own_bytes(shared: SharedRun) -> int:
    """Return the bytes of a run without its keyframes: of its session, if it has one, and of its journal."""
    journal = sum(history.rows.nbytes for history in shared.journal.histories.values())
    return journal + (bytes_of(shared.session) if shared.session is not None else 0)
