"""What `gridworld train` is asked to do, and the sessions that it creates or continues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from gridworld.cli.inputs import check_numbers, given, read_hyperparameters, read_world
from gridworld.cli.judge import good_enough, solves
from gridworld.cli.runs import MOST_LISTED, Goal, rows_for, too_many, with_rows
from gridworld.experiments.repeated import MOST_STEPS
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

PATIENCE = 100_000  # episodes after which --until-solved gives up


@dataclass(frozen=True)
class Order:
    """The options of the command line; None where one was left out.

    Raises
    ------
    click.UsageError
        If two of them don't go together.
    """

    world: str | None
    resume: Path | None
    agent: str | None
    pairs: tuple[str, ...]
    seed: int | None
    runs: int
    episodes: int | None
    steps: int | None
    until_solved: bool
    threshold: float | None
    slip: float | None
    step_reward: float | None
    step_limit: int | None
    as_json: bool

    def __post_init__(self) -> None:
        if self.world is None and self.resume is None:
            raise click.UsageError("Name a WORLD to train in, or a file to continue: --resume FILE.")
        if self.resume is not None and self.runs > 1:
            raise click.UsageError("--resume continues one run; leave out --runs.")
        if self.episodes is not None and self.steps is not None:
            raise click.UsageError("Give --episodes or --steps, not both.")
        if self.threshold is not None and not self.until_solved:
            raise click.UsageError("--threshold is the return that counts as solved; give --until-solved with it.")

    @property
    def numbers(self) -> dict[str, Any]:
        """The world's numbers that were given."""
        return given(slip=self.slip, step_reward=self.step_reward, step_limit=self.step_limit)

    @property
    def unsaved(self) -> str:
        """The options that a saved run doesn't remember, to go on to the same end."""
        options: dict[str, float | None] = {"--steps": self.steps}
        if self.until_solved:
            options |= {"--episodes": self.episodes, "--threshold": self.threshold}
        chosen = "".join(f" {name}={value}" for name, value in options.items() if value is not None)
        return chosen + (" --until-solved" if self.until_solved else "")

    @property
    def says_how_far(self) -> bool:
        return self.until_solved or self.episodes is not None or self.steps is not None

    @property
    def last_episode(self) -> int:
        """How many episodes to do in all; 0 where only steps count."""
        if self.episodes is not None:
            return self.episodes
        if self.steps is not None:
            return 0
        return PATIENCE if self.until_solved else Settings.episodes


def settings_of(order: Order) -> Settings:
    """Return the settings of the first run that begins.

    Raises
    ------
    ValueError
        In one sentence, for whatever makes no sense.
    """
    assert order.world is not None
    agent = Settings.agent if order.agent is None else order.agent
    world = read_world(order.world)
    check_numbers(world, order.numbers)
    if order.as_json and not order.until_solved and order.last_episode * order.runs > MOST_LISTED:
        raise ValueError(too_many(order.last_episode * order.runs))
    return Settings(
        world=world,
        agent=agent,
        options=order.numbers,
        hyperparameters=read_hyperparameters(agent, order.pairs),
        seed=order.seed or 0,
        episodes=order.last_episode,
    )


def sessions_for(order: Order) -> list[TrainingSession]:
    """Return one session a seed, or the one of the file to go on with. Raises as `settings_of`."""
    if order.resume is not None:
        return [_resumed(order, order.resume)]
    settings, rows = settings_of(order), rows_for(order.last_episode or order.steps, order.runs)
    return [TrainingSession(replace(settings, seed=settings.seed + i), history=rows) for i in range(order.runs)]


def is_repeated(order: Order) -> bool:
    """Return whether nothing is asked of the runs that needs a session for each: they can then share their arrays."""
    if order.runs == 1 or order.until_solved:
        return False
    return max(order.steps or 0, order.last_episode) <= MOST_STEPS


def _resumed(order: Order, file: Path) -> TrainingSession:
    """Return the run of a file, given how far to go."""
    session = run_file.load(file)
    _check_same(order, session, file)
    if order.steps is not None and order.steps < session.step:
        raise ValueError(
            f"{file.name} has done {session.step:,} steps; --steps counts them all, so give a larger number."
        )
    if order.says_how_far:
        session.extend(order.last_episode)
    elif not session.episodes:
        raise ValueError(f"The run of {file.name} has no end; set one by --episodes or --steps.")
    if order.as_json and not order.until_solved and session.episodes > MOST_LISTED:
        raise ValueError(too_many(session.episodes))
    if order.as_json and session.history.version:
        raise ValueError(f"{file.name} no longer has a row for each episode, which JSON needs; leave out --json.")
    return with_rows(session, rows_for(session.episodes or order.steps, 1))


def _check_same(order: Order, session: TrainingSession, file: Path) -> None:
    """Refuse what is given beside a file and isn't what its run was begun with."""
    own = session.settings
    chosen = {
        "WORLD": (order.world and read_world(order.world), own.world),
        "--agent": (order.agent, own.agent),
        "--seed": (order.seed, own.seed),
        **{f"--{name.replace('_', '-')}": (value, own.options.get(name)) for name, value in order.numbers.items()},
    }
    hyperparameters, present = read_hyperparameters(own.agent, order.pairs), session.agent.settings()
    chosen |= {f"--set {name}": (value, present[name]) for name, value in hyperparameters.items()}
    for name, (value, has) in chosen.items():
        if value is not None and value != has:
            raise ValueError(f"{name} differs from the settings of the run of {file.name}; leave it out.")


def goal_of(order: Order, session: TrainingSession) -> Goal:
    """Return when the runs are done.

    Raises
    ------
    ValueError
        If it isn't known what solves the world.
    """
    most_listed = MOST_LISTED // order.runs if order.as_json else None
    if not order.until_solved:
        return Goal(order.steps, None, most_listed)
    if order.threshold is None and good_enough(session) is None:
        raise ValueError(
            f"The best return in {session.problem.name} isn't known; give the return that is enough: --threshold X."
        )

    def is_solved(session: TrainingSession) -> bool:
        enough = good_enough(session) if order.threshold is None else order.threshold
        return enough is not None and solves(session, enough)

    return Goal(order.steps, is_solved, most_listed)
