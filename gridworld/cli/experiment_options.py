"""What `gridworld compare` and `gridworld sweep` share: options of a plan, doing its runs, and the report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar

import click
from tqdm import tqdm

from gridworld.cli.inputs import world_name
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Real, Whole, json_option, print_json
from gridworld.cli.tables import NONE, number, table
from gridworld.experiments.backends import BACKENDS, executor_of
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.metrics import METRICS
from gridworld.experiments.outputs import csv_text
from gridworld.experiments.plan import NUMBERS, Plan
from gridworld.experiments.repeated import is_stepped
from gridworld.experiments.running import compare

F = TypeVar("F", bound=Callable[..., Any])
REPORTS = "gridworld.reports"  # the group by which other packages add forms of reports
OF_PLAN = ("runs", "episodes", "steps", "seed", "metrics", "threshold")


def experiment_options(command: F) -> F:
    """Add the options of an experiment to a command, with JSON and files to load."""
    options = [
        click.option("--runs", type=Whole(*NUMBERS["runs"]), help="Runs of each contestant.  [default: 300]"),
        click.option("--episodes", type=Whole(1, NUMBERS["episodes"][1]), help="Episodes of a run.  [default: 500]"),
        click.option("--steps", type=Whole(1, NUMBERS["steps"][1]), help="Steps of a run, instead of episodes."),
        click.option("--seed", type=Whole(*NUMBERS["first_seed"]), help="Seed of the first run.  [default: 0]"),
        click.option("--metrics", metavar="ID,ID,...", help=f"The metrics to measure, of {', '.join(METRICS)}."),
        click.option("--threshold", type=Real(), help="The mean return that steps_to_threshold looks for."),
        click.option(
            "--out",
            type=click.Path(path_type=Path),
            help="A folder for the results; the same command continues an interrupted experiment.",
        ),
        click.option(
            "--backend",
            type=click.Choice(BACKENDS),
            help="Where the runs are done.  [default: processes for stepped environments, else threads]",
        ),
        click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write all runs to this file, as CSV."),
        click.option("--html", "report", type=click.Path(path_type=Path), help="Write a report to this HTML file."),
        click.option("--stop-when-decided", is_flag=True, help="End as soon as the best contestant is decided."),
        click.option("--address", help="With --backend dask: the scheduler's address, as in tcp://host:8786."),
        load_option,
        json_option,
    ]
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
        given["metrics"] = tuple(given["metrics"].split(","))
    return given


def run_experiment(plan: Plan, options: Mapping[str, Any]) -> None:
    """Do the runs of a plan with a progress bar, and print the report."""
    stepped = any(is_stepped(cell.settings.make_problem()) for cell in plan.cells)
    if options["address"] is not None and options["backend"] != "dask":
        raise click.UsageError("--address is that of a scheduler of Dask; give --backend dask with it.")
    backend = options["backend"] or ("processes" if stepped else "threads")
    if options["out"] is not None and options["stop_when_decided"]:
        raise click.UsageError("--out does all runs of a plan; leave out either --out or --stop-when-decided.")
    write_report = report_writer() if options["report"] else None
    total, interval = len(plan.cells) * plan.runs, 0.1 if sys.stderr.isatty() else 10
    with (
        executor_of(backend, options["address"]) as executor,
        tqdm(total=total, unit="run", mininterval=interval) as bar,
    ):
        early = options["stop_when_decided"]
        result = compare(plan, out=options["out"], backend=executor, progress=bar.update, stop_when_decided=early)
    if options["csv_file"]:
        options["csv_file"].write_text(csv_text(result), "utf-8")
    if write_report is not None:
        write_report(result, options["report"])
    if options["as_json"]:
        print_json(result.document())
    else:
        click.echo("\n".join(_report(result)))


def report_writer() -> Callable[[Comparison, Path], object]:
    """Return what writes a report: `write(result, path)`, which an installed package adds as an entry point.

    Raises
    ------
    click.UsageError
        If none is installed.
    """
    found = list(entry_points(group=REPORTS, name="html"))
    if not found:
        raise click.UsageError(
            f"--html needs a package with the entry point html of {REPORTS}; install gridworld-lab again."
        )
    return found[0].load()


def _report(result: Comparison) -> Iterator[str]:
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
