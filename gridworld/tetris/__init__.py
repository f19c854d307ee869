"""Tetris: the game, an environment, linear players and the trainer that makes them."""

from __future__ import annotations

from gridworld.registration import register_tetris as register
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
