"""Maps of how two runs differ, as what the colours of a board can mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gridworld.drawing.colour_scale import DivergingScale, ShareScale
from gridworld.insight.overlays import Overlay
from gridworld.planning.policies import best_actions
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem

VALUES, POLICIES = "difference of values", "difference of policies"


def difference_overlays(other: Callable[[], Scene]) -> Mapping[str, Overlay]:
    """Return the overlays of a board that shows one run, by what sets it apart from the scene of another one."""

    def values(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
        best = scene.action_values.max(1), other().action_values.max(1)
        return _visited(scene, other(), np.subtract(*np.where(np.isfinite(best), best, np.nan)))

    def policies(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
        mine, theirs = best_actions(scene.action_values), best_actions(other().action_values)
        return _visited(scene, other(), 1 - (mine & theirs).sum(1) / (mine | theirs).sum(1))

    return {
        VALUES: Overlay(
            "max Q: the first − the second", "Where the first expects more, it is above 0.", values, DivergingScale
        ),
        POLICIES: Overlay(
            "Share of best actions that differ", "0: the same are best for both. 1: no best action in common.",
            policies, ShareScale,
        ),
    }  # fmt: skip


def _visited(one: Scene, other: Scene, numbers: np.ndarray) -> np.ndarray:
    """Return numbers, float64 [S], nan for the states that neither run has visited."""
    return np.where(one.visits.any(1) | other.visits.any(1), numbers, np.nan)
