"""`gridworld tune`: the best hyperparameters of an agent, found with Optuna."""

from __future__ import annotations

from typing import Any

import click

from gridworld.cli.compiling import compile_each_first
from gridworld.cli.experiment_options import varied_agent
from gridworld.cli.inputs import read_pairs, read_world, with_recommended
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Real, Whole, finite, json_option, print_json
from gridworld.cli.progress import progress_bar
from gridworld.cli.sweep import read_over, read_spreads
from gridworld.cli.tables import table
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.tuning import MOST_TRIALS
from gridworld.experiments.tuning import tune as tuned
from gridworld.training.settings import Settings


@click.command
@varied_agent("LOW..HIGH[:log]", "A hyperparameter to tune: a range, or a list a,b,c.")
@click.option("--trials", type=Whole(1, MOST_TRIALS), default=50, show_default=True, help="Trials in all.")
@click.option("--runs", type=Whole(1, 10_000), default=30, show_default=True, help="Runs of each trial.")
@click.option("--episodes", type=Whole(1, 1_000_000), default=500, show_default=True, help="Episodes of a run.")
@click.option("--seed", type=Whole(0, 2**31), default=0, show_default=True, help="Seed of the trials and their runs.")
@click.option(
    "--metric", type=click.Choice(list(METRICS)), default="return", show_default=True, help="What to tune for."
)
@click.option("--threshold", type=Real(), help="The mean return that steps_to_threshold looks for.")
@click.option(
    "--storage",
    metavar="URL",
    help="Keep the study in this database, such as sqlite:///study.db, and continue one that is there.",
)
@load_option
@json_option
def tune(world: str, agent: str, spreads: tuple[str, ...], pairs: tuple[str, ...], **options: Any) -> None:
    """Look for the best values of some hyperparameters of an agent in WORLD, each trial over many runs.

    The study of --storage opens in optuna-dashboard. The same seed gives the same trials. Hyperparameters that are not
    set are those recommended for WORLD, where some are, else the agent's own.
    """
    place, ranges = read_world(world), read_spreads(spreads, pairs, read_range)
    numbers = with_recommended(place, agent, {**read_pairs(pairs), **ranges})
    fixed = {name: value for name, value in numbers.items() if name not in ranges}
    compile_each_first([Settings(world=place, agent=agent, hyperparameters=fixed)])
    with progress_bar(options["trials"], "trial") as move:
        study = tuned(
            place,
            agent,
            ranges,
            trials=options["trials"],
            sampler_seed=options["seed"],
            storage=options["storage"],
            fixed=fixed,
            progress=move,
            runs=options["runs"],
            episodes=options["episodes"],
            first_seed=options["seed"],
            metrics=(options["metric"],),
            threshold=options["threshold"],
            points=1,
        )
    value = finite(study.best_value)
    best = {"value": value, "settings": study.best_params, "fixed": fixed, "trials": len(study.trials)}
    if options["as_json"]:
        print_json({"world": world, "agent": agent, "metric": options["metric"], **best})
        return
    found = "infinite in all" if value is None else f"{value:.4g}, the best of"
    click.echo(f"{METRICS[options['metric']].label}: {found} {len(study.trials)} trials")
    rows = [[name, f"{value}"] for name, value in study.best_params.items()]
    rows += [[name, f"{value} (fixed)"] for name, value in fixed.items()]
    click.echo(table(["hyperparameter", "value"], rows))


def read_range(word: str) -> tuple[str, Any]:
    """Return a hyperparameter and its range; LOW..HIGH needs no number of points here."""
    name, _, spread = word.partition("=")
    if ".." in spread and spread.count(":") == spread.count(":log"):
        low_high, log, _ = spread.partition(":log")
        word = f"{name}={low_high}:2{log}"
    return read_over(word)
