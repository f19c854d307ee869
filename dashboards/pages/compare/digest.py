"""What the page shows of the runs so far, computed off the event loop: a bootstrap takes tenths of a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboards.pages.training import address as training
from dashboards.views.comparison.study import Study, study_of
from dashboards.views.comparison.tables import differences_table, metrics_table, runs_table
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import Curve, CurveKind
from gridworld.experiments.outputs import paragraph
from gridworld.experiments.plan import Cell, Plan

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


def digest(plan: Plan, result: Comparison | None, cells: Sequence[Cell], kind: CurveKind) -> Digest:
    """Return what is shown of the runs that are there; None: before there are any."""
    world = plan.worlds[0]
    curves = [result.curve(cell.label, kind, world=world) for cell in cells] if result else []
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
