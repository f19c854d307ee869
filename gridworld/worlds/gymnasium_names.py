"""What an environment calls its states and actions, for people: Gymnasium's own, and any that names them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym

from gridworld.errors import WorldError
from gridworld.worlds.layout import Layout
from gridworld.worlds.symbols import ACTIONS
from gridworld.worlds.tabular_env import TabularEnv, sentence

TOY_TEXT = "gymnasium.envs.toy_text"
BLACKJACK = f"{TOY_TEXT}.blackjack.BlackjackEnv"
HANDS = (32, 11, 2)  # the player's sum, the dealer's card, whether an ace counts 11
ACTION_NAMES = {
    f"{TOY_TEXT}.frozen_lake.FrozenLakeEnv": ("left", "down", "right", "up"),
    f"{TOY_TEXT}.cliffwalking.CliffWalkingEnv": ACTIONS,
    f"{TOY_TEXT}.taxi.TaxiEnv": ("down", "up", "right", "left", "pick up", "drop off"),
    BLACKJACK: ("stick", "hit"),
}


def class_path(inner: gym.Env) -> str:
    """Return the module and the name of an environment's class: others may have the same name."""
    return f"{type(inner).__module__}.{type(inner).__qualname__}"


def meaning_layer(env: gym.Env) -> gym.Env:
    """Return the layer of an environment that decides what its states and actions mean.

    That is the outermost wrapper that translates observations or actions; without one, the environment within.
    """
    while isinstance(env, gym.Wrapper) and not isinstance(env, gym.ObservationWrapper | gym.ActionWrapper):
        env = env.env
    return env


def own_attribute(name: str, env: TabularEnv, attribute: str) -> Any:
    """Return an attribute that an environment has of itself; None without it.

    Raises
    ------
    WorldError
        If reading it raises.
    """
    try:
        return getattr(meaning_layer(env), attribute, None)
    except Exception as problem:
        raise WorldError(f"{name} has {attribute} that raised {sentence(problem)}.") from None


def find_action_names(name: str, env: TabularEnv, state_actions: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Return an environment's own `action_names`, or those of one of Gymnasium's; numbers where there are none.

    An action that has other names in other states (see `find_state_actions`) is called by all of them.
    """
    count = env.n_actions
    if state_actions:
        columns = [[row[action] for row in state_actions if action < len(row)] for action in range(count)]
        return tuple(" / ".join(dict.fromkeys(column)) for column in columns)
    names: Any = ACTION_NAMES.get(class_path(meaning_layer(env))) or own_attribute(name, env, "action_names")
    return tuple(names) if _are_names(names, count) else tuple(f"action {action}" for action in range(count))


def find_state_actions(name: str, env: TabularEnv) -> tuple[tuple[str, ...], ...]:
    """Return the names of the actions of each state, an environment's own `state_actions`; empty without them.

    Raises
    ------
    WorldError
        If they don't fit its spaces.
    """
    rows = own_attribute(name, env, "state_actions")
    if not isinstance(rows, list | tuple):
        return ()
    is_fitting = (
        len(rows) == env.n_states
        and all(isinstance(row, list | tuple) and _are_names(row, len(row)) for row in rows)
        and max(map(len, rows)) == env.n_actions
    )
    if not is_fitting:
        raise WorldError(
            f"The state_actions of {name} don't fit its spaces; they are the names of the actions for each of "
            f"{env.n_states:,} states, at most {env.n_actions} of them, and that many in one state at least."
        )
    return tuple(map(tuple, rows))


def find_state_name(name: str, env: TabularEnv, layout: Layout | None) -> Callable[[int], str]:
    """Return the name of a state.

    It is called by the environment's own `state_names`, as a hand of Blackjack, by its place on a map of several
    panels, or by numbers.
    """
    names = own_attribute(name, env, "state_names")
    if _are_names(names, env.n_states):
        return tuple(names).__getitem__
    if class_path(meaning_layer(env)) == BLACKJACK and env.flat.sizes == HANDS:
        return blackjack_hand
    if layout is None or layout.panels == 1:
        return env.flat.name
    cells = layout.cell_of(env.n_states)
    return lambda state: layout.place(int(cells[state])) if cells[state] >= 0 else env.flat.name(state)


def blackjack_hand(state: int) -> str:
    """Return a state of Blackjack in words: the player's sum, the dealer's card, and whether an ace counts 11."""
    rest, ace = divmod(state, 2)
    total, card = divmod(rest, 11)
    shown = "an ace" if card == 1 else str(card)
    return f"{total}{' with a usable ace' if ace else ''} against {shown}"


def _are_names(names: Any, count: int) -> bool:
    return isinstance(names, list | tuple) and len(names) == count and all(isinstance(name, str) for name in names)
