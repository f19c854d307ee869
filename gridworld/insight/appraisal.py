"""What a world that is being edited is worth: its optimum, and the return of a policy that was learned before."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

import numpy as np

from gridworld.errors import EvaluationError, WorldError
from gridworld.planning.greedy_return import exact_greedy_return
from gridworld.planning.optimum import start_value
from gridworld.training.evaluator import optimum_of
from gridworld.worlds.edit import obstacles, usable
from gridworld.worlds.problem import Problem, load_problem
from gridworld.worlds.symbols import ACTIONS
from gridworld.worlds.tabular_env import TabularEnv
from gridworld.worlds.text import format_world
from gridworld.worlds.world import Draft

NO_CELLS = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Appraisal:
    """A draft as it can be drawn, and its numbers; nan where they are not known.

    `fault` is why no agent can be trained in it, "" if one can; `obstacles` are then the cells that make it so.
    """

    problem: Problem
    fault: str = ""
    obstacles: np.ndarray = field(default_factory=NO_CELLS.copy)  # int64
    optimum: float = nan  # the best expected return, undiscounted and within the step limit
    start_value: float = nan  # v* of the start, for the discount
    greedy_return: float = nan  # of the values that were learned


def appraise(
    draft: Draft,
    values: np.ndarray | None = None,
    *,
    discount: float | None = None,
    step_limit: int | None = None,
    at: int = 0,
) -> Appraisal:
    """Return what a draft is worth.

    Parameters
    ----------
    values
        The action values that were learned, float64 [S, A]; ignored where they are of another number of states.
    discount
        Of the agent, if it has one.
    step_limit
        After how many steps its agent cuts an episode, where the world sets no limit.
    at
        Which map of a changing world is looked at.
    """
    try:
        usable(draft)
    except WorldError as fault:
        return Appraisal(sketch(draft), str(fault), obstacles(draft, at))
    problem = load_problem(format_world(draft))
    limit = problem.step_limit or step_limit
    optimum = optimum_of(problem, at, discount, limit)
    v = nan if optimum.solution is None else start_value(problem.phases[at][1], optimum.solution.state_values)
    return Appraisal(
        problem,
        optimum=optimum.expected_return,
        start_value=v,
        greedy_return=_greedy(problem, values, at, limit),
    )


def sketch(draft: Draft) -> Problem:
    """Return a draft as a problem that can be drawn; no agent can be trained in it."""
    return Problem(
        name="draft",
        title=draft.title,
        n_states=draft.rows * draft.columns,
        actions=ACTIONS,
        make_env=_no_environment,
        layouts=draft.layouts,
        step_limit=draft.step_limit,
        state_name=lambda state: "row {}, column {}".format(*divmod(state, draft.columns)),
    )


def _no_environment() -> TabularEnv:
    raise WorldError("No agent can be trained in a draft; make it usable first.")


def _greedy(problem: Problem, values: np.ndarray | None, at: int, limit: int | None) -> float:
    if values is None or values.shape != (problem.n_states, problem.n_actions):
        return nan
    try:
        worth = exact_greedy_return(problem, values, phase=at, step_limit=limit)
    except EvaluationError:
        return nan
    return nan if worth is None else worth.expected_return
