"""What leaves a comparison: a table for other programs, and a paragraph for a paper."""

from __future__ import annotations

import csv
import io
import platform
from collections.abc import Mapping
from math import inf
from typing import Any

from gridworld.agents import agent_class
from gridworld.agents.relevance import is_relevant
from gridworld.drawing.minus import with_minus
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.spreads import written_spread
from gridworld.experiments.statistics import Estimate
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
    """Return a paragraph for a paper.

    It has the design with all hyperparameters, n, the first metric with its intervals, the decision, and versions.
    """
    plan = result.plan
    findings = (_findings(result, world) for world in plan.worlds)
    return " ".join(filter(None, [_design(plan), _hyperparameters(plan), *findings, _machine(result)]))


def _design(plan: Plan) -> str:
    length = f"{plan.episodes:,} episodes" if plan.episodes else f"{plan.steps:,} steps"
    seeds = f"{plan.first_seed} to {plan.first_seed + plan.runs - 1}"
    number = len(plan.cells)
    who = "One contestant had" if number == 1 else f"{number} contestants were compared over"
    return f"{who} {plan.runs:,} independent runs of {length} each, with common random seeds ({seeds})."


def _hyperparameters(plan: Plan) -> str:
    """Return all numbers of the agents in sentences: what all contestants share, then what each has of its own."""
    all_numbers = [_numbers(one) for one in plan.contestants]
    shared = {
        name: value
        for name, value in all_numbers[0].items()
        if len(plan.contestants) > 1 and all(numbers.get(name) == value for numbers in all_numbers)
    }
    sentences = [f"All have {_listed(shared)}."] if shared else []
    for one, numbers in zip(plan.contestants, all_numbers, strict=True):
        own = {name: value for name, value in numbers.items() if name not in shared}
        if own or one.label:
            who = f"{one.label} is {one.agent}" if one.label else one.agent
            sentences.append(f"{who}{f' with {_listed(own)}' if own else ''}.")
    if any("draws" in value for numbers in all_numbers for value in numbers.values() if isinstance(value, Mapping)):
        sentences.append(f"Random draws have the seed {plan.draw_seed}.")
    return " ".join(sentences)


def _numbers(one: Contestant) -> dict[str, Any]:
    """Return the hyperparameters of a contestant that mean something, also those that it was not given."""
    spread = {name: value for name, value in one.hyperparameters.items() if isinstance(value, Mapping | list | tuple)}
    fixed = {name: value for name, value in one.hyperparameters.items() if name not in spread}
    values = agent_class(one.agent).create(fixed).settings()
    return {name: value for name, value in values.items() if is_relevant(name, values)} | spread


def _listed(numbers: Mapping[str, Any]) -> str:
    spreads = (Mapping, list, tuple)
    texts = {name: written_spread(value) if isinstance(value, spreads) else value for name, value in numbers.items()}
    return ", ".join(f"{name} = {text}" for name, text in texts.items())


def _findings(result: Comparison, world: str) -> str:
    metric = result.plan.metrics[0]
    cells = [cell for cell in result.plan.cells if cell.settings.world == world]
    found = [(cell.label, result.estimate(cell.label, metric, world=world)) for cell in cells]
    numbers = "; ".join(
        f"{label} {four_digits(one.value)} [{four_digits(one.low)}, {four_digits(one.high)}]" for label, one in found
    )
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


def _interval(found: Estimate) -> str:
    return f"{four_digits(found.value)} [{four_digits(found.low)}, {four_digits(found.high)}]"


def four_digits(value: float) -> str:
    """Return a number with four digits that count, or all before the point: −27.53, 0.6400, 19,850."""
    return with_minus(f"{value:,.0f}" if 1_000 <= abs(value) < inf else f"{value:#.4g}")


def _machine(result: Comparison) -> str:
    stopped = " The number of runs was not fixed before; the intervals allow for that." if result.interim else ""
    return f"Runs were made with gridworld-lab {__version__} on Python {platform.python_version()}.{stopped}"
