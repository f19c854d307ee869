"""Compile ahead of time what people may choose: `python -m gridworld.warm`."""

from __future__ import annotations

import os

from gridworld.agents import AGENTS
from gridworld.session import TrainingSession


def compile_everything() -> None:
    """Compile the loop of every agent, with its default exploration, into numba's disk cache."""
    for agent in AGENTS:
        TrainingSession(agent=agent).compile()


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)
    compile_everything()
