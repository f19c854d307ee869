"""`gridworld evaluate`: what policies are worth when they no longer explore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gridworld.cli.inputs import read_world, solvable, world_name
from gridworld.cli.judge import figures, greedy, optimum
from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Whole, finite, json_option, print_json
from gridworld.cli.tables import number, table, with_margin
from gridworld.planning.optimum import best_return
from gridworld.storage import run_file


@click.command
@click.argument("targets", metavar="FILE|WORLD...", nargs=-1, required=True)
@click.option(
    "--episodes",
    type=Whole(1, 1_000_000),
    help="Episodes to sample where a world's model isn't known.  [default: up to 1,000]",
)
@click.option("--seed", type=Whole(0, (1 << 53) - 1), default=0, show_default=True, help="Seed of these episodes.")
@load_option
@json_option
def evaluate(targets: tuple[str, ...], episodes: int | None, seed: int, as_json: bool) -> None:
    """Compute the undiscounted return of the greedy policy of a saved run, or of the best policy of a world.

    Exact where the world's model is known, else the mean of sampled episodes and its 95% interval.
    """
    found = [
        _of_run(Path(target), episodes, seed) if _is_run(Path(target)) else _of_world(target) for target in targets
    ]
    if as_json:
        print_json({"evaluations": found})
        return
    rows = [
        [
            result["target"],
            result["world"],
            result["agent"] or "the best policy",
            with_margin(result["return"], result["interval"]),
            number(result["length"], 1),
            number(result["optimum"]),
            number(result["optimum_for_discount"]),
            f"mean of {result['episodes']:,} episodes, ± its 95% interval" if result["episodes"] else "exact",
        ]
        for result in found
    ]
    click.echo(table(["", "world", "policy", "return", "steps", "optimum", "for its discount", "how"], rows, left=3))


def _is_run(path: Path) -> bool:
    """Return whether this is a file as `train --save` writes them, and not a world's text."""
    if not path.is_file():
        return path.suffix == ".npz"
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _of_run(path: Path, episodes: int | None, seed: int) -> dict[str, Any]:
    session = run_file.load(path)
    best = optimum(session)
    return {
        "target": str(path),
        "world": world_name(session.settings.world, session.problem),
        "agent": session.settings.agent,
        "policy": "greedy",
        **figures(greedy(session, episodes, seed)),
        "optimum": finite(best.expected_return),
        "optimum_for_discount": finite(best.return_for_discount),
    }


def _of_world(word: str) -> dict[str, Any]:
    world = read_world(word)
    problem = solvable(world, {})
    try:
        best = finite(best_return(problem.phases[0][1], problem.step_limit))
    except RuntimeError as unfinished:
        raise ValueError(f"{world_name(world, problem)}: {unfinished}") from None
    return {
        "target": word,
        "world": world_name(world, problem),
        "agent": None,
        "policy": "optimal",
        "return": best,
        "length": None,
        "episodes": 0,
        "standard_error": 0.0,
        "interval": [best, best],
        "optimum": best,
        "optimum_for_discount": None,
    }
