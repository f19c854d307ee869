"""What `gridworld compare`, `sweep` and `tune` share: options of a plan, and doing its runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from gridworld.cli.compiling import compile_each_first
from gridworld.cli.experiment_report import report_lines
from gridworld.cli.inputs import read_names
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Real, Whole, json_option, note, print_json
from gridworld.cli.places import check_file
from gridworld.cli.progress import progress_bar
from gridworld.experiments.backends import BACKENDS, executor_of
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.outputs import csv_text
from gridworld.experiments.plan import NUMBERS, Plan
from gridworld.experiments.repeated import is_stepped
from gridworld.experiments.reports import report
from gridworld.experiments.results_folder import ResultsFolder
from gridworld.experiments.running import compare
from gridworld.experiments.tally import MOST_POINTS
from gridworld.storage.atomic_files import written_whole
from gridworld.training.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
OF_PLAN = ("runs", "episodes", "steps", "seed", "metrics", "threshold", "points")


def experiment_options(command: F) -> F:
    """Add the options of an experiment to a command, with JSON and files to load."""
    options = [
        click.option("--runs", type=Whole(*NUMBERS["runs"]), help="Runs of each contestant.  [default: 300]"),
        click.option("--episodes", type=Whole(1, NUMBERS["episodes"][1]), help="Episodes of a run.  [default: 500]"),
        click.option("--steps", type=Whole(1, NUMBERS["steps"][1]), help="Steps of a run, instead of episodes."),
        click.option("--seed", type=Whole(*NUMBERS["first_seed"]), help="Seed of the first run.  [default: 0]"),
        click.option("--metrics", metavar="ID,ID,...", help=f"The metrics to measure, any of {', '.join(METRICS)}."),
        click.option(
            "--points", type=Whole(*NUMBERS["points"]), help=f"Points of a learning curve.  [default: {MOST_POINTS}]"
        ),
        click.option("--threshold", type=Real(), help="The mean return that steps_to_threshold looks for."),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="A folder for the results; the same command continues an interrupted experiment.",
        ),
        click.option(
            "--backend",
            type=click.Choice(BACKENDS),
            help="Where to do the runs.  [default: processes for stepped environments, else threads]",
        ),
        click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write all runs to this file, as CSV."),
        click.option("--html", "report", type=click.Path(path_type=Path), help="Write a report to this HTML file."),
        click.option("--stop-when-decided", is_flag=True, help="End as soon as the best contestant is decided."),
        click.option("--address", help="With --backend dask: the scheduler's address, as in tcp://host:8786."),
        load_option,
        json_option,
    ]
    return _with(options, command)


def varied_agent(over: str, about: str) -> Callable[[Any], Any]:
    """Return what adds a world, an agent and hyperparameters to a command, some of which take several values.

    `over` is the form of these values, and `about` explains them.
    """
    options = [
        click.argument("world"),
        click.option("--agent", default=Settings.agent, show_default=True, help="The id of the agent."),
        click.option(
            "--over", "spreads", metavar=f"NAME={over}", multiple=True, required=True, help=f"{about} May be repeated."
        ),
        click.option("--set", "pairs", metavar="NAME=VALUE", multiple=True, help="A hyperparameter; may be repeated."),
    ]
    return partial(_with, options)


def _with(options: Sequence[Callable[[Any], Any]], command: Any) -> Any:
    for option in reversed(options):
        command = option(command)
    return command


def plan_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a plan that were given.

    Raises
    ------
    click.UsageError
        If two of them don't go together.
    """
    given = {name: options[name] for name in OF_PLAN if options[name] is not None}
    if "episodes" in given and "steps" in given:
        raise click.UsageError("Give --episodes or --steps, not both.")
    if "steps" in given:
        given["episodes"] = 0
    if "seed" in given:
        given["first_seed"] = given.pop("seed")
    if "metrics" in given:
        given["metrics"] = read_names(given["metrics"])
    return given


def run_experiment(plan: Plan, options: Mapping[str, Any]) -> None:
    """Do the runs of a plan with a progress bar, and print the report."""
    stepped = any(is_stepped(cell.settings.make_problem()) for cell in plan.cells)
    if options["address"] is not None and options["backend"] != "dask":
        raise click.UsageError("--address is for a Dask scheduler; give --backend dask as well.")
    backend = options["backend"] or ("processes" if stepped else "threads")
    if options["out"] is not None and options["stop_when_decided"]:
        raise click.UsageError("--out does all runs of a plan; leave out either --out or --stop-when-decided.")
    for option, file in (("--csv", options["csv_file"]), ("--html", options["report"])):
        if file is not None:
            check_file(option, file)
    if options["out"] is not None:
        ResultsFolder(options["out"], plan)  # refused before a bar is drawn
    write_report = report("html") if options["report"] else None
    compile_each_first((cell.settings for cell in plan.cells), stepped)
    total, early = len(plan.cells) * plan.runs, options["stop_when_decided"]
    with executor_of(backend, options["address"], note) as executor, progress_bar(total, "run") as move:
        result = compare(plan, out=options["out"], backend=executor, progress=move, stop_when_decided=early)
    if options["csv_file"]:
        with written_whole(options["csv_file"]) as file:
            file.write(csv_text(result).encode())
    if write_report is not None:
        write_report(result, options["report"])
    if options["as_json"]:
        print_json(result.document())
    else:
        click.echo("\n".join(report_lines(result)))
