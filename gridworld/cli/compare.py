"""`gridworld compare`: agents over many seeds, with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gridworld.cli.experiment_options import OF_PLAN, experiment_options, plan_fields, run_experiment
from gridworld.cli.inputs import read_names, read_pairs, read_world, with_recommended
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.plan_files import read_plan
from gridworld.experiments.running import shared_contestants


@click.command
@click.argument("target", metavar="WORLD|PLAN")
@click.option("--agents", metavar="ID,ID,...", help="The ids of the agents; `gridworld agents` lists them.")
@click.option(
    "--set",
    "pairs",
    metavar="NAME=VALUE",
    multiple=True,
    help="A hyperparameter of all agents that have it; may be repeated.",
)
@experiment_options
def compare(target: str, agents: str | None, pairs: tuple[str, ...], **options: Any) -> None:
    """Compare agents in WORLD over many runs of common seeds, or run the PLAN in a .toml or .json file.

    Print the mean of each metric with a 95% interval, and paired differences of the first metric. Hyperparameters
    that are not set are those recommended for WORLD, where some are, else the agent's own.
    """
    if Path(target).suffix in (".toml", ".json"):
        chosen = ["agents"] * (agents is not None) + ["set"] * bool(pairs)
        chosen += [name for name in OF_PLAN if options[name] is not None]
        if chosen:
            raise click.UsageError(f"{target} decides what is run; leave out --{chosen[0]}.")
        run_experiment(read_plan(target), options)
        return
    if agents is None:
        raise click.UsageError("Name the agents to compare: --agents sarsa,q_learning.")
    world, shared = read_world(target), shared_contestants(read_names(agents), read_pairs(pairs))
    contestants = tuple(
        Contestant(one.agent, with_recommended(world, one.agent, one.hyperparameters)) for one in shared
    )
    run_experiment(Plan(contestants, (world,), **plan_fields(options)), options)
