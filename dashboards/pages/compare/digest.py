"""What the page shows of the runs so far, computed off the event loop: a bootstrap takes tenths of a second."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from dashboards.hub.hub import Hub
from dashboards.hub.pacing import Turns
from dashboards.live.background import in_background, sentence
from dashboards.pages.training import address as training
from dashboards.views.comparison.tables import differences_table, metrics_table, runs_table
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import Curve, CurveKind
from gridworld.experiments.experiment import Experiment
from gridworld.experiments.outputs import paragraph
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.study import Study, study_of
from gridworld.runs.frame import Status

MOST_SEEDS = 50  # listed


@dataclass(frozen=True)
class Digest:
    """The curves and tables of some cells of a plan."""

    cells: Sequence[Cell]
    curves: Sequence[Curve]
    kind: CurveKind
    runs: int
    metrics: str
    differences: str
    single: str
    study: Study | None
    paragraph: str


def first_shown(plan: Plan) -> Sequence[Cell]:
    """Return the cells whose curves are shown at first: of each contestant the one in the middle."""
    own = [[cell for cell in plan.cells if cell.place == place] for place in range(len(plan.contestants))]
    return [cells[len(cells) // 2] for cells in own]


def digest(
    plan: Plan, result: Comparison | None, cells: Sequence[Cell], kind: CurveKind, is_median: bool = False
) -> Digest:
    """Return what is shown of the runs that are there (None: before there are any), with curves of means or medians."""
    world = plan.worlds[0]
    draw = (result.quantiles if is_median else result.curve) if result else None
    curves = [draw(cell.label, kind, world=world) for cell in cells] if draw else []
    runs = result.plan.runs if result else 0
    seeds = min(MOST_SEEDS, runs or plan.runs)
    return Digest(
        cells,
        curves,
        kind,
        runs,
        metrics_table(cells, result, world),
        differences_table(cells, result, world),
        runs_table(cells, result, run_link, plan.first_seed, seeds),
        study_of(plan, result),
        paragraph(result) if result else "",
    )


def run_link(cell: Cell, seed: int) -> str:
    """Return the address of one run on the Grid world page."""
    settings = replace(cell.settings, seed=seed, episodes=cell.episodes)
    return "?" + urlencode(training.to_query(settings))


class Digests:
    """Computes digests off the loop when something has changed, for a fifth of the time while runs come in.

    Parameters
    ----------
    hub
        Where they are computed.
    show, report
        Called with each digest, and with the sentence that says why there is none.
    """

    def __init__(self, hub: Hub, show: Callable[[Digest], None], report: Callable[[str], None]) -> None:
        self._hub, self._show, self._report = hub, show, report
        self._turns = Turns(hub.clock)
        self._shown: Any = None  # what was asked for last
        self._answered: Any = None  # and whose digest is there
        self._is_computing, self._began = False, 0.0

    def refresh(self, experiment: Experiment, cells: Sequence[Cell], kind: CurveKind, is_median: bool) -> None:
        """Compute what is new; at once if it isn't only that there are more runs."""
        asked = id(experiment), experiment.status, kind, is_median, tuple(cell.key for cell in cells)
        wanted = asked, experiment.revision
        if wanted == self._shown or self._is_computing:
            return
        if self._shown and self._shown[0] == asked and not self._turns.ask("digest"):
            return
        self._shown, self._is_computing, self._began = wanted, True, self._hub.clock()
        plan, result = experiment.plan, experiment.result
        in_background(self._hub.executors.statistics, lambda: digest(plan, result, cells, kind, is_median), self._take)

    def are_of_the_end(self, experiment: Experiment) -> bool:
        """Return whether what is shown is of all runs of a comparison that has ended."""
        return self._answered == (id(experiment), Status.FINISHED, experiment.revision)

    def _take(self, future: Future[Digest]) -> None:
        self._is_computing = False
        (number, status, *_), revision = self._shown
        self._answered = number, status, revision
        self._turns.rest_after(self._hub.clock() - self._began)
        problem = future.exception()
        if problem is not None:
            self._report(sentence(problem))
        else:
            self._show(future.result())
