"""The environments that `gymnasium.make` knows after `import gridworld`, before anything of theirs is imported."""

from __future__ import annotations

import gymnasium as gym

GRID_WORLD = "gridworld.worlds.environment:GridWorld"
NAMED = {
    f"gridworld/{world.title().replace('_', '')}-v0": world
    for world in (
        "easy",
        "medium",
        "hard",
        "cliff",
        "windy",
        "dyna_maze",
        "blocking_maze",
        "shortcut_maze",
        "four_rooms",
        "jumps",
        "corners",
    )
}
"""The ids of the named worlds, such as gridworld/DynaMaze-v0; a test holds them against `world_ids`."""
ENTRY_POINTS = {
    "GridWorld-v0": GRID_WORLD,
    "GridWorld/MaximizationBias-v0": "gridworld.worlds.maximization_bias:MaximizationBias",
    "Tetris-v0": "gridworld.tetris.game.env:TetrisEnv",
}


def register_environments() -> None:
    """Register the environments with Gymnasium; an id that is taken stays as it is."""
    for name, entry_point in ENTRY_POINTS.items():
        if name not in gym.registry:
            gym.register(name, entry_point=entry_point)
    for name, world in NAMED.items():
        if name not in gym.registry:
            gym.register(name, entry_point=GRID_WORLD, kwargs={"world": world})
