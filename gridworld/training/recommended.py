"""What is recommended for an agent in a world, and which curve is worth looking at."""

from __future__ import annotations

from typing import Any, Literal

from gridworld.agents import agent_class
from gridworld.worlds.problem import Problem
from gridworld.worlds.recommended import RECOMMENDED


def recommended_hyperparameters(world: str, agent: str) -> dict[str, Any]:
    """Return the hyperparameters recommended for an agent in a world; none for a world nothing is recommended for.

    `world` is what `Settings` takes; options in its id make no difference.

    Raises
    ------
    ValueError
        If there is no such agent.
    """
    known = agent_class(agent).hyperparameters()
    numbers = RECOMMENDED.get(world.partition("?")[0], {})
    return {name: value for name, value in numbers.items() if name in known}


def recommended_headline(problem: Problem) -> Literal["return", "steps"]:
    """Return the curve that shows learning: steps where all complete episodes have one return, else the return."""
    models = [model for _, model in problem.phases]
    return "steps" if models and all(model.pays_by_ending_only for model in models) else "return"
