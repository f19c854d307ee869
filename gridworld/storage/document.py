"""What the document of a checkpoint says, read with suspicion."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from gridworld.agents import agent_class
from gridworld.errors import CheckpointError
from gridworld.training.scene import Intervention
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.named import OPEN, WORLDS

FORMAT = "gridworld checkpoint"
VERSION = 1
MOST = 1 << 56  # steps, episodes
MOST_ROWS = 1 << 20
MAX_OPTIONS = 20_000  # characters of JSON: an option can be the map of an environment
NOT_OPTIONS = {"render_mode", "disable_env_checker", "max_episode_steps", "vectorization_mode", "id"}


@dataclass(frozen=True)
class Description:
    """A document whose values have the right types; whether they fit the world shows when the session begins."""

    settings: Settings
    hyperparameters: Mapping[str, Any]
    pending: Mapping[str, Any]
    interventions: tuple[Intervention, ...]
    departures: tuple[str, ...]
    episodes: int
    stepped: bool
    capacity: int
    history_version: int
    model: int
    environment: Any

    def begin(self, compiled: bool) -> TrainingSession:
        """A session that has the run's settings and has not done a step. Raises `CheckpointError` for bad settings."""
        try:
            agent_class(self.settings.agent)
        except ValueError as problem:
            raise CheckpointError("agent", f"The run can't be loaded: {problem}") from None
        try:
            self.settings.make_problem()
        except Exception as problem:  # an environment's own code may raise anything
            raise CheckpointError("world", f"The run's world can't be made here: {_sentence(problem)}") from None
        try:
            session = TrainingSession(self.settings, compiled=compiled, stepped=self.stepped, history=self.capacity)
            session.extend(self.episodes)
            self._check_hyperparameters(session)
        except (ValueError, TypeError, ArithmeticError) as problem:
            raise CheckpointError("settings", f"The run can't be loaded: {_sentence(problem)}") from None
        return session

    def _check_hyperparameters(self, session: TrainingSession) -> None:
        kind = type(session.agent)
        kind.create({**self.hyperparameters, **self.pending})
        allowed = set(kind.live) & set(kind.hyperparameters())
        changed = {name for changes in (self.pending, *(i.changes for i in self.interventions)) for name in changes}
        if changed - allowed:
            raise ValueError(f"{sorted(changed - allowed)[0]} was changed in mid-run, which can't be.")


def read_description(document: Mapping[str, Any]) -> Description:
    """What a document says.

    Raises
    ------
    CheckpointError
        `not_a_checkpoint`, `version`, `document` or `world`.
    """
    if document.get("format") != FORMAT:
        raise CheckpointError("not_a_checkpoint", "This file is not a saved run, though it looks like one from afar.")
    version = document.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        advice = (
            "a newer Gridworld wrote it; update to open it" if newer else "no Gridworld is known to have written it"
        )
        raise CheckpointError("version", f"The file has the format version {version!r}: {advice}.")
    return Description(
        settings=_settings(_value(document, "settings", dict), document.get("world_text")),
        hyperparameters=_numbers(document, "hyperparameters"),
        pending=_numbers(document, "pending"),
        interventions=_interventions(_value(document, "interventions", list)),
        departures=tuple(_texts(document, "departures")),
        episodes=_whole(document, "episodes", 0, MOST),
        stepped=_value(document, "stepped", bool),
        capacity=_whole(document, "capacity", 2, MOST_ROWS),
        history_version=_whole(document, "history_version", 0, MOST),
        model=_whole(document, "model", 0, (1 << 32) - 1),
        environment=document.get("environment"),
    )


def _sentence(problem: Exception) -> str:
    """What an exception says, as the end of a sentence."""
    return f"{str(problem).rstrip('.') or type(problem).__name__}."


def _settings(told: Mapping[str, Any], world_text: Any) -> Settings:
    names = set(Settings.__dataclass_fields__)
    if set(told) != names:
        raise CheckpointError("document", f"The settings must be {', '.join(sorted(names))}; these are not.")
    settings = Settings(
        world=_value(told, "world", str),
        agent=_value(told, "agent", str),
        options=_value(told, "options", dict),
        hyperparameters=_numbers(told, "hyperparameters"),
        seed=_whole(told, "seed", 0, (1 << 63) - 1),
        episodes=_whole(told, "episodes", 0, MOST),
    )
    if isinstance(world_text, str) and world_text != WORLDS.get(settings.world):
        settings = replace(settings, world=world_text)  # that name means another world here, or none
    _check_world(settings)
    return settings


def _check_world(settings: Settings) -> None:
    """Refuse what would run code that nobody asked for, or build something huge; the rest shows when it is made."""
    world, options = settings.world, settings.options
    if len(json.dumps(options)) > MAX_OPTIONS:
        raise CheckpointError("too_large", "The options of the run's world are too long to be meant.")
    if set(options) & NOT_OPTIONS:
        raise CheckpointError(
            "world", f"The run's world has the option {min(set(options) & NOT_OPTIONS)!r}, not allowed."
        )
    is_text = "\n" in world.strip("\n")
    if not is_text and ":" in world and world.partition(":")[0] not in sys.modules:
        module = world.partition(":")[0][:100]
        raise CheckpointError(
            "world", f"The run was made in an environment of the module {module!r}; import that first to load it."
        )
    if not is_text and len(world) > 200:
        raise CheckpointError("world", "The name of the run's world is too long to be one.")


def check_size(settings: Settings, states: int) -> None:
    """Refuse a world that can't have so many states, before its model is built."""
    open_size = OPEN.fullmatch(settings.world)
    if "\n" in settings.world:
        fits = states <= len(settings.world)
    else:
        fits = open_size is None or states == int(open_size[1][:9]) ** 2
    if not fits:
        raise CheckpointError("shape", f"The file has values for {states:,} states; its world doesn't have so many.")


def _interventions(told: list) -> tuple[Intervention, ...]:
    found = []
    for change in told:
        if not isinstance(change, dict) or set(change) != {"step", "episode", "changes"}:
            raise CheckpointError("document", "An intervention must have a step, an episode and changes; one has not.")
        found.append(
            Intervention(
                _whole(change, "step", 0, MOST), _whole(change, "episode", 0, MOST), _numbers(change, "changes")
            )
        )
    if any(later.step < earlier.step for earlier, later in pairwise(found)):
        raise CheckpointError("document", "The interventions are not in the order of their steps.")
    return tuple(found)


def _numbers(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Names with numbers, texts or truth values."""
    told = _value(document, name, dict)
    for value in told.values():
        if not isinstance(value, int | float | str | bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise CheckpointError("document", f"{name!r} has a value that is neither a number nor a word.")
    return told


def _texts(document: Mapping[str, Any], name: str) -> list[str]:
    told = _value(document, name, list)
    if not all(isinstance(text, str) for text in told):
        raise CheckpointError("document", f"{name!r} must be sentences.")
    return told


def _whole(document: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = document.get(name)
    if type(value) is not int or not low <= value <= high:
        raise CheckpointError("document", f"{name!r} must be a whole number from {low:,} to {high:,}.")
    return value


def _value(document: Mapping[str, Any], name: str, kind: type) -> Any:
    value = document.get(name)
    if type(value) is not kind:
        raise CheckpointError("document", f"{name!r} must be there and be of the kind that JSON calls {_JSON[kind]}.")
    return value


_JSON = {dict: "an object", list: "an array", str: "a string", bool: "true or false"}
