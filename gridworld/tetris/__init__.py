"""Tetris: the game, an environment, linear players and the trainer that makes them."""

from __future__ import annotations

import gymnasium as gym

from gridworld.tetris.demo import Scene, demo
from gridworld.tetris.env import TetrisEnv
from gridworld.tetris.features import FEATURES, placement_features
from gridworld.tetris.records import GameRecord, GenerationRecord, Progress
from gridworld.tetris.settings import TetrisHyperparameters
from gridworld.tetris.trainer import TetrisTrainer

__all__ = [
    "FEATURES",
    "GameRecord",
    "GenerationRecord",
    "Progress",
    "Scene",
    "TetrisEnv",
    "TetrisHyperparameters",
    "TetrisTrainer",
    "demo",
    "placement_features",
    "register",
]


def register() -> None:
    """Make `gymnasium.make("Tetris-v0")` know the environment; calling it again changes nothing."""
    if "Tetris-v0" not in gym.registry:
        gym.register(id="Tetris-v0", entry_point="gridworld.tetris.env:TetrisEnv")
