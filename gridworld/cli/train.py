"""`gridworld train`: runs from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gridworld.cli.compiling import compile_first
from gridworld.cli.ending import GracefulEnd
from gridworld.cli.inputs import number_options, world_name
from gridworld.cli.judge import figures
from gridworld.cli.loading import load_option
from gridworld.cli.order import Order, goal_of, is_repeated, sessions_for, settings_of
from gridworld.cli.parameters import Real, Whole, finite, json_option, note, print_json
from gridworld.cli.places import check_file
from gridworld.cli.reports import last_returns, train_report
from gridworld.cli.runs import MOST_LISTED, too_many, train_all
from gridworld.cli.saving import Saving
from gridworld.cli.trained import TrainedRun, of_session, repeated_runs
from gridworld.training.session import TrainingSession
from gridworld.training.settings import MAX_EPISODES, Settings

UNSOLVED = 1


@click.command
@click.argument("world", required=False)
@click.option("--agent", help="The id of the agent; `gridworld agents` lists them.  [default: q_learning]")
@click.option("--set", "pairs", metavar="NAME=VALUE", multiple=True, help="A hyperparameter; may be repeated.")
@click.option("--episodes", type=Whole(1, MAX_EPISODES), help="Episodes to train in all.  [default: 500]")
@click.option("--steps", type=Whole(1, 1 << 53), help="Steps to train in all.")
@click.option("--until-solved", is_flag=True, help="Train until the greedy policy is within 1% of the best.")
@click.option("--threshold", type=Real(), help="With --until-solved: the greedy return that is good enough.")
@click.option("--runs", type=Whole(1, 1000), default=1, show_default=True, help="Runs, with seeds S, S + 1, ...")
@click.option("--seed", type=Whole(0, 1 << 53), help="Seed S of the first run.  [default: 0]")
@number_options("slip", "step_reward", "step_limit")
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    help="Save the run to this file, also once a minute while it goes on; of several runs, each to its own file.",
)
@click.option(
    "--resume",
    type=click.Path(path_type=Path),
    help="Continue the run of this file, and save it there again unless --save names another file.",
)
@load_option
@json_option
def train(save: Path | None, **options: Any) -> int:
    """Train an agent in WORLD: an id, the id of a Gymnasium environment, or the path of a world file.

    Ctrl-C or SIGTERM saves the run and prints the name of its file; --resume continues it. --episodes and --steps
    count from the beginning of a run. With --until-solved they set when to give up (exit code 1).
    """
    order = Order(**options)
    file = save or order.resume
    if file is not None:
        check_file("--save" if save else "--resume", file)
    if file is None and is_repeated(order):
        return _repeat(order)
    sessions = sessions_for(order)
    goal = goal_of(order, sessions[0])
    saving = Saving(file, several=order.runs > 1)
    with GracefulEnd() as ending:
        compile_first(sessions[0])
        work = train_all(sessions, goal, ending.stop, saving.checkpoint)
        failures = [problem for done in work if (problem := done.exception())]
        whole = [session for session, done in zip(sessions, work, strict=True) if not done.exception()]
        if file is not None or ending.code is not None:
            saving.save(whole, order.unsaved if ending.code is not None or failures else None)
    if failures:
        raise failures[0]
    if ending.code is not None:
        return ending.code
    if any(map(goal.is_past_listing, sessions)):
        raise ValueError(too_many(sum(session.episode for session in sessions)))
    _print(order, sessions[0].settings_in_force, list(map(of_session, sessions)))
    unsolved = sum(not done.result() for done in work)
    if order.until_solved and unsolved:
        note(f"{unsolved} of {order.runs} runs gave up before the world was solved.")
        return UNSOLVED
    return 0


def _repeat(order: Order) -> int:
    """Do runs that are not saved, one after another in the same arrays on each core."""
    settings, most_listed = settings_of(order), MOST_LISTED // order.runs if order.as_json else None
    with GracefulEnd() as ending:
        compile_first(TrainingSession(settings))
        runs = repeated_runs(settings, order.runs, order.steps or 0, most_listed, ending.stop)
    if ending.code is not None:
        note(f"Ended after {len(runs)} of {order.runs} runs. Runs without --save FILE are not kept; do them again.")
        return ending.code
    _print(order, settings, runs)
    return 0


def _print(order: Order, settings: Settings, runs: Sequence[TrainedRun]) -> None:
    """Print what came out; `settings` are those of the first run."""
    if order.as_json:
        print_json(_document(settings, runs))
    else:
        click.echo(train_report(settings.make_problem(), settings.make_agent(), runs))


def _document(settings: Settings, runs: Sequence[TrainedRun]) -> dict[str, Any]:
    return {
        "world": world_name(settings.world, settings.make_problem()),
        "agent": settings.agent,
        "settings": replace(settings, hyperparameters=settings.make_agent().settings()).to_dict(),
        "seed": settings.seed,
        "last_returns": last_returns(runs),
        "runs": list(map(_run, runs)),
    }


def _run(run: TrainedRun) -> dict[str, Any]:
    return {
        "seed": run.seed,
        "steps": run.steps,
        "returns": [finite(value) for value in run.returns.tolist()],
        "lengths": [int(value) for value in run.lengths.tolist()],
        **{f"greedy_{name}": value for name, value in figures(run.worth).items()},
    }
