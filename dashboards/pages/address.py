"""The parameters of a page in its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn

from gridworld.agents import agent_class
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem

WHOLE = ("seed", "episodes")
OPTIONS = {"slip": float, "step_reward": float, "step_limit": int}


def to_query(settings: Settings) -> dict[str, str]:
    """What an address says of settings: each value that differs from the default."""
    default = Settings()
    query = {name: str(getattr(settings, name)) for name in ("world", "agent")}
    query |= {name: str(getattr(settings, name)) for name in WHOLE if getattr(settings, name) != getattr(default, name)}
    query |= {name: str(value) for name, value in settings.options.items()}
    usual = agent_class(settings.agent)().settings()
    query |= {name: str(value) for name, value in settings.hyperparameters.items() if value != usual.get(name)}
    return query


def to_link(page: str, query: Mapping[str, str]) -> str:
    """A whole address."""
    return page + "?" + urlencode(query)


def go_to(query: Mapping[str, str]) -> None:
    """Let the browser open another address of this site."""
    location: Any = pn.state.location
    if location is not None:
        location.param.update(reload=True, search=to_link("", query))


def from_query(query: Mapping[str, str]) -> tuple[Settings, list[str]]:
    """Settings from an address, and a sentence for each part that makes no sense; the default stands in for it."""
    problems: list[str] = []
    fields: dict[str, Any] = {}
    for name, read in (("world", load_problem), ("agent", agent_class)):
        if name in query:
            fields |= _attempt(problems, name, lambda n=name, r=read: (r(query[n]), query[n])[1])
    for name in WHOLE:
        if name in query:
            fields |= _attempt(problems, name, lambda n=name: _checked(n, query[n]))
    world = fields.get("world", Settings.world)
    options: dict[str, Any] = {}
    for name, kind in OPTIONS.items():
        if name in query:
            options |= _attempt(problems, name, lambda n=name, k=kind: _option(world, n, _number(k, query[n])))
    agent = agent_class(fields.get("agent", Settings.agent))()
    hyperparameters: dict[str, Any] = {}
    for name in agent.hyperparameters():
        if name in query:
            hyperparameters |= _attempt(problems, name, lambda n=name: _hyperparameter(agent, n, query[n]))
    return Settings(**fields, options=options, hyperparameters=hyperparameters), problems


def _attempt(problems: list[str], name: str, read: Any) -> dict[str, Any]:
    try:
        return {name: read()}
    except ValueError as problem:
        problems.append(f"In the address: {problem} The default is used.")
        return {}


def _number(kind: type, word: str) -> Any:
    try:
        return kind(word)
    except ValueError:
        raise ValueError(f"{word!r} is not {'a whole number' if kind is int else 'a number'}.") from None


def _checked(name: str, word: str) -> int:
    number = _number(int, word)
    TrainingSession(Settings(**{name: number}))
    return number


def _option(world: str, name: str, value: Any) -> Any:
    load_problem(world, {name: value})
    return value


def _hyperparameter(agent: Any, name: str, word: str) -> Any:
    present = getattr(agent, name)
    value = word if isinstance(present, str) else _number(int if isinstance(present, int) else float, word)
    agent.change(name, value)
    return value
