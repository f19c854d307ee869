"""The problem that a grid world is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gridworld.errors import WorldError
from gridworld.worlds.checks import MAX_STEP_LIMIT, check_whole, shown
from gridworld.worlds.environment import GridWorld
from gridworld.worlds.symbols import ACTIONS
from gridworld.worlds.tabular_env import TabularEnv
from gridworld.worlds.tabular_problem import Problem
from gridworld.worlds.world import World

OPTIONS = ("slip", "step_reward", "step_limit")


def grid_problem(name: str, world: World, options: Mapping[str, Any]) -> Problem:
    """Return the problem of a world with the numbers that options replace; a step limit of 0 is none.

    Raises
    ------
    WorldError
        If there is no such option, or a number is out of its range.
    """
    if unknown := set(options) - set(OPTIONS):
        raise WorldError(f"A grid world has no option {shown(min(unknown))}; it has {', '.join(OPTIONS)}.")
    if options.get("step_limit") is not None:
        check_whole("the step limit", options["step_limit"], 0, MAX_STEP_LIMIT)
    world = world.with_numbers(**options)
    return Problem(
        name=name,
        title=world.title or name,
        n_states=world.rows * world.columns,
        actions=ACTIONS,
        make_env=lambda: TabularEnv(GridWorld(world), name),
        phases=world.phases,
        layouts=world.layouts,
        step_limit=world.step_limit,
        state_name=lambda state: "row {}, column {}".format(*divmod(state, world.columns)),
        world=world,
    )
