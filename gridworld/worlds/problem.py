"""Problems by name: a grid world by its id or its text, or any Gymnasium environment that fits a table by its id."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from functools import partial
from threading import Lock
from typing import Any

import gymnasium as gym

from gridworld.errors import WorldError
from gridworld.worlds.checks import shown
from gridworld.worlds.grid_problem import grid_problem
from gridworld.worlds.gymnasium_problem import environment_problem
from gridworld.worlds.ids import is_grid, is_text, registered_id, split_options
from gridworld.worlds.named import load_world, text_of
from gridworld.worlds.problem_cache import PROBLEMS
from gridworld.worlds.tabular_problem import Problem
from gridworld.worlds.text import parse_world

__all__ = ["Problem", "load_problem"]

MAX_OPTIONS = 20_000  # characters of JSON: an option can be the map of an environment
_ONE_GRID = Lock()  # grids are built one at a time: the largest takes about a gigabyte meanwhile
MAX_WHOLE_OPTION = 1_000_000  # of an environment's own options, which may be a size


def load_problem(world: str, options: Mapping[str, Any] | None = None) -> Problem:
    """Return the problem behind a world's id, a world's text (it has more than one line), or a Gymnasium id.

    An id may carry options as an address does: `FrozenLake-v1?map_name=8x8&is_slippery=false`, lists as JSON. `options`
    are `slip`, `step_reward` and `step_limit` for a grid world; `step_limit` and the keyword arguments of
    `gymnasium.make` for an environment. Nothing is imported because of a name, and what would be too large is
    refused before it is built; so any thread may call this with what a stranger wrote, and it takes seconds at most.

    Raises
    ------
    WorldError
        In one sentence, whatever makes the world unusable.
    """
    name, query = split_options(world)
    chosen = {**query, **(options or {})}
    written = _checked(chosen)
    if is_text(name) or is_grid(name):
        key: Hashable = name, text_of(name), written  # the file behind a name may have changed
        build = partial(_grid, name, chosen)
    else:
        spec = gym.registry[registered_id(name)]
        key = name, written, id(spec)  # an id that is registered again is another environment
        build = partial(environment_problem, name, spec, chosen)
    return build() if written is None else PROBLEMS.get(key, build)


def _grid(name: str, options: Mapping[str, Any]) -> Problem:
    with _ONE_GRID:
        if is_text(name):
            return grid_problem("custom", parse_world(name), options)
        return grid_problem(name, load_world(name), options)


def _checked(options: Mapping[str, Any]) -> str | None:
    """Return options as JSON, None where they can't be written so; refuse what is too large to be meant."""
    for name, value in options.items():
        if isinstance(value, int) and abs(value) > MAX_WHOLE_OPTION and name != "step_limit":
            raise WorldError(
                f"the option {shown(name)} is {shown(value)}; a whole number lies within {MAX_WHOLE_OPTION:,} of 0."
            )
    try:
        written = json.dumps(options, sort_keys=True)
    except (TypeError, ValueError, RecursionError):  # such as an array
        return None
    if len(written) > MAX_OPTIONS:
        raise WorldError(f"the options have {len(written):,} characters; at most {MAX_OPTIONS:,} are allowed.")
    return written
