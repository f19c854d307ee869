"""The maps of Gymnasium's own worlds, and of any environment that declares where its states lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.gymnasium_names import BLACKJACK, TOY_TEXT, class_path, meaning_layer, own_attribute
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.symbols import DIRECTIONS
from gridworld.worlds.tabular_env import TabularEnv

UP, RIGHT, DOWN, LEFT = DIRECTIONS


def find_layout(name: str, env: TabularEnv) -> Layout | None:
    """Return an environment's layout: its own `layout`, or the map of one of Gymnasium's; None without one.

    Raises
    ------
    WorldError
        If its own layout can't be read or doesn't fit its spaces.
    """
    inner: Any = meaning_layer(env)
    if build := BUILDERS.get(class_path(inner)):
        built = build(inner)  # of other spaces, where a wrapper has changed them
        return None if built.misfit(env.n_states, env.n_actions) else built
    own = own_attribute(name, env, "layout")
    if not isinstance(own, Layout):
        return None
    if reason := own.misfit(env.n_states, env.n_actions):
        raise WorldError(f"The layout of {name} {reason}.")
    return own


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


def _blackjack(env: Any) -> Layout:
    """Return the player's sums from 21 down to 12 by the dealer's card, without and with an ace that counts 11."""
    total, card = np.meshgrid(np.arange(21, 11, -1), np.arange(1, 11), indexing="ij")
    states = np.stack([(total * 11 + card) * 2 + ace for ace in (0, 1)])
    titles = tuple(f"{ace} usable ace: sums 21–12 by dealer's A–10" for ace in ("no", "a"))
    return Layout(np.full(states.shape, Kind.FLOOR, np.uint8), states, (None, None), titles)


def _in_order(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(int(np.prod(shape))).reshape(1, *shape)


BUILDERS: dict[str, Callable[[Any], Layout]] = {
    f"{TOY_TEXT}.frozen_lake.FrozenLakeEnv": _frozen_lake,
    f"{TOY_TEXT}.cliffwalking.CliffWalkingEnv": _cliff_walking,
    f"{TOY_TEXT}.taxi.TaxiEnv": _taxi,
    BLACKJACK: _blackjack,
}
