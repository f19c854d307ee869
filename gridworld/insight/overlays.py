"""What the colours of the board can mean, one line each in `OVERLAYS`: a number for each state, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gridworld.drawing.colour_scale import CountScale, DivergingScale, Scale, ShareScale
from gridworld.insight.inspection import policy_now
from gridworld.planning.evaluation import state_distribution
from gridworld.planning.optimum import solve
from gridworld.planning.policies import best_actions
from gridworld.planning.solution import Solution
from gridworld.training.scene import Scene
from gridworld.worlds.placement import leads_to_sides
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import TransitionModel

MOST_STATES = 5_000  # of a world whose optimum or whose chain of states is solved for an overlay


@dataclass(frozen=True)
class Overlay:
    """A meaning of the colours.

    `of(problem, settings, scene)` returns a number for each state, float64 [S], nan for no colour; `settings` are those
    of the run in force. `suits(problem, agent)` returns whether it has a meaning. What takes time is `slow`: it is
    computed off the page, at most twice a second.
    """

    title: str
    explanation: str
    of: Callable[[Problem, Any, Scene], np.ndarray]
    scale: Callable[[], Scale] = Scale
    suits: Callable[[Problem, Any], bool] = lambda problem, agent: True
    slow: bool = False
    by_action: bool = False  # whether `of` returns a number for each action, float64 [S, A], to be drawn as wedges
    is_value: bool = False  # whether its range runs at least over what is known of the world


def visited(scene: Scene, numbers: np.ndarray) -> np.ndarray:
    """Return numbers, float64 [S], nan for the states that were never visited."""
    return np.where(scene.visits.any(1), numbers, np.nan)


def _value(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, scene.action_values.max(1))


def _visits(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, scene.visits.sum(1))


def _spread(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return by how much the best action of a state is above its second best."""
    ordered = np.sort(np.where(np.isneginf(scene.action_values), np.nan, scene.action_values), axis=1)
    known = (~np.isnan(ordered)).sum(1)
    rows = np.arange(len(ordered))
    return visited(scene, np.where(known > 1, ordered[rows, known - 1] - ordered[rows, np.maximum(known - 2, 0)], 0))


