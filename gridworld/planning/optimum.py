"""The best that can be had in a world: the one meaning of "optimum" on page, export and command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import nan
from typing import TypeVar

import numpy as np

from gridworld.planning.optimal import NoBestReturnError, best_within, policy_iteration, value_iteration
from gridworld.planning.policies import best_actions
from gridworld.planning.solution import Solution
from gridworld.worlds.transition_model import TransitionModel

T = TypeVar("T")

MOST_WORK = 1_000_000_000  # values that sweeps, or steps back from a step limit, may look up
FEWEST_SWEEPS, MOST_SWEEPS = 1_000, 100_000


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best return in a world, and what an agent with a certain discount aims at; nan or None where unknown.

    Returns are undiscounted, expected from the start, and within the step limit.
    """

    expected_return: float  # `best_return`
    return_for_discount: float  # `best_return_for` the solution: less where the discount aims at something else
    solution: Solution | None  # the best values for the discount
    fewest_steps: float = nan  # expected from the start; looked for where returns don't tell policies apart

    @property
    def aims_lower(self) -> bool:
        """Whether what is best for the discount has a lower return than the best, by more than rounding."""
        return self.return_for_discount < self.expected_return - 1e-6 * abs(self.expected_return)


def find_optimum(model: TransitionModel, discount: float | None, step_limit: int | None) -> Optimum:
    """Return the best there is, as far as it exists and is found; without a discount, no solution."""
    solution = None if discount is None else _found(lambda: solve(model, discount))
    best = _found(lambda: best_return(model, step_limit))
    aimed = None if solution is None else _found(lambda: best_return_for(model, solution, step_limit))
    fewest = _found(lambda: fewest_steps(model, step_limit)) if model.pays_by_ending_only else None
    return Optimum(nan if best is None else best, nan if aimed is None else aimed, solution, fewest or nan)


def _found(work: Callable[[], T]) -> T | None:
    try:
        return work()
    except (NoBestReturnError, RuntimeError):
        return None


def solve(model: TransitionModel, discount: float) -> Solution:
    """Return v* and q* by value iteration, or by policy iteration where sweeps settle too slowly (a discount near 1).

    Raises
    ------
    ValueError
        If the discount is out of its range, or, as `NoBestReturnError`, if the best return from a start isn't finite.
    RuntimeError
        If neither settles.
    """
    try:
        return value_iteration(model, discount, sweeps=_affordable_sweeps(model))
    except RuntimeError:
        return policy_iteration(model, discount)


def best_return(model: TransitionModel, step_limit: int | None) -> float:
    """Return the optimum: the best expected return from the start, undiscounted and within the step limit.

    The policy behind it may act by the number of steps left.

    Raises
    ------
    ValueError
        As `NoBestReturnError`, if no return is best, because there is no bound to it.
    RuntimeError
        If the solver doesn't settle.
    """
    if step_limit is None:
        return start_value(model, solve(model, 1.0).state_values)
    solution = best_within(model, step_limit, rounds=_affordable_sweeps(model))
    return start_value(model, solution.state_values)


def fewest_steps(model: TransitionModel, step_limit: int | None) -> float:
    """Return the least expected number of steps from the start, cut at the step limit. Raises as `best_return`."""
    return -best_return(replace(model, reward=np.full(model.reward.shape, -1.0)), step_limit)


def best_return_for(model: TransitionModel, solution: Solution, step_limit: int | None) -> float:
    """Return the best that can be had, as `best_return`, by the best actions of a solution alone.

    With the solution for an agent's discount it is the most that the agent's aim allows. Raises as `best_return`.
    """
    best = best_actions(solution)
    first = best.argmax(1)[:, None]
    action = np.where(best, np.arange(model.n_actions), first)
    state = np.arange(model.n_states)[:, None]
    kept = {name: getattr(model, name)[state, action] for name in ("successor", "probability", "reward", "ending")}
    return best_return(replace(model, **kept), step_limit)


def start_value(model: TransitionModel, values: np.ndarray) -> float:
    """Return the mean of state values, float64 [S], over the start distribution."""
    starts = np.flatnonzero(model.start)
    return float(model.start[starts] @ values[starts])


def _affordable_sweeps(model: TransitionModel) -> int:
    """Return a number of sweeps over all states that takes seconds and not minutes."""
    return min(max(MOST_WORK // model.probability.size, FEWEST_SWEEPS), MOST_SWEEPS)
