"""The state of a real environment within an episode, as plain values, for those environments that can give it.

Known are Gymnasium's FrozenLake, CliffWalking, Taxi and Blackjack. Any other environment, the grid world too, joins by
two methods: `get_state() -> value`, of numbers, texts, lists and mappings of these, and `set_state(value)`, which
raises ValueError for a value it can't have. The generator `np_random` is kept beside it and is not part of the value,
and so are those of `action_space` and `observation_space`, from which an environment may draw too.

Both methods are somebody's code: they are given up after `PATIENCE` seconds, and that environment is not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import gymnasium as gym
import numpy as np
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit

from gridworld.compiled import pack, unpack
from gridworld.errors import CheckpointError
from gridworld.storage.json_records import encode
from gridworld.training.own_thread import within
from gridworld.worlds.tabular_env import TabularEnv

MAX_STATE = 4 << 20  # bytes of JSON
PATIENCE = 1.0  # seconds
Check = Callable[[Any, gym.Env], bool]
T = TypeVar("T")


def _whole(low: int, high: int) -> Check:
    return lambda value, env: type(value) is int and low <= value <= high


def _a_state(value: Any, env: gym.Env) -> bool:
    return _is_in(value, env.observation_space)


def _an_action(value: Any, env: gym.Env) -> bool:
    return value is None or _is_in(value, env.action_space)


def _is_in(value: Any, space: gym.Space) -> bool:
    return type(value) is int and isinstance(space, gym.spaces.Discrete) and 0 <= value < int(space.n)


def _flag(value: Any, env: gym.Env) -> bool:
    return isinstance(value, bool)


def _a_hand(value: Any, env: gym.Env) -> bool:
    cards = isinstance(value, list) and 2 <= len(value) <= 21 and all(type(c) is int and 1 <= c <= 10 for c in value)
    return cards and sum(value) <= 31


_ON_A_TABLE: dict[str, Check] = {"s": _a_state, "lastaction": _an_action}
KNOWN: dict[str, dict[str, Check]] = {
    "gymnasium.envs.toy_text.frozen_lake.FrozenLakeEnv": _ON_A_TABLE,
    "gymnasium.envs.toy_text.cliffwalking.CliffWalkingEnv": _ON_A_TABLE,
    "gymnasium.envs.toy_text.taxi.TaxiEnv": {**_ON_A_TABLE, "fickle_step": _flag, "taxi_orientation": _whole(0, 5)},
    "gymnasium.envs.toy_text.blackjack.BlackjackEnv": {"player": _a_hand, "dealer": _a_hand},
}
"""The attributes that change while an environment runs, and what they may be. A subclass may have more."""

IN_EPISODE: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    "gymnasium.envs.toy_text.blackjack.BlackjackEnv": lambda value: sum(value["player"]) <= 21,
}
"""What holds of these attributes besides, as long as an episode goes on."""


def why_not_exact(env: Any) -> str:
    """Return why a stored run here can't go on in the middle of an episode, in a sentence; "" if it can."""
    inner = env.unwrapped
    if getattr(inner, "_gave_no_answer", False):
        return f"{_name(inner)} has not answered for its state, so a stored run goes on with its next episode."
    if not isinstance(getattr(inner, "_np_random", None), np.random.Generator):
        return f"{_name(inner)} doesn't draw from np_random, so a stored run goes on with its next episode."
    for wrapper in _wrappers(env):
        if type(wrapper) not in (TabularEnv, OrderEnforcing, PassiveEnvChecker, TimeLimit):
            return f"{type(wrapper).__name__} can't give its state, so a stored run goes on with its next episode."
    if _path(inner) in KNOWN or all(callable(getattr(inner, name, None)) for name in ("get_state", "set_state")):
        return ""
    return (
        f"{_name(inner)} can't give its state (it has no get_state and set_state), "
        "so a stored run goes on with its next episode."
    )


def read_state(env: Any) -> dict[str, Any] | None:
    """Return the environment's state as plain values.

    None where `why_not_exact` has a reason, or where the environment's own `get_state` raises, never comes back, or
    returns what can't be written down in `MAX_STATE` bytes: a run must not be lost by that.
    """
    if why_not_exact(env):
        return None
    inner = env.unwrapped
    known = KNOWN.get(_path(inner))
    drawn = inner.np_random.bit_generator.state
    elapsed = [wrapper._elapsed_steps for wrapper in _wrappers(env) if isinstance(wrapper, TimeLimit)]
    half_word = [drawn["has_uint32"], drawn["uinteger"]]
    try:
        value = {name: _plain(getattr(inner, name)) for name in known} if known else _ask(inner, inner.get_state)
        spaces = [_as_words(generator) for generator in _space_generators(inner)]
        state = {"value": value, "elapsed": elapsed, "half_word": half_word, "spaces": spaces}
        return state if len(encode(state)) <= MAX_STATE else None
    except Exception:  # an environment's own code may raise anything
        return None


