"""Worlds that are given as objects, as what they can be written down by: a text, or an id with options."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.envs.registration import EnvSpec

from gridworld.errors import WorldError
from gridworld.worlds.checks import shown
from gridworld.worlds.environment import GridWorld
from gridworld.worlds.ids import is_text, split_options
from gridworld.worlds.named import is_own, text_of
from gridworld.worlds.text import format_world
from gridworld.worlds.verified_model import changing_wrapper
from gridworld.worlds.world import World


def written_world(world: Any) -> tuple[str, dict[str, Any]]:
    """Return the text or the id of a world, and its options: a `World`, an environment, or the spec of one.

    The id of a world in the user's folder becomes its text: what is made from it stays when the file changes.

    Raises
    ------
    WorldError
        If it can't be made again from what is written; the sentence names what to do.
    """
    if isinstance(world, str):
        return _own_text(world)
    if isinstance(world, World):
        return format_world(world), {}
    if isinstance(world, EnvSpec):
        return _registered(world)
    if not isinstance(world, gym.Env):
        raise WorldError(
            f"The world is {shown(world)}; give an id, the text of a world, a World, or a Gymnasium environment."
        )
    if wrapper := changing_wrapper(world):
        raise WorldError(
            f"The environment is wrapped in {wrapper}, which a run can't make again; register what makes it, wrapper "
            "and all, by gymnasium.register('Mine-v0', entry_point=make), and give the id."
        )
    if isinstance(world.unwrapped, GridWorld):
        return format_world(world.unwrapped.world), {}
    if world.spec is None:
        name = type(world.unwrapped).__name__
        raise WorldError(
            f"The environment {name} has no id by which a run could make it again; register it by "
            f"gymnasium.register('{name}-v0', entry_point={name}), and give the id."
        )
    return _registered(world.spec)


def _own_text(world: str) -> tuple[str, dict[str, Any]]:
    if is_text(world) or is_own(world.partition("?")[0]):
        return world, {}
    text = text_of(world.partition("?")[0])
    return (world, {}) if text is None else (text, split_options(world)[1])


def _registered(spec: EnvSpec) -> tuple[str, dict[str, Any]]:
    known = gym.registry.get(spec.id)
    if known is None:
        raise WorldError(f"The environment {spec.id} is not registered; register it by gymnasium.register first.")
    usual = known.kwargs
    options = {name: value for name, value in spec.kwargs.items() if name != "render_mode"}
    options = {name: value for name, value in options.items() if name not in usual or usual[name] != value}
    if spec.max_episode_steps not in (None, known.max_episode_steps):
        options["step_limit"] = spec.max_episode_steps
    return spec.id, options
