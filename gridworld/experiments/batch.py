"""Many runs of one cell of a plan: the unit of work that threads, processes and clusters are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from threading import local

import numpy as np

from gridworld.agents import agent_class
from gridworld.compiled import CAN_COMPILE
from gridworld.experiments.metrics import METRICS, Judgement, Referee
from gridworld.experiments.repeated import MOST_STEPS, Repeatable, beginnings, repeatable
from gridworld.experiments.tally import MOST_POINTS, Axis, Tallies
from gridworld.training.settings import Settings

_THREAD = local()


@dataclass(frozen=True)
class Batch:
    """Runs of the same settings with the seeds `first_seed`, `first_seed + 1`, ...; plain values, that can be sent.

    The seed and the episodes of `settings` don't count. One of `episodes` and `steps` is 0.
    """

    cell: str  # which one of the plan, by its key
    settings: Settings
    first_seed: int
    runs: int
    episodes: int
    steps: int
    metrics: tuple[str, ...]
    threshold: float | None = None
    points: int = MOST_POINTS
    compiled: bool = CAN_COMPILE
    most_steps: int = MOST_STEPS  # after which a run that still lacks episodes is refused


@dataclass(frozen=True, eq=False)
class BatchResult:
    """What came out of a batch, a row a run."""

    cell: str
    seeds: np.ndarray  # int64 [runs]
    metrics: np.ndarray  # float64 [runs, metrics], in the order of the plan's
    returns: np.ndarray  # float32 [runs, points]: mean return of the episodes at each point; nan where none ended
    lengths: np.ndarray  # float32 [runs, points]

    @property
    def first_seed(self) -> int:
        return int(self.seeds[0])


def run_batch(batch: Batch, between: Callable[[], None] = lambda: None) -> BatchResult:
    """Do the runs of a batch, one after another in the arrays of this thread.

    `between` is called a few times a second: it may wait, and ends the batch by raising an error.

    Raises
    ------
    ValueError
        In one sentence, for settings that make no sense, an endless run or a faulty environment.
    """
    repeated, referee, tallies = _tools(batch)
    tallies.begin_again()
    metrics = [METRICS[name] for name in batch.metrics]
    judges = [(column, metric.judge) for column, metric in enumerate(metrics) if metric.judge]
    values = np.empty((batch.runs, len(metrics)))
    for run, beginning in enumerate(beginnings(batch.first_seed, batch.runs)):
        for episodes in repeated.run(beginning, batch.episodes, batch.steps or batch.most_steps):
            tallies.add(run, episodes)
            between()
        if judges:
            judge_of_phase = referee(repeated.problem.at(repeated.step))
            judgement = Judgement(judge_of_phase, repeated.tables.Q, repeated.exploration)
            for column, judge in judges:
                values[run, column] = judge(judgement)
    for column, metric in enumerate(metrics):
        if metric.measure:
            values[:, column] = metric.measure(tallies)
    returns, lengths = tallies.curves()
    seeds = np.arange(batch.first_seed, batch.first_seed + batch.runs)
    return BatchResult(batch.cell, seeds, values, returns, lengths)


def _tools(batch: Batch) -> tuple[Repeatable, Callable[[int], Referee], Tallies]:
    """Return the run to repeat, the referee of each phase, and the tallies; kept for the next batch of this kind."""
    made_of = agent_class(batch.settings.agent), batch.settings.make_problem()  # others, if they are registered again
    key = replace(batch, first_seed=0), *made_of
    if getattr(_THREAD, "key", None) != key:
        repeated = repeatable(batch.settings, batch.compiled)
        referee = cache(partial(Referee, repeated.problem, repeated.agent))
        axis = Axis(batch.episodes, batch.steps, batch.points)
        tallies = Tallies(axis, batch.runs, batch.threshold, batch.compiled)
        _THREAD.tools, _THREAD.key = (repeated, referee, tallies), key
    return _THREAD.tools
