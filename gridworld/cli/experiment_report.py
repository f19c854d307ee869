"""The results of an experiment as text that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gridworld.cli.inputs import world_name
from gridworld.cli.tables import NONE, number, table
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.plan import Plan


def report_lines(result: Comparison) -> Iterator[str]:
    """Yield the lines: the design, a table for each world, differences, and what to bear in mind."""
    plan, document = result.plan, result.document()
    length = f"{plan.episodes:,} episodes" if plan.episodes else f"{plan.steps:,} steps"
    last_seed = plan.first_seed + plan.runs - 1
    early = ", ended early: the best is decided" if result.interim else ""
    yield f"{plan.runs:,} runs of {length} for each contestant, seeds {plan.first_seed} to {last_seed}{early}"
    for world in plan.worlds:
        cells = [cell for cell in plan.cells if cell.settings.world == world]
        contestants = [found for found in document["contestants"] if found["world"] == world]
        yield f"\n{world_name(world, cells[0].settings.make_problem())}"
        rows = [[found["label"], *(_shown(one) for one in found["metrics"].values())] for found in contestants]
        yield table(["contestant", *plan.metrics], rows)
    yield from _differences(document["differences"], plan)
    estimates = [metric for found in document["contestants"] for metric in found["metrics"].values()]
    methods = ", ".join(dict.fromkeys(estimate["method"] for estimate in estimates))
    yield f"\n[low, high]: {estimates[0]['level']:.0%} intervals over seeds ({methods}); {NONE}: infinite or unknown."
    yield from _warnings(document["contestants"])


def _warnings(contestants: list[dict[str, Any]]) -> Iterator[str]:
    """Yield each warning once, with whom it is about."""
    about: dict[str, list[str]] = {}
    for found in contestants:
        for name, estimate in found["metrics"].items():
            if estimate["warning"]:
                about.setdefault(estimate["warning"], []).append(f"{name} of {found['label']}")
    for warning, names in about.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{'; '.join(names[:3])}{more}: {warning}"


def _differences(pairs: list[dict[str, Any]], plan: Plan) -> Iterator[str]:
    if pairs:
        yield f"\nDifferences of {plan.metrics[0]}, paired by seed; p of the paired t-test, adjusted by Holm"
        places = [f" in {pair['world'][:40]}" if len(plan.worlds) > 1 else "" for pair in pairs]
        rows = [
            [f"{pair['one']} - {pair['other']}{place}", _shown(pair), _chance(pair["p"])]
            for pair, place in zip(pairs, places, strict=True)
        ]
        yield table(["", "difference", "p"], rows)


def _shown(estimate: Mapping[str, Any]) -> str:
    low, high = map(_number, estimate["interval"])
    if "median" in estimate:
        return f"median {_number(estimate['median'])} [{low}, {high}]"
    return f"{_number(estimate['mean'])} [{low}, {high}]"


def _chance(p: float | None) -> str:
    return "< 0.0001" if p is not None and p < 0.0001 else number(p, 4)


def _number(value: float | None) -> str:
    """Return a number with two decimals, or four digits where it is small."""
    return number(value) if value is None or abs(value) >= 1 or value == 0 else f"{value:.4g}"
