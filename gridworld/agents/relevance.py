"""Which hyperparameters mean something with the present choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ONLY_WITH = {
    "step_size": ("step_size_schedule", ("constant",)),
    "step_size_power": ("step_size_schedule", ("polynomial",)),
    "epsilon_schedule": ("exploration", ("epsilon-greedy",)),
    "epsilon": ("exploration", ("epsilon-greedy",)),
    "epsilon_end": ("epsilon_schedule", ("linear", "exponential")),
    "epsilon_decay": ("epsilon_schedule", ("linear", "exponential")),
    "temperature": ("exploration", ("softmax",)),
    "confidence": ("exploration", ("UCB",)),
}
"""Hyperparameters that mean something only with some choices of another, which must mean something itself."""


def is_relevant(name: str, values: Mapping[str, Any]) -> bool:
    """Return whether a hyperparameter means something among these values."""
    if name not in ONLY_WITH:
        return True
    governor, choices = ONLY_WITH[name]
    return values[governor] in choices and is_relevant(governor, values)
