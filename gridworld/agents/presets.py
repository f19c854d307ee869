"""Three sets of numbers to begin with."""

from __future__ import annotations

PRESETS: dict[str, dict[str, float]] = {
    "Conservative": {"step_size": 0.05, "discount": 0.99, "epsilon": 1.0, "epsilon_end": 0.1, "epsilon_decay": 0.995},
    "Balanced": {"step_size": 0.1, "discount": 0.99, "epsilon": 1.0, "epsilon_end": 0.05, "epsilon_decay": 0.99},
    "Aggressive": {"step_size": 0.5, "discount": 0.95, "epsilon": 0.5, "epsilon_end": 0.01, "epsilon_decay": 0.97},
}
"""Hyperparameters by the name of their preset; every agent that learns action values has all of them."""
