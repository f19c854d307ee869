"""Plans of comparisons in the address of their page: written short, and read within the bounds of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from typing import Any

from gridworld.experiments.plan import Plan
from gridworld.experiments.plan_files import plan_document, plan_from
from gridworld.training.settings import Settings
from gridworld.worlds.ids import is_text, split_options

LONGEST = 8_000  # characters
MOST_CONTESTANTS, MOST_CELLS = 8, 64
MOST_RUNS = 5_000
MOST_EPISODES, MOST_STEPS = 20_000, 1_000_000
POINTS = 100
MOST_CURVES = 50_000  # of all cells: 40 MB


def to_query(plan: Plan) -> dict[str, str]:
    """Return the address of a plan's comparison."""
    usual = plan_document(Plan(plan.contestants, plan.worlds, points=POINTS))
    document = plan_document(plan)
    differs = {name: value for name, value in document.items() if name == "contestants" or value != usual[name]}
    differs["worlds"] = document["worlds"]
    return {"page": "compare", "plan": json.dumps(differs, separators=(",", ":"), ensure_ascii=False)}


def plan_of(text: str) -> Plan:
    """Return the plan of an address.

    Raises
    ------
    ValueError
        In one sentence, if it is no plan, or more than a page does.
    """
    if len(text) > LONGEST:
        raise ValueError(f"The plan has {len(text):,} characters; an address can have {LONGEST:,}.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The plan is not written as JSON; begin with the form instead.") from None
    if isinstance(document, dict):
        _check_size(document.get("contestants"))
        document = {"points": POINTS, **document}
    return checked(plan_from(document))


def checked(plan: Plan) -> Plan:
    """Return a plan that a page can do. Raises ValueError, in one sentence, for one that is too large."""
    more = "the command line has no such limit (gridworld compare plan.toml)."
    if len(plan.worlds) > 1:
        raise ValueError(f"The page compares in one world at a time, and the plan has {len(plan.worlds)}; {more}")
    if len(plan.contestants) > MOST_CONTESTANTS or len(plan.cells) > MOST_CELLS:
        raise ValueError(
            f"The plan has {len(plan.contestants)} contestants with {len(plan.cells)} combinations of values; the page "
            f"takes up to {MOST_CONTESTANTS} and {MOST_CELLS}; {more}"
        )
    bounds = (("runs", MOST_RUNS), ("episodes", MOST_EPISODES), ("steps", MOST_STEPS))
    for name, most in bounds:
        if getattr(plan, name) > most:
            raise ValueError(f"{name} is {getattr(plan, name):,}; on the page it can be up to {most:,}; {more}")
    if plan.points * plan.runs * len(plan.cells) > POINTS * MOST_CURVES:
        raise ValueError(
            f"{len(plan.cells)} contestants with {plan.runs:,} runs each are more than the {MOST_CURVES:,} runs that a "
            f"page keeps; choose fewer; {more}"
        )
    return plan


def world_of(settings: Settings) -> str:
    """Return the world of settings with its options, as a plan names it.

    Raises
    ------
    ValueError
        If it can't be named: a text with options.
    """
    if not settings.options:
        return settings.world
    if is_text(settings.world):
        raise ValueError("A world of your own can be compared only with the numbers that are in its text.")
    name, own = split_options(settings.world)
    pairs = ((key, _written(value)) for key, value in {**own, **settings.options}.items())
    return f"{name}?" + "&".join(f"{key}={value}" for key, value in pairs)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _check_size(contestants: Any) -> None:
    """Refuse a document whose combinations are too many, before any of them is made."""
    for contestant in contestants if isinstance(contestants, list) else ():
        spreads = contestant.get("hyperparameters") if isinstance(contestant, Mapping) else None
        counts = [_count(spread) for spread in spreads.values()] if isinstance(spreads, Mapping) else []
        if prod(counts) > MOST_CELLS:
            raise ValueError(
                f"A contestant spreads over {prod(counts):,} combinations of values; the page takes up to {MOST_CELLS}."
            )


def _count(spread: Any) -> int:
    """Return how many values a hyperparameter takes, as far as that can be seen."""
    if isinstance(spread, Mapping):
        spread = next((spread[name] for name in ("values", "points", "draws") if name in spread), 1)
        if isinstance(spread, int):
            return min(max(1, spread), 1_000_000)
    return max(1, len(spread)) if isinstance(spread, list) else 1