def _error(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(problem.n_states, np.nan)
    error = scene.action_values.max(1) - solution.action_values.max(1)
    return visited(scene, np.where(np.isfinite(error), error, np.nan))


def _agreement(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    """Return the probability of an optimal action where the agent acts greedily."""
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(problem.n_states, np.nan)
    greedy = best_actions(scene.action_values)
    return visited(scene, (greedy & best_actions(solution)).sum(1) / greedy.sum(1))


def tried(scene: Scene, numbers: np.ndarray) -> np.ndarray:
    """Return numbers, float64 [S, A], nan for the actions that were never tried."""
    return np.where(scene.visits > 0, numbers, np.nan)


def _action_values(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return tried(scene, scene.action_values)


def _action_visits(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return tried(scene, scene.visits)


def _action_errors(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    solution = _solution(problem, settings, scene)
    if solution is None:
        return np.full(scene.action_values.shape, np.nan)
    best = np.where(np.isfinite(solution.action_values), solution.action_values, np.nan)
    return tried(scene, scene.action_values - best)


def _traces(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    strongest = scene.memory["traces"].max(1)
    return np.where(strongest > 0, strongest, np.nan)


def _queue(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    highest = scene.memory["queue"].max(1)
    return np.where(highest > 0, highest, np.nan)


def _modelled(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
    return visited(scene, (scene.visits > 0).sum(1) / np.array([len(problem.actions_of(0))]))


def _occupancy(problem: Problem, settings: Any, scene: Scene) -> np.ndarray:
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


def _is_solvable(problem: Problem, agent: Any) -> bool:
    return bool(problem.phases) and problem.n_states <= MOST_STATES


def _has_optimum(problem: Problem, agent: Any) -> bool:
    return _is_solvable(problem, agent) and hasattr(agent, "discount")


def _can_be_wedges(problem: Problem, agent: Any) -> bool:
    return bool(problem.layouts) and leads_to_sides(problem.layouts[0][1])


def _has(hyperparameter: str) -> Callable[[Problem, Any], bool]:
    return lambda problem, agent: hyperparameter in agent.hyperparameters()


OVERLAYS: Mapping[str, Overlay] = {
    "state value": Overlay(
        "State value: max Q(s, a)", "The value of the best action, as the agent estimates it.", _value, is_value=True
    ),
    "visits": Overlay(
        "Visits per state (log scale)", "How often the agent has acted in a state.", _visits, CountScale
    ),
    "action values": Overlay(
        "Action values Q(s, a)",
        "Each wedge is the action that leads to its side; on small boards the best is outlined.",
        _action_values, suits=_can_be_wedges, by_action=True, is_value=True,
    ),
    "action visits": Overlay(
        "Visits per action (log scale)",
        "Each wedge is the action that leads to its side.",
        _action_visits, CountScale, _can_be_wedges, by_action=True,
    ),
    "action errors": Overlay(
        "Error of each action: Q − q*",
        "Above 0 the agent overestimates the action, below 0 it underestimates it.",
        _action_errors, DivergingScale,
        lambda problem, agent: _can_be_wedges(problem, agent) and _has_optimum(problem, agent),
        slow=True, by_action=True,
    ),
    "preference": Overlay(
        "Preference: best Q − second best Q",
        "How clearly the agent prefers one action; 0 is a tie.",
        _spread, ShareScale,
    ),
    "error": Overlay(
        "Error: max Q − max q*",
        "Above 0 the agent overestimates the state, below 0 it underestimates it.",
        _error, DivergingScale, _has_optimum, slow=True,
    ),
    "agreement": Overlay(
        "Share of greedy actions that are optimal",
        "1: every action that is best by Q is optimal. 0: none is.",
        _agreement, ShareScale, _has_optimum, slow=True,
    ),
    "presence": Overlay(
        "Share of an episode's steps (exact)",
        "Where the agent is under its present policy, worked out from the model.",
        _occupancy, ShareScale, _is_solvable, slow=True,
    ),
    "traces": Overlay(
        "Eligibility trace: the largest of a state",
        "How much of the next TD error each state receives.",
        _traces, ShareScale, _has("trace_decay"),
    ),
    "model": Overlay(
        "Share of actions that the model knows",
        "Planning can use only what was tried.",
        _modelled, ShareScale, _has("planning_steps"),
    ),
    "queue": Overlay(
        "Priority in the queue: |error| waiting",
        "The states that planning takes up next, the largest first.",
        _queue, ShareScale, _has("threshold"),
    ),
}  # fmt: skip
"""The overlays by their names, in the order of the list that offers them."""

LABELS = {
    "state value": "State value",
    "visits": "Visits",
    "action values": "Action values",
    "action visits": "Visits of actions",
    "action errors": "Error of actions",
    "preference": "Preference",
    "error": "Error of the value",
    "agreement": "Policy vs. optimal",
    "presence": "Where the agent is",
    "traces": "Eligibility traces",
    "model": "What the model knows",
    "queue": "Sweeping queue",
    "": "Nothing",
}


def offered(problem: Problem, agent: Any) -> dict[str, str]:
    """Return label -> name of the overlays that mean something for an agent in a world."""
    return {label: name for name, label in LABELS.items() if not name or OVERLAYS[name].suits(problem, agent)}


def known_range(model: TransitionModel, states: np.ndarray) -> tuple[float, float]:
    """Return the lowest and the highest of the best rewards that single actions can give in some states, int64 [N].

    Values are anchored to them before anything is learned, so that a value still at 0 is not the strongest colour
    only because the others have moved by one step's reward.
    """
    best = model.best_reward[states]
    return (float(best.min()), float(best.max())) if len(best) else (np.nan, np.nan)
