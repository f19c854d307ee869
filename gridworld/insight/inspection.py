"""What is known of one state: what its actions do, what the agent holds of them, and why one of them is not best."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.base import Tables, step_size
from gridworld.planning.policies import best_actions
from gridworld.planning.solution import Solution
from gridworld.training.loop import constants_type
from gridworld.training.scene import Scene
from gridworld.worlds.layout import Kind
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending, TransitionModel


@dataclass(frozen=True)
class PossibleOutcome:
    """What an action may lead to."""

    probability: float
    successor: int
    reward: float
    ending: Ending


@dataclass(frozen=True)
class ActionFacts:
    """What is known of one action of a state; nan where it is not known."""

    action: int
    name: str
    outcomes: tuple[PossibleOutcome, ...]  # the likeliest first; empty without a model
    value: float  # Q
    optimal_value: float  # q*, for the agent's discount
    visits: int
    probability: float  # under the present policy
    is_best: bool  # by the agent's values


@dataclass(frozen=True)
class StateFacts:
    """What is known of one state."""

    state: int
    name: str
    kind: str  # "floor", "goal", ...; "state" where there is no map
    actions: tuple[ActionFacts, ...]


@dataclass(frozen=True)
class WhyNot:
    """What an action lacks to be the best of its state."""

    action: ActionFacts
    best: ActionFacts
    gap: float  # by how much its value is lower
    step_size: float  # of its next update; nan where the agent has none
    needed_target: float  # that would make it as good by one update; nan where none would
    expected_target: float  # the mean target of a one-step update now: E[R + discount max Q(S', a)]; nan if unknown


def policy_now(agent: Agent, scene: Scene) -> np.ndarray:
    """Return the probability of each action in each state as the agent acts now, float64 [S, A]."""
    return agent.policy.probabilities(Tables(scene.action_values, scene.visits), scene.exploration)


def inspect_state(problem: Problem, agent: Agent, scene: Scene, state: int, solution: Solution | None) -> StateFacts:
    """Return what is known of a state at the moment of a scene; `solution` has the best values, if they are known.

    Raises
    ------
    ValueError
        If there is no such state.
    """
    if not 0 <= state < problem.n_states:
        raise ValueError(f"There is no state {state}; this world has the states 0 to {problem.n_states - 1:,}.")
    model = problem.phases[scene.phase][1] if problem.phases else None
    row = slice(state, state + 1)
    tables = Tables(scene.action_values[row], scene.visits[row])
    policy = agent.policy.probabilities(tables, scene.exploration)[0]
    best = best_actions(scene.action_values[row])[0]
    facts = tuple(
        ActionFacts(
            action,
            name,
            outcomes(model, state, action),
            float(scene.action_values[state, action]),
            nan if solution is None else float(solution.action_values[state, action]),
            int(scene.visits[state, action]),
            float(policy[action]),
            bool(best[action]),
        )
        for action, name in enumerate(problem.actions_of(state))
    )
    return StateFacts(state, problem.state_name(state), kind_of(problem, scene.phase, state), facts)


def kind_of(problem: Problem, phase: int, state: int) -> str:
    """Return the kind of the cell that shows a state, in a word."""
    if not problem.layouts:
        return "state"
    layout = problem.layouts[min(phase, len(problem.layouts) - 1)][1]
    shown = layout.kinds[layout.states == state]
    return Kind(int(shown[0])).name.lower() if len(shown) else "state"


def outcomes(model: TransitionModel | None, state: int, action: int) -> tuple[PossibleOutcome, ...]:
    """Return what an action may lead to, the likeliest first; equal outcomes are one."""
    if model is None:
        return ()
    total: dict[tuple[int, float, int], float] = {}
    for k in np.flatnonzero(model.probability[state, action]):
        here = state, action, k
        what = int(model.successor[here]), float(model.reward[here]), int(model.ending[here])
        total[what] = total.get(what, 0.0) + float(model.probability[here])
    found = [PossibleOutcome(p, successor, reward, Ending(ending)) for (successor, reward, ending), p in total.items()]
    return tuple(sorted(found, key=lambda outcome: -outcome.probability))


def why_not(facts: StateFacts, action: int, agent: Agent, scene: Scene) -> WhyNot | None:
    """Return what an action lacks to be the best of its state; None if it is one of the best."""
    chosen = facts.actions[action]
    if chosen.is_best:
        return None
    best = max(facts.actions, key=lambda other: other.value)
    gap, alpha = best.value - chosen.value, next_step_size(agent, chosen.visits)
    is_mean = "twins" in fields_of(agent)  # of two tables, of which one learns at a time
    needed = chosen.value + gap / alpha if alpha > 0 and not is_mean else nan
    return WhyNot(chosen, best, gap, alpha, needed, _expected_target(chosen, agent, scene))


def next_step_size(agent: Agent, visits: int) -> float:
    """Return the step size of the next update of an action value with this many visits.

    It is nan where there is none, or where it depends on how often a table was updated which visits don't count.
    """
    counts_updates = not {"returns", "updates"}.isdisjoint(fields_of(agent))
    if not hasattr(agent, "step_size") or (counts_updates and agent.step_size_schedule != "constant"):
        return nan
    return float(step_size(constants_type(type(agent))(*agent.constants()), visits + 1))


def _expected_target(action: ActionFacts, agent: Agent, scene: Scene) -> float:
    """Return the mean of the targets that the outcomes of an action have by the agent's own values."""
    discount = getattr(agent, "discount", nan)
    if not action.outcomes:
        return nan
    following = scene.action_values.max(1)
    return sum(
        o.probability * (o.reward + (0.0 if o.ending else discount * float(following[o.successor])))
        for o in action.outcomes
    )


def fields_of(agent: Agent) -> tuple[str, ...]:
    """Return the names of an agent's tables."""
    return getattr(type(agent).tables, "_fields", ())
