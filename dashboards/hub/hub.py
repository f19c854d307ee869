"""The hub: all that the pages of one server process share, as one object that is handed to them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from dashboards.hub.autosave import Autosaver
from dashboards.hub.executors import Executors
from dashboards.hub.experiments import Experiments
from dashboards.hub.housekeeping import Housekeeping
from dashboards.hub.memory import DEFAULT, MB, MemoryBudget, memory_limit
from dashboards.hub.open_pages import OpenPages
from dashboards.hub.pacing import PERIOD, Pacing, Turns
from dashboards.hub.runs import MOST_RUNS, RunRegistry
from dashboards.hub.slices import Slicer
from gridworld.storage.library import Library
from gridworld.worlds.problem_cache import PROBLEMS

DUTY = 0.4  # share of a period that computing may take, all active runs together; less where pages are many
SHORTEST, LONGEST = 0.0005, 0.005  # seconds of computing in one look


@dataclass(frozen=True)
class Limits:
    """What one server takes on at the most: runs that are kept, worker processes at a time, bytes for runs."""

    runs: int = MOST_RUNS
    workers: int = 8
    memory: int = DEFAULT * MB


class Hub:
    """The runs of a server process, the pace of its pages, and the executors for work that would hold a page up.

    Parameters
    ----------
    clock, busy
        Seconds that have passed, and of those the seconds in which this thread computed.
    executors
        Where long work is done; threads if None.
    open_library
        Return the library that autosaves go to.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        busy: Callable[[], float] = time.thread_time,
        executors: Executors | None = None,
        limits: Limits | None = None,
        open_library: Callable[[], Library] = Library,
    ) -> None:
        self.clock = clock
        self.executors, self.limits = executors or Executors(), limits or Limits()
        self.slices = Slicer(clock, busy)
        self.pacing = Pacing(clock, lambda: busy() - self.slices.spent)  # work in slices leaves time for refreshes
        self.turns, self.open_pages = Turns(clock), OpenPages()
        autosaver = Autosaver(self.executors.autosave, open_library, clock=clock)
        self.runs = RunRegistry(self.executors.evaluation, clock, autosaver, most=self.limits.runs)
        self.experiments = Experiments(clock)
        self.memory = MemoryBudget(self.runs, PROBLEMS, self.limits.memory)
        self.runs.admit = self.memory.admit
        self.housekeeping = Housekeeping(self.keep_house)

    def keep_house(self, late: float = 0.0) -> None:
        """Do what is due, with viewers or without: save, pause and drop runs, and hold the memory budget.

        For the last `late` seconds the loop was held up, so that no page could look at its run.
        """
        self.runs.sweep(late)
        self.memory.hold()

    @property
    def in_use(self) -> str:
        """How much of its limits the server keeps at present, in a sentence."""
        used, most = self.memory.used / MB, self.memory.most / MB
        return (
            f"This server keeps {len(self.runs)} of at most {self.limits.runs} runs, in {used:,.0f} of {most:,.0f} MB."
        )

    @property
    def look_seconds(self) -> float:
        """How long one look at a run may compute: the active runs share the time that the pages leave."""
        fair = DUTY * PERIOD / max(1, self.runs.active) * (PERIOD / self.pacing.interval) ** 3
        return min(LONGEST, max(SHORTEST, fair))


@cache
def process_hub() -> Hub:
    """Return the hub of this process: a server's, or a notebook's where no other is given."""
    return Hub(limits=Limits(memory=memory_limit()))
