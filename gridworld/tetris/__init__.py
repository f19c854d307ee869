"""Tetris: the game, an environment, linear players and the trainer that makes them."""

from __future__ import annotations

from gridworld.tetris.game.env import TetrisEnv
from gridworld.tetris.game.features import FEATURES, placement_features
from gridworld.tetris.game.watch import GameScene, demo
from gridworld.tetris.records import GameRecord, GenerationRecord, Progress
from gridworld.tetris.search.settings import TetrisHyperparameters
from gridworld.tetris.search.trainer import TetrisTrainer

__all__ = [
    "FEATURES",
    "GameRecord",
    "GameScene",
    "GenerationRecord",
    "Progress",
    "TetrisEnv",
    "TetrisHyperparameters",
    "TetrisTrainer",
    "demo",
    "placement_features",
]
