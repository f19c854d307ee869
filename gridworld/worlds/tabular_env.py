"""A Gymnasium environment as a table of action values needs it: states and actions from 0 on, every answer checked.

A compiled loop checks no bounds: a state outside its space would be written beside the tables. So nothing reaches a
loop that has not passed here.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable
from functools import cached_property
from numbers import Real
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.errors import FaultyEnvironmentError, WorldError
from gridworld.worlds.checks import MAX_REWARD, plain, shown
from gridworld.worlds.observations import flatten
from gridworld.worlds.transition_model import Ending

Step = tuple[int, float, int, bool]
MAX_ACTIONS = 1_000  # each is a column of tables that people look at
ABOVE_ZERO = float(np.nextafter(0, 1))
AT_RESET = "when it was reset"


class TabularEnv(gym.Wrapper):
    """An environment whose observations are the states 0 to S - 1, and whose actions are 0 to A - 1.

    `reset` and `step` answer in plain ints, floats and bools.

    Parameters
    ----------
    env
        An environment with `Discrete` observations, or a tuple of them, and `Discrete` actions.
    name
        What its faults call it.
    success_reward
        From which reward on an ending is a success, where `info["success"]` doesn't report it.

    Raises
    ------
    WorldError
        If its spaces don't fit a table.
    """

    def __init__(self, env: gym.Env, name: str, success_reward: float = ABOVE_ZERO) -> None:
        super().__init__(env)
        self.name = name
        self._success_reward = success_reward
        self.flat = flatten(name, env.observation_space)
        actions = env.action_space
        if not isinstance(actions, gym.spaces.Discrete):
            raise WorldError(
                f"{name} has the action space {shown(actions)}; a table of action values needs Discrete actions. "
                "Wrap the environment so that it offers a fixed list of actions."
            )
        if actions.n > MAX_ACTIONS:
            raise WorldError(
                f"{name} has {shown(int(actions.n))} actions; at most {MAX_ACTIONS:,} fit in a table here."
            )
        self._own_spaces()
        self.n_states, self.n_actions = self.flat.size, int(actions.n)
        self.observation_space = gym.spaces.Discrete(self.n_states)
        self.action_space = gym.spaces.Discrete(self.n_actions)
        self._first_action = int(actions.start)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode. A seed also goes to the spaces, from which an environment may draw.

        Raises
        ------
        FaultyEnvironmentError
            If the environment raises, or doesn't return one of its observations and a dictionary.
        """
        if seed is not None:
            self._seed_spaces(seed)
        return self.checked[0](seed=seed, options=options), {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Do one step: the state, the reward, terminated, truncated, and whether it was a success.

        Raises
        ------
        FaultyEnvironmentError
            If the environment raises, or returns anything but one of its observations, a finite reward, two truth
            values and a dictionary.
        """
        state, reward, ending, truncated = self.checked[1](action)
        return state, reward, ending != Ending.NONE, truncated, {"success": ending == Ending.SUCCESS}

    @cached_property
    def checked(self) -> tuple[Callable[..., int], Callable[[int], Step]]:
        """`reset() -> state` and `step(action) -> (state, reward, ending, truncated)` for a loop.

        What the usual types need is looked up once. They raise as `reset` and `step` do.
        """
        reset: Callable[..., Any] = self.env.reset
        step: Callable[[Any], Any] = self.env.step
        first, n_states, is_numbered = self._first_action, self.n_states, self.flat.changes_nothing
        lowest, highest = -MAX_REWARD, MAX_REWARD
        success, failure = int(Ending.SUCCESS), int(Ending.FAILURE)

        def checked_reset(**given: Any) -> int:
            try:
                observation, info = reset(**given)
            except (Exception, SystemExit) as problem:
                raise self._raised(problem, AT_RESET, "(observation, info)") from problem
            if not is_numbered or observation.__class__ is not int or not 0 <= observation < n_states:
                observation = self._number(observation, AT_RESET)
            if info.__class__ is not dict:
                raise self._fault(info, AT_RESET, "its information is a dictionary")
            return observation

        def checked_step(action: int) -> Step:
            try:
                observation, reward, terminated, truncated, info = step(action + first)
            except (Exception, SystemExit) as problem:
                five = "(observation, reward, terminated, truncated, info)"
                raise self._raised(problem, f"for action {action}", five) from problem
            if not is_numbered or observation.__class__ is not int or not 0 <= observation < n_states:
                observation = self._number(observation, f"for action {action}")
            if (reward.__class__ is not float and reward.__class__ is not int) or not lowest <= reward <= highest:
                self._check_reward(reward, action)
            if reward.__class__ is not float:
                reward = float(reward)
            if terminated is False and truncated is False:
                return observation, reward, 0, False
            if terminated is True or self._flag(terminated, action):
                return observation, reward, success if self._succeeds(info, reward) else failure, False
            return observation, reward, 0, self._flag(truncated, action)

        return checked_reset, checked_step

    def __getstate__(self) -> dict[str, Any]:
        """Return everything except the functions that are looked up again."""
        return {name: value for name, value in self.__dict__.items() if name != "checked"}

    def _own_spaces(self) -> None:
        """Give the environment spaces of its own: those of its class would draw for all of them in turn."""
        inner = self.unwrapped
        with contextlib.suppress(AttributeError):  # an environment that computes them makes new ones anyhow
            inner.action_space = copy.deepcopy(inner.action_space)
            inner.observation_space = copy.deepcopy(inner.observation_space)

    def _seed_spaces(self, seed: int) -> None:
        layer: gym.Env = self.env
        while True:
            layer.action_space.seed(seed)
            layer.observation_space.seed(seed)
            if not isinstance(layer, gym.Wrapper):
                return
            layer = layer.env

    def _number(self, observation: Any, when: str) -> int:
        try:
            return self.flat(observation)
        except (TypeError, ValueError):
            raise self._fault(observation, when, self.flat.allowed) from None

    def _check_reward(self, reward: Any, action: int) -> None:
        is_array = isinstance(reward, np.ndarray) and reward.ndim == 0 and reward.dtype.kind in "biuf"
        is_real = is_array or isinstance(reward, Real | np.bool_)
        if not is_real or not -MAX_REWARD <= reward <= MAX_REWARD:
            allowed = f"its rewards are numbers from {plain(-MAX_REWARD)} to {plain(MAX_REWARD)}"
            raise self._fault(reward, f"for action {action}", allowed)

    def _flag(self, value: Any, action: int) -> bool:
        if not isinstance(value, bool | np.bool_):
            raise self._fault(value, f"for action {action}", "terminated and truncated are True or False")
        return bool(value)

    def _succeeds(self, info: Any, reward: float) -> bool:
        """Return whether an ending is a success: as `info["success"]` has it, or without that as the reward has it."""
        if not isinstance(info, dict):
            raise self._fault(info, "at the end of an episode", "its information is a dictionary")
        if "success" not in info:
            return reward >= self._success_reward
        if not isinstance(info["success"], bool | np.bool_):
            raise self._fault(info["success"], "as info['success']", "that is True or False")
        return bool(info["success"])

    def _raised(self, problem: BaseException, when: str, returns: str) -> FaultyEnvironmentError:
        trace = problem.__traceback__
        if isinstance(problem, TypeError | ValueError) and trace is not None and trace.tb_next is None:
            return FaultyEnvironmentError(f"{self.name} returned something else {when} than the tuple {returns}.")
        return FaultyEnvironmentError(f"{self.name} raised {sentence(problem)} {when}.")

    def _fault(self, returned: Any, when: str, allowed: str) -> FaultyEnvironmentError:
        return FaultyEnvironmentError(f"{self.name} returned {shown(returned)} {when}; {allowed}.")


def sentence(problem: BaseException) -> str:
    """Return an exception of foreign code as part of one sentence: its type, and its message in one line."""
    try:
        message = " ".join(str(problem).partition(" was raised from the environment creator")[0].split())
    except Exception:  # of a class of the user's own
        message = ""
    message = message if len(message) <= 300 else f"{message[:297]}..."
    return f"{type(problem).__name__} ({message.rstrip('.')})" if message else type(problem).__name__