def write_state(env: Any, state: Any, *, in_episode: bool) -> None:
    """Set the environment to a state that `read_state` returned. Its generator must be set already.

    Raises
    ------
    CheckpointError
        `environment`, if the environment can't have this state.
    """
    limits = [wrapper for wrapper in _wrappers(env) if isinstance(wrapper, TimeLimit)]
    inner, limit = env.unwrapped, 1 << 60
    fits = (
        isinstance(state, Mapping)
        and set(state) - {"spaces"} == {"value", "elapsed", "half_word"}
        and _are_whole(state["elapsed"], len(limits), limit)
        and _are_whole(state["half_word"], 2, (1 << 32) - 1)
    )
    if not fits:
        raise _refusal(inner)
    if "spaces" in state:  # an older file has none
        _set_spaces(inner, state["spaces"])
    _set_value(inner, state["value"], in_episode)
    for wrapper, elapsed in zip(limits, state["elapsed"], strict=True):
        wrapper._elapsed_steps = elapsed
    drawn = inner.np_random.bit_generator.state
    has_half, half = state["half_word"]
    inner.np_random.bit_generator.state = {**drawn, "has_uint32": min(has_half, 1), "uinteger": half}


def _ask(inner: Any, question: Callable[[], T]) -> T:
    """Return the answer of an environment's own method; what comes too late is a TimeoutError, once."""
    try:
        return within(PATIENCE, question)
    except TimeoutError:
        inner._gave_no_answer = True
        raise


def _set_value(inner: Any, value: Any, in_episode: bool) -> None:
    known = KNOWN.get(_path(inner))
    if known is None:
        try:
            _ask(inner, lambda: inner.set_state(value))
        except Exception as problem:
            raise _refusal(inner) from problem
        return
    if not isinstance(value, Mapping) or set(value) != set(known):
        raise _refusal(inner)
    if not all(check(value[name], inner) for name, check in known.items()):
        raise _refusal(inner)
    if in_episode and not IN_EPISODE.get(_path(inner), bool)(value):
        raise _refusal(inner)
    for name in known:
        setattr(inner, name, value[name])


def _space_generators(inner: gym.Env) -> list[np.random.Generator]:
    """Return the generators of an environment's spaces and of their parts."""
    spaces: list[Any] = [inner.action_space, inner.observation_space]
    parts = [part for space in spaces if isinstance(space, gym.spaces.Tuple) for part in space.spaces]
    return [space.np_random for space in (*spaces, *parts)]


def _as_words(generator: np.random.Generator) -> list[int]:
    """Return the state of a PCG64 generator: its four words, whether half a word is left over, and that."""
    state: Any = generator.bit_generator.state
    return [*pack(generator).tolist(), state["has_uint32"], state["uinteger"]]


def _set_spaces(inner: gym.Env, states: Any) -> None:
    generators = _space_generators(inner)
    if not isinstance(states, list) or len(states) != len(generators):
        raise _refusal(inner)
    for generator, words in zip(generators, states, strict=True):
        if not _are_whole(words, 6, (1 << 64) - 1) or not words[3] & 1 or words[4] > 1 or words[5] >> 32:
            raise _refusal(inner)
        unpack(np.array(words[:4], np.uint64), generator)
        state: Any = generator.bit_generator.state
        generator.bit_generator.state = {**state, "has_uint32": words[4], "uinteger": words[5]}


def _are_whole(numbers: Any, count: int, high: int) -> bool:
    return (
        isinstance(numbers, list)
        and len(numbers) == count
        and all(type(number) is int and 0 <= number <= high for number in numbers)
    )


def _refusal(inner: Any) -> CheckpointError:
    return CheckpointError("environment", f"The stored state of {_name(inner)} is not one that it can have.")


def _wrappers(env: Any) -> list[gym.Wrapper]:
    """Return the wrappers around an environment, the outermost first."""
    found = []
    while isinstance(env, gym.Wrapper):
        found.append(env)
        env = env.env
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value


def _path(inner: Any) -> str:
    return f"{type(inner).__module__}.{type(inner).__qualname__}"


def _name(inner: Any) -> str:
    return inner.spec.id if inner.spec is not None else type(inner).__name__
