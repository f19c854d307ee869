"""`gridworld evaluate`: what policies are worth when they no longer explore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gridworld.cli.inputs import load_option, read_world, solvable, world_name
from gridworld.cli.judge import best_return, greedy, optimum
from gridworld.cli.parameters import Whole, json_option, print_json
from gridworld.cli.reports import number, table
from gridworld.storage import run_file


@click.command(short_help="Tell what greedy policies are worth.")
@click.argument("targets", metavar="FILE|WORLD...", nargs=-1, required=True)
@click.option(
    "--episodes",
    type=Whole(1, 1_000_000),
    help="How many to try where a world's model isn't known.  [default: up to 1000]",
)
@click.option("--seed", type=Whole(0, (1 << 53) - 1), default=0, show_default=True, help="Seed of these episodes.")
@load_option
@json_option
def evaluate(targets: tuple[str, ...], episodes: int | None, seed: int, as_json: bool) -> None:
    """Tell the undiscounted return of the greedy policy of a saved run, or of the best policy of a world.

    Exact where the world's model is known, else the mean of episodes with a generator of their own.
    """
    found = [
        _of_run(Path(target), episodes, seed) if _is_run(Path(target)) else _of_world(target) for target in targets
    ]
    if as_json:
        print_json({"evaluations": found})
        return
    rows = [
        [
            told["target"],
            told["world"],
            told["agent"] or "the best policy",
            number(told["return"]),
            number(told["length"], 1),
            number(told["optimum"]),
            f"mean of {told['episodes']:,} episodes" if told["episodes"] else "exact",
        ]
        for told in found
    ]
    click.echo(table(["", "world", "policy", "return", "steps", "optimum", "how"], rows, left=3))


def _is_run(path: Path) -> bool:
    """Whether this is a file as `train --save` writes them, and not a world's text."""
    if not path.is_file():
        return path.suffix == ".npz"
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _of_run(path: Path, episodes: int | None, seed: int) -> dict[str, Any]:
    session = run_file.load(path)
    verdict = greedy(session, episodes, seed)
    return {
        "target": str(path),
        "world": world_name(session.settings.world, session.problem),
        "agent": session.settings.agent,
        "policy": "greedy",
        "return": verdict.returned,
        "length": verdict.length,
        "optimum": optimum(session),
        "episodes": verdict.episodes,
    }


def _of_world(word: str) -> dict[str, Any]:
    world = read_world(word)
    problem = solvable(world, {})
    best = best_return(problem.phases[0][1], problem.step_limit)
    return {
        "target": word,
        "world": world_name(world, problem),
        "agent": None,
        "policy": "optimal",
        "return": best,
        "length": None,
        "optimum": best,
        "episodes": 0,
    }
