"""The settings of a training in the address of its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from dashboards.pages.address import OPEN, Reading, differing, number_of, value_like
from dashboards.pages.training.moment_link import PARTS
from gridworld.agents import AGENTS, agent_class
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.ids import is_grid, is_text, option
from gridworld.worlds.problem import load_problem

MOST_UNKNOWN = 3  # that are named
MAX_LINKED = 2048  # bytes of a world's text
WHOLE = ("seed", "episodes")
OF_RUNS = ("world", "agent", *WHOLE)
OF_PAGES = ("run", "page", "theme", *PARTS)
OPTIONS = {"slip": float, "step_reward": float, "step_limit": int}


def to_query(settings: Settings) -> dict[str, str]:
    """Return settings as an address has them: the world, the agent, and each value that differs from the default.

    A world that is too large for a link is left out.
    """
    numbers = {name: getattr(settings, name) for name in WHOLE}
    world = {} if why_no_link(settings) else {"world": settings.world}
    return {
        **world,
        "agent": settings.agent,
        **differing(numbers, {name: getattr(Settings, name) for name in WHOLE}),
        **{name: value if isinstance(value, str) else json.dumps(value) for name, value in settings.options.items()},
        **differing(settings.hyperparameters, agent_class(settings.agent)().settings()),
    }


def why_no_link(settings: Settings) -> str:
    """Return why no link carries the world of settings, in a sentence; "" if one does."""
    size = len(settings.world.encode())
    if size <= MAX_LINKED:
        return ""
    return (
        f"No link carries this world: its text has {size:,} bytes, and a link has room for {MAX_LINKED:,}. "
        "Save it as a file in the editor's section Files."
    )


def from_query(query: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Return settings from an address, and a sentence for each part that was refused and left at its default."""
    reading = Reading(query)
    fields = {
        **reading.take("world", _world),
        **reading.take("agent", _agent),
        **reading.take("seed", partial(_whole, "seed")),
        **reading.take("episodes", partial(_whole, "episodes")),
    }
    world = fields.get("world", Settings.world)
    options: dict[str, Any] = {}
    for name in (*OPTIONS, *_options_of_its_own(world, query)):
        options |= reading.take(name, partial(_option, world, options, name))
    agent = agent_class(fields.get("agent", Settings.agent))()
    hyperparameters: dict[str, Any] = {}
    for name in agent.hyperparameters():
        hyperparameters |= reading.take(name, partial(_hyperparameter, agent, name))
    unknown = _unknown(query, _options_of_its_own(world, query))
    return Settings(**fields, options=options, hyperparameters=hyperparameters), [*reading.problems, *unknown]


def _unknown(query: Mapping[str, str], options: list[str]) -> list[str]:
    """Return a sentence for each part of an address that nothing here knows; a later program may have written it."""
    numbers = {name for agent in AGENTS.values() for name in agent.hyperparameters()}
    known = {*OF_PAGES, *OF_RUNS, *OPTIONS, *options, *numbers}
    names = [name for name in query if name not in known and not name.startswith(OPEN)]
    return [f"In the address, “{name[:40]}” is not known here and was ignored." for name in names[:MOST_UNKNOWN]]


def _world(text: str) -> str:
    load_problem(text)
    return text


def _agent(text: str) -> str:
    agent_class(text)
    return text


def _whole(name: str, text: str) -> int:
    number = _or_as_it_is(partial(number_of, int), text)
    TrainingSession(Settings(**{name: number}))
    return number


def _options_of_its_own(world: str, query: Mapping[str, str]) -> list[str]:
    """Return the parts of an address that are options of a Gymnasium environment: those that mean nothing else."""
    if is_text(world) or is_grid(world.partition("?")[0]):
        return []
    numbers = {name for agent in AGENTS.values() for name in agent.hyperparameters()}
    return [name for name in query if name not in {*OF_PAGES, *OF_RUNS, *OPTIONS, *numbers}]


def _option(world: str, others: Mapping[str, Any], name: str, text: str) -> Any:
    value = _or_as_it_is(partial(number_of, OPTIONS[name]), text) if name in OPTIONS else option(name, text)
    load_problem(world, {**others, name: value})
    return value


def _hyperparameter(agent: Any, name: str, text: str) -> Any:
    value = _or_as_it_is(partial(value_like, getattr(agent, name)), text)
    agent.change(name, value)
    return value


def _or_as_it_is(read: Callable[[str], Any], text: str) -> Any:
    """Return what a text is read as, or the text: what then refuses it names the part and what is allowed."""
    try:
        return read(text)
    except ValueError:
        return text
