"""The transition table that an environment publishes, where the environment keeps to it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from inspect import getattr_static
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, RecordEpisodeStatistics, TimeLimit

from gridworld.errors import FaultyEnvironmentError
from gridworld.worlds.checks import MAX_REWARD, plain
from gridworld.worlds.tabular_env import TabularEnv, sentence
from gridworld.worlds.transition_model import Ending, TransitionModel, success_reward

SEEDS, STEPS, RESETS = 8, 2_000, 2_000
MOST_ROWS = 1_000_000  # of a published table; each is an object of Python
SECONDS = 2.0  # of work after which an environment is too slow to be compared
WAITING = 0.2  # how much of a second of waiting counts as work: a busy machine makes no environment slow
HARMLESS = (TabularEnv, OrderEnforcing, PassiveEnvChecker, RecordEpisodeStatistics, TimeLimit)
"""The wrappers behind which a table still holds; a time limit is known apart."""


def changing_wrapper(env: gym.Env) -> str:
    """Return the name of a wrapper that may change what an environment does; "" if there is none."""
    while isinstance(env, gym.Wrapper):
        if type(env) not in HARMLESS:
            return type(env).__name__
        env = env.env
    return ""


def published_model(env: TabularEnv) -> tuple[TransitionModel | None, str]:
    """Return the model that an environment publishes as `P` and `initial_state_distrib`; else None and why not."""
    inner: Any = env.unwrapped
    if any(getattr_static(inner, name, None) is None for name in ("P", "initial_state_distrib")):
        return None, "it publishes no transition table (`P`, `initial_state_distrib`)"
    if wrapper := changing_wrapper(env):
        return None, f"the wrapper {wrapper} may change what its transition table `P` describes"
    if (rows := env.n_states * env.n_actions) > MOST_ROWS:
        return None, f"its transition table `P` has {rows:,} rows, and at most {MOST_ROWS:,} are read"
    try:
        model = TransitionModel.from_dynamics(inner.P, inner.initial_state_distrib)
    except Exception as problem:  # the table can be anything
        return None, f"its transition table `P` can't be read: {sentence(problem)}"
    if (model.n_states, model.n_actions) != (env.n_states, env.n_actions):
        return None, (
            f"its transition table `P` has {model.n_states} states and {model.n_actions} actions, and its spaces have "
            f"{env.n_states} and {env.n_actions}"
        )
    if np.abs(model.reward).max(initial=0.0) > MAX_REWARD:
        return None, f"its transition table `P` has a reward beyond {plain(MAX_REWARD)}"
    return model, ""


def verified_model(
    env: TabularEnv,
    model: TransitionModel,
    clock: Callable[[], float] = time.monotonic,
    busy: Callable[[], float] = time.thread_time,
) -> tuple[TransitionModel | None, str]:
    """Return a published model if live steps agree with it, and why it can't be sampled in their place, if it can't.

    Sampling yields the very run that the environment yields where both draw the same numbers, or where nothing is left
    to chance. Where only the start is, and the environment draws it in another way, the model holds all the same.

    `clock` and `busy` are the seconds that have passed, and those in which this thread computed.
    """
    walk = _Walk(env, model, lambda: busy() + WAITING * (clock() - busy()))
    try:
        walk.go()
        alike = walk.draws_alike or (model.deterministic and model.start.max() == 1)
        if not alike:
            walk.check_starts()
    except (_DiffersError, FaultyEnvironmentError) as problem:
        return None, str(problem).rstrip(".")
    if not walk.successes_alike:
        return model, "it calls other endings a success than those with the best reward"
    return model, "" if alike else "it draws other random numbers than sampling its transition table `P` would"


class _DiffersError(Exception):
    """An environment does what its table doesn't have, or can't be compared with it."""


class _Walk:
    """Live steps beside sampled ones, with a generator in the same state, as long as the table allows what they do."""

    def __init__(self, env: TabularEnv, model: TransitionModel, work: Callable[[], float]) -> None:
        best_ending = success_reward(model.reward, model.ending)
        self._env, self._model = TabularEnv(env.unwrapped, env.name, best_ending), model
        self._work, self._deadline = work, work() + SECONDS
        self.draws_alike = self.successes_alike = True

    def go(self) -> None:
        """Take the action tried least in each state, so that all are compared where the steps suffice."""
        tried: defaultdict[int, np.ndarray] = defaultdict(lambda: np.zeros(self._model.n_actions, int))
        for seed in range(SEEDS):
            ours = np.random.default_rng(seed)
            state = self._begin(ours, seed)
            for _ in range(STEPS // SEEDS):
                action = int(tried[state].argmin())
                tried[state][action] += 1
                state, ended = self._step(state, action, ours)
                if ended:
                    state = self._begin(ours)
            self.draws_alike &= _state_of(self._env.unwrapped) == ours.bit_generator.state

    def check_starts(self) -> None:
        """Refuse a table that leaves more than the start to chance, or starts that are not as frequent as it states."""
        if not self._model.deterministic:
            raise _DiffersError("it doesn't draw its random numbers as its transition table `P` does")
        counts, p = np.zeros(self._model.n_states), self._model.start
        for _ in range(RESETS):
            counts[self._env.reset()[0]] += 1
            self._check_time()
        if (np.abs(counts - RESETS * p) > 6 * np.sqrt(RESETS * p * (1 - p)) + 1e-6).any():
            raise _DiffersError("it doesn't start as often in each state as its `initial_state_distrib` states")

    def _begin(self, ours: np.random.Generator, seed: int | None = None) -> int:
        state, _ = self._env.reset(seed=seed)
        if not self._model.start[state] > 0:
            raise _DiffersError(f"it started in state {state}, which its `initial_state_distrib` doesn't have")
        self.draws_alike &= state == np.argmax(self._model.start_cumulative > ours.random())
        return state

    def _step(self, before: int, action: int, ours: np.random.Generator) -> tuple[int, bool]:
        self._check_time()
        state, reward, terminated, truncated, info = self._env.step(action)
        row = before, action
        is_it = (
            (self._model.successor[row] == state)
            & (self._model.reward[row] == reward)
            & ((self._model.ending[row] != Ending.NONE) == terminated)
        )
        if truncated or not (is_it & (self._model.probability[row] > 0)).any():
            raise _DiffersError(
                f"it doesn't follow its own transition table `P`, for example by going from state {before} by action "
                f"{action} to state {state} with reward {reward:g}{', the end' if terminated else ''}"
                f"{', cut' if truncated else ''}"
            )
        outcome = int(np.argmax(self._model.cumulative[row] > ours.random()))
        self.draws_alike &= bool(is_it[outcome])
        if terminated:
            wins = self._model.ending[row][is_it] == Ending.SUCCESS
            self.successes_alike &= bool((wins == info["success"]).all())
        return state, terminated

    def _check_time(self) -> None:
        if self._work() > self._deadline:
            raise _DiffersError("it is too slow to be compared with its transition table `P`")


def _state_of(env: Any) -> Any:
    """Return the state of the generator that an environment draws from; None if that is none of numpy's."""
    generator = env.np_random
    return generator.bit_generator.state if isinstance(generator, np.random.Generator) else None
