"""Changes during a run: which may be made, and the settings that are then in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gridworld.agents import Agent
from gridworld.training.scene import Intervention
from gridworld.training.settings import Settings
from gridworld.training.world_edits import WORLD, edited_problem, numbers_of, world_in_force
from gridworld.worlds.problem import Problem

RESTARTING = {"epsilon", "epsilon_schedule", "temperature", "confidence"}
"""Hyperparameters whose change begins the exploration schedule again."""


def with_changes(
    pending: Mapping[str, Any],
    changes: Mapping[str, Any],
    agent: Agent,
    problem: Problem,
    interventions: Iterable[Intervention],
) -> dict[str, Any]:
    """Return what waits for the next episode with further changes.

    Raises
    ------
    ValueError
        If one is unknown, out of range, or can't be made during a run.
    """
    fixed = sorted(set(numbers_of(changes)) - set(agent.live) & set(agent.hyperparameters()))
    if fixed:
        raise ValueError(f"{fixed[0]} can't change during a run; {', '.join(agent.live)} can. Reset to change it.")
    waiting = {**pending, **changes}
    type(agent).create({**agent.settings(), **numbers_of(waiting)})
    if WORLD in changes:
        edited_problem(problem, changes[WORLD], interventions)
    return waiting


def settings_in_force(
    begun: Settings, agent: Agent, episodes: int, pending: Mapping[str, Any], interventions: Iterable[Intervention]
) -> Settings:
    """Return the settings of a run with all changes since it began, those that wait too."""
    now, before = {**agent.settings(), **numbers_of(pending)}, begun.make_agent().settings()
    changed = {name: value for name, value in now.items() if value != before[name]}
    settings = replace(begun, hyperparameters={**begun.hyperparameters, **changed}, episodes=episodes)
    world = pending.get(WORLD) or world_in_force(interventions)
    return settings if world is None else replace(settings, world=world, options={})
