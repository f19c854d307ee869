"""Compile ahead of time what people may choose."""

from __future__ import annotations

from gridworld.agents import AGENTS
from gridworld.session import TrainingSession


def compile_everything() -> None:
    """Compile the loop of every agent, with its default exploration, into numba's disk cache."""
    for agent in AGENTS:
        TrainingSession(agent=agent).compile()
