"""`gridworld train`: runs from the command line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import click

from gridworld.cli.inputs import load_option, number_options, world_name
from gridworld.cli.judge import figures, greedy
from gridworld.cli.order import Order, goal_of, sessions_for
from gridworld.cli.parameters import INTERRUPTED, Real, Whole, finite, json_option, note, print_json
from gridworld.cli.reports import last_returns, train_report
from gridworld.cli.runs import train_all
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession
from gridworld.training.settings import MAX_EPISODES

UNSOLVED = 1


@click.command(short_help="Train an agent in a world.")
@click.argument("world", required=False)
@click.option("--agent", help="Id of the agent; `gridworld agents` lists them.  [default: q_learning]")
@click.option("--set", "pairs", metavar="NAME=VALUE", multiple=True, help="A hyperparameter; may be given often.")
@click.option("--episodes", type=Whole(1, MAX_EPISODES), help="Train so many episodes in all.  [default: 500]")
@click.option("--steps", type=Whole(1, 1 << 53), help="Train so many steps in all.")
@click.option("--until-solved", is_flag=True, help="Train until the greedy policy is within 1% of the best.")
@click.option("--threshold", type=Real(), help="With --until-solved: the greedy return that is good enough.")
@click.option("--runs", type=Whole(1, 1000), default=1, show_default=True, help="Runs, with seeds S, S + 1, ...")
@click.option("--seed", type=Whole(0, 1 << 53), help="Seed S of the first run.  [default: 0]")
@number_options("slip", "step_reward", "step_limit")
@click.option("--save", type=click.Path(path_type=Path), help="Write the run to this file; several: one file a seed.")
@click.option("--resume", type=click.Path(path_type=Path), help="Go on with the run of this file.")
@load_option
@json_option
def train(save: Path | None, **options: Any) -> int:
    """Train an agent in WORLD: an id, the id of a Gymnasium environment, or the path of a world file.

    Ctrl-C saves the run and says where; --resume goes on with it. --episodes and --steps count from the beginning of
    a run. With --until-solved they say when to give up (exit code 1).
    """
    order = Order(**options)
    _check_folder(save)
    sessions = sessions_for(order)
    goal = goal_of(order, sessions[0])
    solved, interrupted = train_all(sessions, goal)
    if save is not None or interrupted:
        _save(sessions, save, order.unsaved if interrupted else None)
    if interrupted:
        return INTERRUPTED
    if order.as_json:
        print_json(_document(sessions))
    else:
        click.echo(train_report(sessions))
    if order.until_solved and not all(solved):
        note(f"{solved.count(False)} of {order.runs} runs gave up before the world was solved.")
        return UNSOLVED
    return 0


def _check_folder(save: Path | None) -> None:
    """Refuse before the work what can't be written after it."""
    if save is not None and save.is_dir():
        raise ValueError(f"--save {save}: that is a folder; name a file.")
    if save is not None and not save.parent.is_dir():
        raise ValueError(f"--save {save}: there is no such folder.")


def _save(sessions: Sequence[TrainingSession], file: Path | None, go_on: str | None) -> None:
    """Write every run that has begun, say where, and, with the options `go_on`, how to go on."""
    for session in sessions if len(sessions) == 1 else [session for session in sessions if session.step]:
        path = _default_file(session) if file is None else file
        if file is not None and len(sessions) > 1:
            path = file.with_name(f"{file.stem}-{session.settings.seed}{file.suffix}")
        run_file.save(session, path)
        advice = "" if go_on is None else f" Go on with it: gridworld train --resume {shlex.quote(str(path))}{go_on}"
        note(f"Saved after {session.episode:,} episodes and {session.step:,} steps: {path}.{advice}")


def _default_file(session: TrainingSession) -> Path:
    """A file in this folder, named by what was trained, that isn't there yet."""
    world = re.sub(r"[^\w-]+", "_", world_name(session.settings.world, session.problem))
    stem = f"{world}-{session.settings.agent}-{session.settings.seed}"
    names = (Path(f"{stem}.npz" if number == 1 else f"{stem}-{number}.npz") for number in count(1))
    return next(path for path in names if not path.exists())


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
