"""Hyperparameters recommended for a world: those of the book's figures, where the world is from a book.

S&B is Sutton & Barto, Reinforcement Learning, 2nd edition (2018).
"""

from __future__ import annotations

from typing import Any

_CONSTANT = {"epsilon": 0.1, "epsilon_schedule": "constant"}
_EXAMPLE_6_5 = {**_CONSTANT, "step_size": 0.5, "discount": 1.0}
# the mazes are deterministic, so that a whole step learns what a planning step predicts; at 0.1 Dyna-Q+ falls behind
_CHANGING_MAZE = {**_CONSTANT, "step_size": 1.0, "discount": 0.95, "planning_steps": 50}

RECOMMENDED: dict[str, dict[str, Any]] = {
    "cliff": _EXAMPLE_6_5,  # and Example 6.6
    "windy": _EXAMPLE_6_5,
    "dyna_maze": {**_CONSTANT, "step_size": 0.1, "discount": 0.95, "planning_steps": 50},  # Example 8.1
    "blocking_maze": _CHANGING_MAZE,  # Example 8.2
    "shortcut_maze": _CHANGING_MAZE,  # Example 8.3
    "jumps": {"discount": 0.9},  # Example 3.5
    "corners": {"discount": 1.0},  # Example 4.1
    "CliffWalking-v1": _EXAMPLE_6_5,
    "GridWorld/MaximizationBias-v0": {**_CONSTANT, "step_size": 0.1, "discount": 1.0},  # Example 6.7
}
"""Hyperparameters by the id of their world; an agent takes those that it has."""
