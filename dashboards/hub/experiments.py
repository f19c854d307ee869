"""The comparisons of a server, found by their plan: the same plan gives the same bits, so pages share them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from gridworld.experiments.experiment import Experiment
from gridworld.experiments.plan import Plan
from gridworld.experiments.plan_files import plan_document
from gridworld.runs.frame import Status

KEPT = 8
MOST_RUNNING = 3


class Experiments:
    """Keeps the last few comparisons that pages showed; one that is running is never dropped."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, Experiment] = {}  # by plan, the one asked for last at the end

    def of(self, plan: Plan) -> Experiment:
        """Return the comparison of a plan: the one that is there, or a new one that has not begun."""
        key = json.dumps(plan_document(plan), sort_keys=True)
        experiment = self._kept.pop(key, None) or Experiment(plan, clock=self._clock)
        self._kept[key] = experiment
        for old in [old for old in self._kept if old != key and self._kept[old].status is not Status.RUNNING]:
            if len(self._kept) <= KEPT:
                break
            self._kept.pop(old).reset()
        return experiment

    def start(self, experiment: Experiment) -> None:
        """Start a comparison, or let it go on.

        Raises
        ------
        ValueError
            If as many are running as the server lets.
        """
        running = sum(other.status is Status.RUNNING for other in self._kept.values() if other is not experiment)
        if running >= MOST_RUNNING:
            raise ValueError(
                f"{running} comparisons are running on this server, which is the most it allows. "
                "Pause one of them, or try again when one has ended."
            )
        experiment.start()
