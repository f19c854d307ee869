"""What is named on the command line: worlds, numbers of a world, and hyperparameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import gymnasium as gym

from gridworld.agents import agent_class
from gridworld.agents.base import MAX_VALUES
from gridworld.cli.parameters import Real, Whole
from gridworld.errors import WorldError
from gridworld.extensions import load_module
from gridworld.training.recommended import recommended_hyperparameters
from gridworld.worlds.ids import MODULE_ID, is_grid, likely_meant, literal
from gridworld.worlds.kept import titled
from gridworld.worlds.named import world_ids
from gridworld.worlds.problem import Problem, load_problem
from gridworld.worlds.text import parse_world

F = TypeVar("F", bound=Callable[..., Any])

LARGEST_FILE = 16 << 20
GRID_ONLY = {"slip", "step_reward"}
SCHEDULE = ("epsilon_schedule", "epsilon_end", "epsilon_decay")
EXPLORATION = {"exploration", "epsilon", *SCHEDULE}


def read_world(word: str) -> str:
    """Return the world as the library takes it: an id, or the text of the file of that name.

    A text without a title gets the file's name as its title.

    Raises
    ------
    ValueError
        If there is neither a world nor a file of that name, or the file is no world.
    """
    name = word.partition("?")[0]
    if is_grid(name) or name in gym.registry:
        return word
    path = Path(word)
    if path.is_file():
        return _read_file(path)
    if module_id := MODULE_ID.fullmatch(name):
        load_module(module_id["module"])
        return word
    choice = (
        f"Choose one of {', '.join(world_ids())}, open_N for any N, the id of a Gymnasium environment, or the path of a"
    )
    raise WorldError(f"There is no world and no file {word!r}. {likely_meant(name) or f'{choice} world file.'}")


def _read_file(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise WorldError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB; a world file is a short text.")
    try:
        text = path.read_text("utf-8-sig").strip("\n")
    except (OSError, UnicodeDecodeError):
        raise WorldError(f"{path.name} is not a text file, as a world file must be.") from None
    parse_world(text, path.name)
    return titled(text, path.stem)


def number_options(*names: str) -> Callable[[F], F]:
    """Return the options that override a world's numbers."""
    options = {
        "slip": click.option(
            "--slip",
            type=Real(0, 1),
            help="The probability that a move goes to one of the two sides instead, half each.",
        ),
        "step_reward": click.option("--step-reward", type=Real(), help="Reward of a step into a plain cell."),
        "step_limit": click.option(
            "--step-limit", type=Whole(0, MAX_VALUES), help="Cut episodes after this many steps; 0: never."
        ),
    }

    def decorate(command: F) -> F:
        for name in reversed(names):
            command = options[name](command)
        return command

    return decorate


def world_name(world: str, problem: Problem) -> str:
    """Return the name of a world that `read_world` returned: its id, or the title of its file."""
    return problem.title if "\n" in world else world


def given(**numbers: Any) -> dict[str, Any]:
    """Return the numbers that were given."""
    return {name: value for name, value in numbers.items() if value is not None}


def check_numbers(world: str, numbers: Mapping[str, Any]) -> None:
    """Refuse numbers that only a grid world has, for a world that `read_world` gave.

    Raises
    ------
    ValueError
        If the world is a Gymnasium environment.
    """
    name = world.partition("?")[0]
    for option in () if "\n" in world or is_grid(name) else GRID_ONLY & numbers.keys():
        raise ValueError(
            f"--{option.replace('_', '-')} belongs to grid worlds. {name} has options of its own; "
            f"give them in its id, as in 'FrozenLake-v1?is_slippery=false'."
        )


def solvable(world: str, numbers: dict[str, Any]) -> Problem:
    """Return the problem of a world whose transition model is known.

    Raises
    ------
    ValueError
        If the world has no known model.
    """
    check_numbers(world, numbers)
    problem = load_problem(world, numbers)
    if not problem.phases:
        raise ValueError(f"{problem.name} can't be solved exactly: {problem.stepped_because}. Train in it instead.")
    return problem


def read_names(words: str) -> tuple[str, ...]:
    """Return the names of a list such as `sarsa,q_learning`."""
    return tuple(word.strip() for word in words.split(","))


def read_pairs(pairs: Iterable[str]) -> dict[str, Any]:
    """Return NAME=VALUE pairs as hyperparameters; the form of a value decides its type.

    An epsilon without any other number of its schedule is constant.
    """
    values: dict[str, Any] = {}
    for pair in pairs:
        name, equals, word = pair.partition("=")
        if not equals or not name:
            raise ValueError(f"--set {pair} is not of the form NAME=VALUE, such as --set step_size=0.5.")
        if name.strip() in values:
            raise ValueError(f"--set names {name.strip()} twice; give it one value.")
        values[name.strip()] = literal(word.strip())
    return with_constant_epsilon(values)


def with_constant_epsilon(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters in which an epsilon without any number of its schedule has a constant schedule."""
    stays = "epsilon" in values and not set(SCHEDULE) & set(values)
    return {**values, "epsilon_schedule": "constant"} if stays else dict(values)


def with_recommended(world: str, agent: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return hyperparameters of an agent, to which those are added that are recommended for a world.

    Exploration is taken as a whole: values that have a number of it get none that is recommended.
    """
    numbers = recommended_hyperparameters(world, agent)
    left_out = EXPLORATION if EXPLORATION & values.keys() else set()
    return {name: value for name, value in numbers.items() if name not in left_out} | dict(values)


def read_hyperparameters(agent: str, pairs: Iterable[str]) -> dict[str, Any]:
    """Return NAME=VALUE pairs as hyperparameters of the agent, read by `read_pairs` and checked."""
    values = read_pairs(pairs)
    agent_class(agent).create(values)
    return values
