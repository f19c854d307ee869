"""`gridworld train`: runs from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.inputs import number_options, world_name
from gridworld.cli.judge import figures, greedy
from gridworld.cli.loading import load_option
from gridworld.cli.order import Order, goal_of, sessions_for
from gridworld.cli.parameters import Real, Whole, finite, json_option, note, print_json
from gridworld.cli.reports import last_returns, train_report
from gridworld.cli.runs import too_many, train_all
from gridworld.cli.saving import Saving, check_file
from gridworld.training.session import TrainingSession
from gridworld.training.settings import MAX_EPISODES

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
    sessions = sessions_for(order)
    goal = goal_of(order, sessions[0])
    saving = Saving(file, several=order.runs > 1)
    with GracefulEnd() as ending:
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
    _print(order, sessions)
    unsolved = sum(not done.result() for done in work)
    if order.until_solved and unsolved:
        note(f"{unsolved} of {order.runs} runs gave up before the world was solved.")
        return UNSOLVED
    return 0


def _print(order: Order, sessions: Sequence[TrainingSession]) -> None:
    if order.as_json:
        print_json(_document(sessions))
    else:
        click.echo(train_report(sessions))


def _document(sessions: Sequence[TrainingSession]) -> dict[str, Any]:
    first = sessions[0]
    settings = replace(first.settings, episodes=first.episodes, hyperparameters=first.agent.settings())
    return {
        "world": world_name(first.settings.world, first.problem),
        "agent": first.settings.agent,
        "settings": settings.to_dict(),
        "seed": first.settings.seed,
        "last_returns": last_returns(sessions),
        "runs": [_run(session) for session in sessions],
    }


def _run(session: TrainingSession) -> dict[str, Any]:
    columns = session.history.since()
    return {
        "seed": session.settings.seed,
        "steps": session.step,
        "returns": [finite(value) for value in columns["return"].tolist()],
        "lengths": [int(value) for value in columns["length"].tolist()],
        **{f"greedy_{name}": value for name, value in figures(greedy(session)).items()},
    }
