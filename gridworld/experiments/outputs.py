"""What leaves a comparison: a table for other programs, and a paragraph for a paper."""

from __future__ import annotations

import csv
import io
import platform

from gridworld.experiments.comparison import Comparison
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Plan
from gridworld.version import __version__


def csv_text(result: Comparison) -> str:
    """Return a row a run as CSV: world, contestant, agent, seed and all metrics."""
    columns = result.columns()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return text.getvalue()


def paragraph(result: Comparison) -> str:
    """Return a paragraph for a paper: design, n, the first metric with its intervals, the decision, and versions."""
    plan = result.plan
    return " ".join([_design(plan), *(_findings(result, world) for world in plan.worlds), _machine(result)])


def _design(plan: Plan) -> str:
    length = f"{plan.episodes:,} episodes" if plan.episodes else f"{plan.steps:,} steps"
    seeds = f"{plan.first_seed} to {plan.first_seed + plan.runs - 1}"
    return (
        f"{len(plan.cells)} contestants were compared over {plan.runs:,} independent runs of {length} each, "
        f"with common random seeds ({seeds})."
    )


def _findings(result: Comparison, world: str) -> str:
    metric = result.plan.metrics[0]
    cells = [cell for cell in result.plan.cells if cell.settings.world == world]
    found = [(cell.label, result.estimate(cell.label, metric, world=world)) for cell in cells]
    numbers = "; ".join(f"{label} {one.value:#.4g} [{one.low:#.4g}, {one.high:#.4g}]" for label, one in found)
    method = found[0][1].method
    where = "a world given as text" if "\n" in world else world
    text = f"In {where}, {METRICS[metric].label[0].lower()}{METRICS[metric].label[1:]} (mean [95% interval, {method}], "
    text += f"n = {result.plan.runs:,}): {numbers}."
    decision = result.decision(metric, world=world)
    if len(cells) < 2 or decision.best is None:
        return text
    test = "anytime-valid confidence sequences" if result.interim else "paired t-tests with Holm's adjustment"
    verdict = "differs from every other" if decision.is_decided else "does not differ from every other"
    return f"{text} The best, {decision.best}, {verdict} by {test} (5%, all pairs)."


def _machine(result: Comparison) -> str:
    stopped = " The number of runs was not fixed before; the intervals allow for that." if result.interim else ""
    return f"Runs were made with gridworld-lab {__version__} on Python {platform.python_version()}.{stopped}"
