"""How a world is named: an id with options, as in an address, and what may have been meant where there is none."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

import gymnasium as gym

from gridworld.errors import WorldError
from gridworld.extensions import is_loaded
from gridworld.worlds.named import is_own, text_of, world_ids
from gridworld.worlds.symbols import SYMBOLS

# a module has at least two letters: C:world.txt is a file
MODULE_ID = re.compile(r"(?P<module>[^\W\d]\w+(?:\.[^\W\d]\w*)*):(?P<id>[\w-][\w./-]*)")
LONGEST_NAME = 200  # characters of an id without its options


def is_text(world: str) -> bool:
    """Return whether a world is given as its text, which has more than one line, and not by its id."""
    return "\n" in world.strip("\n")


def is_grid(name: str) -> bool:
    """Return whether a grid world has this id."""
    return is_own(name) or text_of(name) is not None


def split_options(world: str) -> tuple[str, dict[str, Any]]:
    """Return the id and the options of `id?key=value&key=value`; a text has none.

    Raises
    ------
    WorldError
        If an option is a list that is not JSON.
    """
    if is_text(world) or "?" not in world:
        return world, {}
    name, _, query = world.partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return name, {key: option(key, value) for key, _, value in pairs}


def option(key: str, word: str) -> Any:
    """Return an option's value: a list in JSON or in round brackets, null or none, or what `literal` makes of it.

    Raises
    ------
    WorldError
        If it is a list that is not JSON.
    """
    if word.lower() in ("none", "null"):
        return None
    if word[:1] + word[-1:] == "()":
        word = f"[{word[1:-1]}]"
    if word[:1] not in ("[", "{"):
        return literal(word)
    try:
        return json.loads(word)
    except (ValueError, RecursionError):
        raise WorldError(f'{key} is {word:.50}; write a list as JSON, such as ["SFF","FFG"] or [1,-1,0].') from None


def literal(word: str) -> Any:
    """Return a word as what it looks like: true, false, a number, or itself."""
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def registered_id(name: str) -> str:
    """Return the id that Gymnasium knows an environment by, without importing anything.

    `module:Id` is an id only if the user loaded that module, by `--load`, `load_file` or GRIDWORLD_LOAD.

    Raises
    ------
    WorldError
        If there is no such environment; the sentence names what was probably meant.
    """
    if name in gym.registry:
        return name
    found = MODULE_ID.fullmatch(name)
    if not found or len(name) > LONGEST_NAME:
        raise unknown_world(name)
    if not is_loaded(found["module"]):
        raise WorldError(
            f"The module {found['module']!r} is not loaded, and naming it in an id imports nothing. Load its file by "
            "--load or by GRIDWORLD_LOAD, or import it first and leave it out of the id."
        )
    if found["id"] not in gym.registry:
        raise WorldError(f"The module {found['module']!r} has registered no environment {found['id']!r}.")
    return found["id"]


def unknown_world(name: str) -> WorldError:
    """Return the error for a name that no world has, with what was probably meant."""
    name = name.strip()[:LONGEST_NAME]
    choice = f"Choose one of {', '.join(world_ids())}, open_N for any N, or the id of a Gymnasium environment."
    return WorldError(f"There is no world {name!r}. {likely_meant(name) or choice}")


def likely_meant(name: str) -> str:
    """Return a sentence about what a name that no world has was probably meant to be; "" where nothing is near."""
    if "S" in name and set(name) <= set(SYMBOLS):
        return "A map of one row needs a header and a blank line above it, for example 'title: Corridor'."
    try:
        gym.spec(name)  # imports nothing
    except (gym.error.DeprecatedEnv, gym.error.VersionNotFound) as hint:
        return str(hint)
    except (gym.error.Error, ValueError):
        pass  # there is no environment of that name in any version
    close = difflib.get_close_matches(name, [*world_ids(), *gym.registry], n=1, cutoff=0.75)
    return f"Did you mean {close[0]!r}?" if close else ""
