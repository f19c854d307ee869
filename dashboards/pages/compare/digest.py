"""What the page shows of the runs so far, computed off the event loop: a bootstrap takes tenths of a second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboards.pages.training import address as training
from dashboards.views.comparison.tables import differences_table, metrics_table, runs_table
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import Curve, CurveKind
from gridworld.experiments.outputs import paragraph
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.study import Study, study_of

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
