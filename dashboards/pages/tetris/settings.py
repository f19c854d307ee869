"""The trainers of the Tetris page, what can be chosen about each, and how that stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import param

from dashboards.pages.address import Reading, differing, value_like
from gridworld.tetris.deep import recipe
from gridworld.tetris.deep.settings import ALGORITHMS
from gridworld.tetris.game.features import FEATURE_SETS, LEARNED_FEATURES
from gridworld.tetris.search import worker
from gridworld.tetris.search.settings import CMA_ES, CROSS_ENTROPY, TetrisHyperparameters
from gridworld.tetris.search.trainer import usable_cores

MACHINES = ("threads", "folder")
"""Settings that belong to a machine: no address contains them."""


class TetrisOptions(param.Parameterized):
    """What can be chosen about a training beside its hyperparameters."""

    target_lines = param.Integer(
        default=0,
        bounds=(0, None),
        label="Target lines (0: no end)",
        doc="Finish when the evaluation games of a generation reach this many lines on average.",
    )
    seed = param.Integer(default=0, bounds=(0, None), label="Seed", doc="The same seed gives the same training.")
    threads = param.Integer(
        default=max(1, usable_cores() - 1),
        bounds=(1, usable_cores()),
        label="Threads",
        doc="Games played at the same time. One fewer than there are cores leaves room for this page.",
    )


class DeepOptions(TetrisOptions):
    """The same about a training with stable-baselines3."""

    timesteps = param.Integer(
        default=1_000_000, bounds=(1, None), label="Timesteps", doc="Finish after exactly this many placements."
    )
    target_lines = param.Integer(doc="Finish when the last 100 games reach this many lines on average.")
    threads = param.Integer(default=1, doc="Threads for the network; a small network gains little from several.")


def trainers() -> list[str]:
    """Return the trainers that can be chosen here: the deep ones only where their extra is installed."""
    return [CROSS_ENTROPY, CMA_ES, *(ALGORITHMS if recipe.is_available() else ())]


def trainer_of(settings: Mapping[str, Any]) -> str:
    """Return the trainer that settings are for."""
    return settings["algorithm"] if is_deep(settings) else settings["method"]


def is_deep(settings: Mapping[str, Any]) -> bool:
    """Return whether stable-baselines3 learns with these settings."""
    return "algorithm" in settings


def makes_players(settings: Mapping[str, Any]) -> bool:
    """Return whether what is learned with these settings is a player that can be saved."""
    return not is_deep(settings) or recipe.hyperparameters(settings).is_player


def has_weights(settings: Mapping[str, Any]) -> bool:
    """Return whether what is learned with these settings is a linear player: it has a weight for each feature."""
    return not is_deep(settings) or recipe.hyperparameters(settings).is_linear


def features_of(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the features whose weights are learned with these settings, if what is learned is a linear player."""
    return LEARNED_FEATURES if is_deep(settings) else FEATURE_SETS[settings["features"]]


def owners_of(trainer: str) -> tuple[param.Parameterized, param.Parameterized]:
    """Return the options and the hyperparameters of a trainer, as they are at first."""
    if trainer in ALGORITHMS:
        return DeepOptions(), ALGORITHMS[trainer]()
    return TetrisOptions(), TetrisHyperparameters(method=trainer)


def names_of(owner: param.Parameterized) -> list[str]:
    """Return the names of what can be chosen there."""
    return [name for name in owner.param if name != "name"]


def default_settings(trainer: str = CROSS_ENTROPY) -> dict[str, Any]:
    """Return the settings of a new training, without its folder."""
    settings = {name: getattr(owner, name) for owner in owners_of(trainer) for name in names_of(owner)}
    return {"algorithm": trainer, **settings} if trainer in ALGORITHMS else settings


def settings_for(trainer: str, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings for another trainer: what was chosen for both search methods is kept, of a network's trainer the
    seed.

    A setting that had its default takes the other trainer's default.
    """
    usual = default_settings(trainer)
    if trainer in ALGORITHMS or is_deep(before):
        return {**usual, "seed": before["seed"]}
    former = default_settings(before["method"])
    return {**usual, **{name: value for name, value in before.items() if value != former.get(name)}, "method": trainer}


def to_query(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return settings as an address has them: each value that differs from the default and belongs to no machine."""
    trainer = trainer_of(settings)
    named = {} if trainer == CROSS_ENTROPY else {"algorithm" if is_deep(settings) else "method": trainer}
    usual = default_settings(trainer)
    differs = differing({name: settings[name] for name in usual if name in settings}, usual)
    return {**named, **{name: text for name, text in differs.items() if name not in MACHINES}}


def from_query(query: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return settings from an address, and a sentence for each part that was refused and left at its default."""
    reading = Reading(query)
    usual = CMA_ES if query.get("method") == CMA_ES else CROSS_ENTROPY
    settings = default_settings(reading.take("algorithm", _algorithm).get("algorithm", usual))
    for name in [name for name in settings if name not in ("algorithm", *MACHINES)]:
        settings = {**settings, **reading.take(name, partial(_checked, settings, name))}
    return settings, reading.problems


def _algorithm(text: str) -> str:
    if text not in ALGORITHMS:
        raise ValueError(f"there is no algorithm {text!r}; the algorithms are {', '.join(ALGORITHMS)}.")
    if not recipe.is_available():
        raise ValueError(f"the algorithm {text} is not available here. {recipe.INSTALL}")
    return text


def _checked(settings: Mapping[str, Any], name: str, text: str) -> Any:
    try:
        value = value_like(settings[name], text)
        check_settings({**settings, name: value})
    except ValueError as problem:
        raise ValueError(f"{name}={text} was refused: {problem}") from None
    return value


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise ValueError where the trainer of these settings can make nothing of them."""
    (recipe if is_deep(settings) else worker).check_settings(settings)
