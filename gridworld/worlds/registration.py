"""Environments that Gymnasium is told of before anything of theirs is imported."""

from __future__ import annotations

import gymnasium as gym


def register_tetris() -> None:
    """Make `gymnasium.make("Tetris-v0")` know the environment; calling it again changes nothing."""
    if "Tetris-v0" not in gym.registry:
        gym.register(id="Tetris-v0", entry_point="gridworld.tetris.game.env:TetrisEnv")
