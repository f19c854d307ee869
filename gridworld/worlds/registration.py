"""The environments that `gymnasium.make` knows after `import gridworld`, before anything of theirs is imported."""

from __future__ import annotations

import gymnasium as gym

ENTRY_POINTS = {
    "GridWorld-v0": "gridworld.worlds.environment:GridWorld",
    "GridWorld/MaximizationBias-v0": "gridworld.worlds.maximization_bias:MaximizationBias",
    "Tetris-v0": "gridworld.tetris.game.env:TetrisEnv",
}


def register_environments() -> None:
    """Register the environments with Gymnasium; an id that is taken stays as it is."""
    for name, entry_point in ENTRY_POINTS.items():
        if name not in gym.registry:
            gym.register(name, entry_point=entry_point)
