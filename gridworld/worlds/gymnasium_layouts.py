"""The maps of Gymnasium's own worlds, and of any environment that says where its states lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.symbols import ACTIONS, DIRECTIONS
from gridworld.worlds.tabular_env import TabularEnv, sentence

UP, RIGHT, DOWN, LEFT = DIRECTIONS


def find_layout(name: str, env: TabularEnv) -> Layout | None:
    """Return where an environment's states lie: its own `layout`, or the map of one of Gymnasium's; None without one.

    Raises
    ------
    WorldError
        If its own layout can't be read or doesn't fit its spaces.
    """
    inner: Any = env.unwrapped
    if build := BUILDERS.get(_path(inner)):
        return build(inner)
    try:
        own = getattr(inner, "layout", None)
    except Exception as problem:
        raise WorldError(f"{name} has a layout that raised {sentence(problem)}.") from None
    if not isinstance(own, Layout):
        return None
    if reason := own.misfit(env.n_states, env.n_actions):
        raise WorldError(f"The layout of {name} {reason}.")
    return own


def find_action_names(env: TabularEnv) -> tuple[str, ...]:
    """Return an environment's own `action_names`, or those of one of Gymnasium's; numbers where there are none."""
    count = env.n_actions
    names = ACTION_NAMES.get(_path(env.unwrapped)) or getattr(env.unwrapped, "action_names", None)
    if isinstance(names, list | tuple) and len(names) == count and all(isinstance(name, str) for name in names):
        return tuple(names)
    return tuple(f"action {action}" for action in range(count))


def _path(inner: Any) -> str:
    """Return the module and the name of an environment's class: others may have the same name."""
    return f"{type(inner).__module__}.{type(inner).__qualname__}"


def _frozen_lake(env: Any) -> Layout:
    meaning = {b"S": Kind.START, b"F": Kind.FLOOR, b"H": Kind.PIT, b"G": Kind.GOAL}
    ice = Kind.FLOOR  # any other letter is ice to Gymnasium
    kinds = np.array([[meaning.get(bytes(cell), ice) for cell in row] for row in env.desc], np.uint8)
    return Layout(kinds[None], _in_order(kinds.shape), (LEFT, DOWN, RIGHT, UP))


def _cliff_walking(env: Any) -> Layout:
    kinds = np.full(env.shape, Kind.FLOOR, np.uint8)
    kinds[-1] = [Kind.START] + [Kind.CLIFF] * (env.shape[1] - 2) + [Kind.GOAL]
    return Layout(kinds[None], _in_order(env.shape), (UP, RIGHT, DOWN, LEFT))


def _taxi(env: Any) -> Layout:
    """Return a panel for each place of the passenger (four stands, or in the taxi) and each destination."""
    stands = ("red", "green", "yellow", "blue")
    panels = [(passenger, goal) for passenger in range(5) for goal in range(4)]
    kinds = np.full((len(panels), 5, 5), Kind.FLOOR, np.uint8)
    states = np.zeros(kinds.shape, np.int64)
    for panel, (passenger, goal) in enumerate(panels):
        for row in range(5):
            for column in range(5):
                states[panel, row, column] = env.encode(row, column, passenger, goal)
        if passenger < 4:
            kinds[panel][env.locs[passenger]] = Kind.JUMP
        kinds[panel][env.locs[goal]] = Kind.GOAL
    titles = tuple(f"{('at ' + stands[p]) if p < 4 else 'in taxi'} → {stands[g]}" for p, g in panels)
    fences = tuple(
        (column + 1.0, float(row), column + 1.0, row + 1.0)
        for row in range(5)
        for column in range(4)
        if env.desc[row + 1, 2 * column + 2] == b"|"
    )
    return Layout(kinds, states, (DOWN, UP, RIGHT, LEFT, None, None), titles, fences)


def _in_order(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(int(np.prod(shape))).reshape(1, *shape)


TOY_TEXT = "gymnasium.envs.toy_text"
BUILDERS: dict[str, Callable[[Any], Layout]] = {
    f"{TOY_TEXT}.frozen_lake.FrozenLakeEnv": _frozen_lake,
    f"{TOY_TEXT}.cliffwalking.CliffWalkingEnv": _cliff_walking,
    f"{TOY_TEXT}.taxi.TaxiEnv": _taxi,
}
ACTION_NAMES = {
    f"{TOY_TEXT}.frozen_lake.FrozenLakeEnv": ("left", "down", "right", "up"),
    f"{TOY_TEXT}.cliffwalking.CliffWalkingEnv": ACTIONS,
    f"{TOY_TEXT}.taxi.TaxiEnv": ("down", "up", "right", "left", "pick up", "drop off"),
    f"{TOY_TEXT}.blackjack.BlackjackEnv": ("stick", "hit"),
}
