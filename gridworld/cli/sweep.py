"""`gridworld sweep`: an agent over a range of one or more hyperparameters."""

from __future__ import annotations

from typing import Any

import click

from gridworld.cli.experiment_options import experiment_options, plan_fields, run_experiment, varied_agent
from gridworld.cli.inputs import read_pairs, read_world, with_constant_epsilon
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.spreads import read_spread


@click.command
@varied_agent(
    "LOW..HIGH:POINTS",
    "Values of a hyperparameter: a range, in equal ratios with :log after it, or a list a,b,c.",
)
@experiment_options
def sweep(world: str, agent: str, spreads: tuple[str, ...], pairs: tuple[str, ...], **options: Any) -> None:
    """Run an agent in WORLD with each of several values of a hyperparameter, over many runs of common seeds."""
    values = {**read_pairs(pairs), **dict(map(read_over, spreads))}
    contestant = Contestant(agent, with_constant_epsilon(values))
    run_experiment(Plan((contestant,), (read_world(world),), **plan_fields(options)), options)


def read_over(word: str) -> tuple[str, Any]:
    """Return a hyperparameter and its spread, as plans have it."""
    name, equals, spread = word.partition("=")
    if not equals or not name.strip():
        raise ValueError(f"--over {word} names no hyperparameter; write for example --over step_size=0.1..1.0:10.")
    return name.strip(), read_spread(spread)
