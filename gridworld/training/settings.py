"""All that a training run is made from, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from reprlib import Repr
from typing import Any

from gridworld.agents import Agent, agent_class
from gridworld.worlds.problem import Problem, load_problem
from gridworld.worlds.world_objects import written_world

MAX_EPISODES = 1_000_000_000
MAX_ROWS = 1 << 20  # of a session's history
_SHORT = Repr()
_SHORT.maxstring, _SHORT.maxdict = 60, 12


@dataclass(frozen=True)
class Settings:
    """All that a run is made from. Plain values: they can be written down, compared and handed over.

    `world` is an id, a Gymnasium id, or the text of a world; a `World`, an environment or its spec becomes one of them.
    `options` are its numbers. `episodes` 0 means endless.
    """

    world: str = "medium"
    agent: str = "q_learning"
    options: Mapping[str, Any] = field(default_factory=dict)
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    episodes: int = 500

    def __post_init__(self) -> None:
        world, options = written_world(self.world)
        object.__setattr__(self, "world", world)
        object.__setattr__(self, "options", {**options, **self.options})

    def __repr__(self) -> str:
        usual = Settings()
        changed = (field.name for field in fields(self) if getattr(self, field.name) != getattr(usual, field.name))
        return f"Settings({', '.join(f'{name}={_SHORT.repr(getattr(self, name))}' for name in changed)})"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def make_agent(self) -> Agent:
        """Return the agent, its hyperparameters checked."""
        return agent_class(self.agent).create(self.hyperparameters)

    def make_problem(self) -> Problem:
        """Return the problem, its options checked."""
        return load_problem(self.world, self.options)


def checked_settings(settings: Settings | None, fields: Mapping[str, Any]) -> Settings:
    """Return settings as they are or made from their fields, of which what `Settings` doesn't have is a hyperparameter.

    Raises
    ------
    ValueError
        If both are given, or if the world's text, the seed or the number of episodes is not one that can be stored.
    """
    if settings is None:
        named = {name: fields[name] for name in fields if name in Settings.__dataclass_fields__}
        extra = {name: value for name, value in fields.items() if name not in named}
        hyperparameters = {**named.pop("hyperparameters", {}), **extra}
        settings = Settings(**named, hyperparameters=hyperparameters)
    elif fields:
        raise ValueError(f"Give settings or their fields, not both: {sorted(fields)[0]!r} was given beside settings.")
    if any("\ud800" <= letter <= "\udfff" for letter in str(settings.world)):
        raise ValueError("The world's text has half of a character, which no file can hold; write it in UTF-8.")
    if type(settings.seed) is not int or not 0 <= settings.seed < 2**63:
        raise ValueError(f"The seed is {settings.seed!r}; it must be a whole number from 0 to {2**63 - 1}.")
    check_episodes(settings.episodes)
    return settings


def check_episodes(episodes: int, ended: int = 0) -> None:
    """Refuse what is no number of episodes to do in all, of which some have `ended`."""
    if type(episodes) is not int or not 0 <= episodes <= MAX_EPISODES:
        raise ValueError(
            f"The number of episodes is {episodes!r}; it must be a whole number from 0 (endless) to {MAX_EPISODES:,}."
        )
    if 0 < episodes < ended:
        raise ValueError(f"{episodes} episodes are fewer than the {ended} that have ended; give a larger number.")


def check_rows(rows: int) -> None:
    """Refuse what is no number of rows that a session's history can have."""
    if not 2 <= rows <= MAX_ROWS:
        raise ValueError(f"The history has {rows!r} rows; it can have from 2 to {MAX_ROWS:,}.")
