"""The numbers that the colours of the board can show: one for each state, float64 [S], or for each action, [S, A].

Each is computed from the world, the settings in force and a scene; nan is no colour.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any

import numpy as np

from gridworld.insight.inspection import policy_now
from gridworld.planning.evaluation import state_distribution
from gridworld.planning.optimum import solve
from gridworld.planning.policies import SOLVED, best_actions
from gridworld.planning.solution import Solution
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import TransitionModel


def visited(scene: Scene, numbers: np.ndarray) -> np.ndarray:
    """Return numbers, float64 [S], nan for the states that were never visited."""
    return np.where(scene.visits.any(1), numbers, np.nan)


def state_value(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, scene.action_values.max(1))


def state_visits(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, scene.visits.sum(1))


def preference(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return by how much the best action of a state is above its second best."""
    ordered = np.sort(np.where(np.isneginf(scene.action_values), np.nan, scene.action_values), axis=1)
    known = (~np.isnan(ordered)).sum(1)
    rows = np.arange(len(ordered))
    return visited(scene, np.where(known > 1, ordered[rows, known - 1] - ordered[rows, np.maximum(known - 2, 0)], 0))


def state_error(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(problem.n_states, np.nan)
    return visited(scene, _difference(scene.action_values.max(1), solution.action_values.max(1)))


def agreement(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return the probability of an optimal action where the agent acts greedily."""
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(problem.n_states, np.nan)
    greedy = best_actions(scene.action_values)
    return visited(scene, (greedy & best_actions(solution)).sum(1) / greedy.sum(1))


def tried(scene: Scene, numbers: np.ndarray) -> np.ndarray:
    """Return numbers, float64 [S, A], nan for the actions that were never tried."""
    return np.where(scene.visits > 0, numbers, np.nan)


def action_values(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return tried(scene, scene.action_values)


def action_visits(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return tried(scene, scene.visits)


def action_errors(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(scene.action_values.shape, np.nan)
    return tried(scene, _difference(scene.action_values, solution.action_values))


def _difference(learned: np.ndarray, best: np.ndarray) -> np.ndarray:
    """Return learned values less the best ones: 0 where they differ by rounding only, nan where there is no best."""
    known = np.where(np.isfinite(best), best, np.nan)
    error = learned - known
    is_rounding = np.abs(error) <= SOLVED * np.nanmax(np.abs(known), initial=0.0)
    return np.where(is_rounding, 0.0, error)


def traces(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    strongest = scene.memory["traces"].max(1)
    return np.where(strongest > 0, strongest, np.nan)


def queue(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    highest = scene.memory["queue"].max(1)
    return np.where(highest > 0, highest, np.nan)


def modelled(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, (scene.visits > 0).sum(1) / np.array([len(problem.actions_of(0))]))


def presence(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    agent = settings.make_agent()
    limit = problem.step_limit or agent.default_step_limit
    with suppress(ValueError, RuntimeError):  # the chain doesn't settle within the steps that can be followed
        share = state_distribution(_model(problem, scene), policy_now(agent, scene), limit)
        return np.where(share > 1e-6, share, np.nan)
    return np.full(problem.n_states, np.nan)


def _model(problem: Problem, scene: Scene) -> TransitionModel:
    return problem.phases[min(scene.phase, len(problem.phases) - 1)][1]


def _solution(problem: Problem, settings: Any, scene: Scene) -> Solution | None:
    return solution_of(_model(problem, scene), settings.make_agent().discount)


@lru_cache(maxsize=8)
def solution_of(model: TransitionModel, discount: float) -> Solution | None:
    """Return the best values of a model, found once; None where there are none."""
    with suppress(ValueError, RuntimeError):
        return solve(model, discount)
    return None


def recent_error(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return the mean absolute TD error of the last steps in each state."""
    if scene.updates is None:
        return np.full(problem.n_states, np.nan)
    with np.errstate(invalid="ignore"):
        return scene.updates.error.sum(1) / scene.updates.count.sum(1)


def standard_error(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return the standard error of the mean target of each action, from the last steps that took it."""
    if scene.updates is None:
        return np.full(scene.action_values.shape, np.nan)
    count = scene.updates.count
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 1, np.sqrt(scene.updates.squared_error) / count, np.nan)


def age(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return how many steps ago a value of each state was written last."""
    if scene.updates is None:
        return np.full(problem.n_states, np.nan)
    return visited(scene, scene.updates.age)


def bonus(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return what UCB adds to the value of each action that was tried."""
    visits = scene.visits.sum(1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return tried(scene, scene.exploration * np.sqrt(np.log(visits) / scene.visits))
