"""The problem that a Gymnasium environment is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec, load_env_creator

from gridworld.errors import FaultyEnvironmentError, WorldError
from gridworld.worlds.checks import MAX_STEP_LIMIT, check_whole, shown
from gridworld.worlds.environment import GridWorld
from gridworld.worlds.grid_problem import grid_problem
from gridworld.worlds.gymnasium_layouts import find_layout
from gridworld.worlds.gymnasium_names import find_action_names, find_state_actions, find_state_name
from gridworld.worlds.tabular_env import ABOVE_ZERO, TabularEnv, sentence
from gridworld.worlds.tabular_problem import Problem
from gridworld.worlds.transition_model import TransitionModel, success_reward
from gridworld.worlds.verified_model import changing_wrapper, published_model, verified_model

NOT_OPTIONS = ("render_mode", "disable_env_checker", "max_episode_steps", "vectorization_mode", "id")


def environment_problem(name: str, spec: EnvSpec, options: Mapping[str, Any]) -> Problem:
    """Return the problem of a registered environment, made with these options.

    Raises
    ------
    WorldError
        In one sentence, whatever makes it unusable: its options, its spaces, or what it raises or returns.
    """
    options = dict(options)
    limit = options.pop("step_limit", None)
    if limit is not None:
        check_whole("the step limit", limit, 0, MAX_STEP_LIMIT)
    if unusable := sorted(set(options) & set(NOT_OPTIONS)):
        raise WorldError(f"{name} can't be given the option {unusable[0]!r} here; leave it out.")
    make = _maker(name, spec, limit, options)
    env = make(ABOVE_ZERO)
    own: Any = env.unwrapped
    if type(own) is GridWorld and not changing_wrapper(env):
        return grid_problem(name, own.world, {"step_limit": _step_limit(env) if limit is None else limit})
    try:
        with closing(env):
            return _described(name, env, make, limit)
    except WorldError:
        raise
    except FaultyEnvironmentError as problem:
        raise WorldError(str(problem)) from None
    except (Exception, SystemExit) as problem:
        raise WorldError(f"{name} can't be used: it raised {sentence(problem)}.") from None


def _maker(name: str, spec: EnvSpec, limit: int | None, options: dict[str, Any]) -> Callable[[float], TabularEnv]:
    """Return a function that makes the environment for a success reward; it raises WorldError where that fails."""

    def make(success_reward: float) -> TabularEnv:
        try:
            env = gym.make(spec, max_episode_steps=-1 if limit == 0 else limit, disable_env_checker=True, **options)
            return TabularEnv(env, name, success_reward)
        except WorldError:
            raise
        except (Exception, SystemExit) as problem:
            with_options = f" with {shown(options)}" if options else ""
            reason = sentence(problem).partition(" was raised from the environment creator")[0]
            raise WorldError(f"{name} can't be made{with_options}: {reason}.{_known_options(spec, problem)}") from None

    return make


def _known_options(spec: EnvSpec, problem: BaseException) -> str:
    """Return a sentence with the options there are, if the problem is an option that there isn't."""
    if not isinstance(problem, TypeError) or "unexpected keyword argument" not in str(problem):
        return ""
    creator: Any = load_env_creator(spec.entry_point) if isinstance(spec.entry_point, str) else spec.entry_point
    names = [name for name in inspect.signature(creator).parameters if name not in NOT_OPTIONS]
    return f" Its options are step_limit{''.join(f', {name}' for name in names)}."


def _described(name: str, env: TabularEnv, make: Callable[[float], TabularEnv], limit: int | None) -> Problem:
    env.reset(seed=0)
    model, reason = published_model(env)
    layout, state_actions = find_layout(name, env), find_state_actions(name, env)
    if model is not None and state_actions:
        model, reason = None, "its states have actions of their own"
    elif model is not None:
        _refuse_another_each_time(name, model, make)
        model, reason = verified_model(env, model)
    threshold = success_reward(model.reward, model.ending) if model else ABOVE_ZERO
    return Problem(
        name=name,
        title=name,
        n_states=env.n_states,
        actions=find_action_names(name, env, state_actions),
        make_env=lambda: make(threshold),
        phases=((0, model),) if model else (),
        layouts=((0, layout),) if layout else (),
        step_limit=None if limit == 0 else limit or _step_limit(env),
        success_reward=threshold,
        state_name=find_state_name(name, env, layout),
        state_actions=state_actions,
        stepped_because=f"{reason}, so each step asks the environment" if reason else "",
    )


def _step_limit(env: gym.Env) -> int | None:
    """Return the step limit that an environment was registered with."""
    return env.spec.max_episode_steps if env.spec else None


def _refuse_another_each_time(name: str, model: TransitionModel, make: Callable[[float], TabularEnv]) -> None:
    """Refuse an environment that draws its map when it is made: the world of a run would not be the one looked at."""
    other = make(ABOVE_ZERO)
    again, _ = published_model(other)
    other.close()
    if not model.equals(again):
        raise WorldError(
            f"{name} publishes a different transition table each time it is made, so no run in it can be repeated; "
            "fix its map by an option, such as map_name=8x8 or desc=[...] of FrozenLake."
        )
