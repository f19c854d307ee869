"""Compile ahead of time what people may choose: `python -m gridworld.cli.precompile`."""

from __future__ import annotations

import os

from gridworld.agents import AGENTS
from gridworld.extensions import load_named
from gridworld.tetris import TetrisHyperparameters, TetrisTrainer
from gridworld.training.session import TrainingSession


def compile_everything() -> None:
    """Compile the loops of every agent, with its default exploration, and of Tetris into numba's disk cache."""
    load_named()
    for stepped in (False, True):
        for agent in AGENTS:
            TrainingSession(agent=agent, stepped=stepped).compile()
    TetrisTrainer(TetrisHyperparameters(population=4, evaluations=1), threads=1).advance(1)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)
    compile_everything()
