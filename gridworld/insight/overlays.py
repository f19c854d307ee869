"""What the colours of the board can mean, one line each in `OVERLAYS`: a number for each state, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridworld.drawing.colour_scale import CountScale, DivergingScale, Scale, ShareScale, count
from gridworld.insight import overlay_numbers as numbers
from gridworld.training.scene import Scene
from gridworld.training.update_watch import LATELY
from gridworld.worlds.placement import leads_to_sides
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import TransitionModel

MOST_STATES = 5_000  # of a world whose optimum or whose chain of states is solved for an overlay


@dataclass(frozen=True)
class Overlay:
    """A meaning of the colours.

    `of(problem, settings, scene)` returns a number for each state, float64 [S], nan for no colour; `settings` are those
    of the run in force. `suits(problem, agent)` returns whether it has a meaning. What takes time is `slow`: it is
    computed off the page, at most twice a second. One of what the agent did `lately` needs scenes that have `updates`.
    """

    title: str
    explanation: str
    of: Callable[[Problem, Any, Scene], np.ndarray]
    scale: Callable[[], Scale] = Scale
    suits: Callable[[Problem, Any], bool] = lambda problem, agent: True
    slow: bool = False
    lately: bool = False
    by_action: bool = False  # whether `of` returns a number for each action, float64 [S, A], to be drawn as wedges
    is_value: bool = False  # whether its range runs at least over what is known of the world


def _is_solvable(problem: Problem, agent: Any) -> bool:
    return bool(problem.phases) and problem.n_states <= MOST_STATES


def _has_optimum(problem: Problem, agent: Any) -> bool:
    return _is_solvable(problem, agent) and hasattr(agent, "discount")


def _has_errors(problem: Problem, agent: Any) -> bool:
    """Return whether the TD errors of the last steps can be found, and belong to the actions that they took."""
    return _has_updates(problem, agent) and agent.learns_at_once


def _has_updates(problem: Problem, agent: Any) -> bool:
    return bool(problem.phases) and hasattr(agent, "step_size")


def _can_be_wedges(problem: Problem, agent: Any) -> bool:
    return bool(problem.layouts) and leads_to_sides(problem.layouts[0][1])


def _both(*conditions: Callable[[Problem, Any], bool]) -> Callable[[Problem, Any], bool]:
    return lambda problem, agent: all(condition(problem, agent) for condition in conditions)


def _explores_by_bounds(problem: Problem, agent: Any) -> bool:
    return getattr(agent, "exploration", "") == "UCB"


def _has(hyperparameter: str) -> Callable[[Problem, Any], bool]:
    return lambda problem, agent: hyperparameter in agent.hyperparameters()


OVERLAYS: Mapping[str, Overlay] = {
    "state value": Overlay(
        "State value: max Q(s, a)", "The value of the best action, as the agent estimates it.",
        numbers.state_value, is_value=True,
    ),
    "visits": Overlay(
        "Visits per state (log scale)", "How often the agent has acted in a state.", numbers.state_visits, CountScale
    ),
    "action values": Overlay(
        "Action values Q(s, a)",
        "Each wedge is the action that leads to its side; on small boards the best is outlined.",
        numbers.action_values, suits=_can_be_wedges, by_action=True, is_value=True,
    ),
    "action visits": Overlay(
        "Visits per action (log scale)",
        "Each wedge is the action that leads to its side.",
        numbers.action_visits, CountScale, _can_be_wedges, by_action=True,
    ),
    "action errors": Overlay(
        "Error of each action: Q − q*",
        "Above 0 the agent overestimates the action, below 0 it underestimates it.",
        numbers.action_errors, DivergingScale, _both(_can_be_wedges, _has_optimum), slow=True, by_action=True,
    ),
    "preference": Overlay(
        "Preference: best Q − second best Q",
        "How clearly the agent prefers one action; 0 is a tie.",
        numbers.preference, ShareScale,
    ),
    "error": Overlay(
        "Error: max Q − max q*",
        "Above 0 the agent overestimates the state, below 0 it underestimates it.",
        numbers.state_error, DivergingScale, _has_optimum, slow=True,
    ),
    "agreement": Overlay(
        "Share of greedy actions that are optimal",
        "1: every action that is best by Q is optimal. 0: none is.",
        numbers.agreement, ShareScale, _has_optimum, slow=True,
    ),
    "presence": Overlay(
        "Share of an episode's steps (exact)",
        "Where the agent is under its present policy, worked out from the model.",
        numbers.presence, ShareScale, _is_solvable, slow=True,
    ),
    "recent error": Overlay(
        f"Mean |TD error| of the last {LATELY:,} steps",
        "Large where targets differ from the values: something is still learned there, or outcomes are random.",
        numbers.recent_error, ShareScale, _has_errors, slow=True, lately=True,
    ),
    "standard error": Overlay(
        "Standard error of the target of each action",
        f"√(mean squared TD error ÷ updates), of the last {LATELY:,} steps: how uncertain an action value is.",
        numbers.standard_error, ShareScale, _both(_can_be_wedges, _has_errors),
        slow=True, lately=True, by_action=True,
    ),
    "UCB width": Overlay(
        "UCB width of each action: c √(ln N(s) ÷ N(s, a))",
        "What is added to Q(s, a) before the agent takes the highest; rarely tried actions have the widest.",
        numbers.bonus, ShareScale, _both(_can_be_wedges, _explores_by_bounds), by_action=True,
    ),
    "age": Overlay(
        "Steps since the last update (log scale)",
        f"By the step itself, a trace or planning; {count(LATELY)} means that many or more.",
        numbers.age, CountScale, _has_updates, slow=True, lately=True,
    ),
    "traces": Overlay(
        "Eligibility trace: the largest of a state",
        "How much of the next TD error each state receives; nothing once an episode has ended.",
        numbers.traces, ShareScale, _has("trace_decay"),
    ),
    "model": Overlay(
        "Share of actions that the model knows",
        "Planning can use only what was tried.",
        numbers.modelled, ShareScale, _has("planning_steps"),
    ),
    "queue": Overlay(
        "Priority in the queue: |error| waiting",
        "The states that planning takes up next, the largest first; nothing while none is waiting.",
        numbers.queue, ShareScale, _has("threshold"),
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
    "recent error": "TD error lately",
    "standard error": "Standard error",
    "UCB width": "UCB width",
    "age": "Steps since update",
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
