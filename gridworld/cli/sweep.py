"""`gridworld sweep`: an agent over a range of one or more hyperparameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from gridworld.cli.experiment_options import experiment_options, plan_fields, run_experiment, varied_agent
from gridworld.cli.inputs import read_pairs, read_world, with_constant_epsilon, with_recommended
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.spreads import read_spread


@click.command
@varied_agent(
    "LOW..HIGH:POINTS",
    "Values of a hyperparameter: a range, in equal ratios with :log after it, or a list a,b,c.",
)
@experiment_options
def sweep(world: str, agent: str, spreads: tuple[str, ...], pairs: tuple[str, ...], **options: Any) -> None:
    """Run an agent in WORLD with each of several values of a hyperparameter, over many runs of common seeds.

    Hyperparameters that are not set are those recommended for WORLD, where some are, else the agent's own.
    """
    place = read_world(world)
    values = with_constant_epsilon({**read_pairs(pairs), **read_spreads(spreads, pairs, read_over)})
    contestant = Contestant(agent, with_recommended(place, agent, values))
    run_experiment(Plan((contestant,), (place,), **plan_fields(options)), options)


def read_spreads(words: Iterable[str], pairs: Iterable[str], read: Callable[[str], tuple[str, Any]]) -> dict[str, Any]:
    """Return hyperparameters and their spreads, each read by `read`.

    Raises
    ------
    ValueError
        If one is there twice, or is set by one of the NAME=VALUE pairs too.
    """
    fixed, spreads = {pair.partition("=")[0].strip() for pair in pairs}, dict[str, Any]()
    for name, spread in map(read, words):
        if name in spreads:
            raise ValueError(f"--over names {name} twice; give all its values at once, as in --over {name}=A,B,C.")
        if name in fixed:
            raise ValueError(f"{name} has one value by --set and others by --over; leave out one of the two.")
        spreads[name] = spread
    return spreads


def read_over(word: str) -> tuple[str, Any]:
    """Return a hyperparameter and its spread, as plans have it."""
    name, equals, spread = word.partition("=")
    if not equals or not name.strip():
        raise ValueError(f"--over {word} names no hyperparameter; write for example --over step_size=0.1..1.0:10.")
    return name.strip(), read_spread(spread)
