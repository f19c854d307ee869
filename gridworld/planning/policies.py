"""Policies as arrays of probabilities [S, A], and the checks that all of planning shares."""

from __future__ import annotations

import numpy as np

from gridworld.planning.dynamics import Dynamics
from gridworld.planning.solution import Solution
from gridworld.worlds.transition_model import TransitionModel

SOLVED = 1e-12  # solved values tie if they fall short of the best one by less than this share of it


def uniform_policy(model: TransitionModel) -> np.ndarray:
    """Return the policy that takes every action with the same probability, float64 [S, A]."""
    return np.full((model.n_states, model.n_actions), 1 / model.n_actions)


def best_actions(table: np.ndarray | Solution) -> np.ndarray:
    """Return the best actions of each state, bool [S, A].

    In a learned table, float64 [S, A], they are those of exactly the highest value, which is how an agent acts on it.
    In a solution they are those whose values differ from the highest by no more than rounding.

    Raises
    ------
    ValueError
        If the table has another shape.
    """
    return table.best_actions if isinstance(table, Solution) else highest(table)


def highest(action_values: np.ndarray, share: float = 0.0) -> np.ndarray:
    """Return the action values [S, A] within this share of their row's highest, bool [S, A].

    A value that isn't known (nan) counts as the lowest.
    """
    values = np.asarray(action_values, float)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"The action values have shape {values.shape}; give one number per state and action, [S, A].")
    values = np.where(np.isnan(values), -np.inf, values)
    top = values.max(1, keepdims=True)
    return values >= top - share * np.where(np.isfinite(top), np.abs(top), 0.0)


def preferred_actions(action_values: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """Return the best actions of a learned table to show, bool [S, A]: none in a state without visits or preference.

    `action_values` is float64 [S, A], `visits` int64 [S, A].
    """
    best = best_actions(action_values)
    indifferent = (best | np.isneginf(action_values)).all(1)
    best[(visits.sum(1) == 0) | indifferent] = False
    return best


def draw_action(best: np.ndarray, generator: np.random.Generator) -> int:
    """Draw one of a state's best actions, bool [A], evenly; only a tie costs a draw."""
    actions = np.flatnonzero(best)
    return int(actions[int(generator.random() * len(actions))] if len(actions) > 1 else actions[0])


def greedy_policy(table: np.ndarray | Solution) -> np.ndarray:
    """Return the policy that takes the best actions of a learned table [S, A] or a solution, evenly, float64 [S, A]."""
    best = best_actions(table)
    return best / best.sum(1, keepdims=True)


def epsilon_greedy_policy(table: np.ndarray | Solution, epsilon: float) -> np.ndarray:
    """Return the policy that takes any action with probability epsilon, else acts greedily (Sutton & Barto, 2.2).

    It is float64 [S, A]; `table` is as for `greedy_policy`.
    """
    check_epsilon(epsilon)
    greedy = greedy_policy(table)
    return epsilon / greedy.shape[1] + (1 - epsilon) * greedy


def action_values(model: TransitionModel, state_values: np.ndarray, discount: float) -> np.ndarray:
    """Return float64 [S, A]: q(s, a) = E[R + discount * v(S')] from state values [S] (Sutton & Barto, eq. 4.6)."""
    check_discount(discount)
    values = np.asarray(state_values, float)
    if values.shape != (model.n_states,):
        raise ValueError(f"The state values have shape {values.shape}; this world needs {(model.n_states,)}.")
    return Dynamics.of(model).action_values(values, discount)


def check_discount(discount: float) -> None:
    if not 0 <= discount <= 1:
        raise ValueError(f"The discount is {discount}; choose one from 0 to 1.")


def check_epsilon(epsilon: float) -> None:
    if not 0 <= epsilon <= 1:
        raise ValueError(f"Epsilon is {epsilon}; it is a probability, so choose one from 0 to 1.")


def check_count(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"The {name} is {value!r}; choose a whole number from 1 up.")


def checked_policy(model: TransitionModel, policy: np.ndarray) -> np.ndarray:
    """Return the policy as float64 [S, A], once it is known to hold probabilities for this world."""
    policy = np.asarray(policy, float)
    shape = model.n_states, model.n_actions
    if policy.shape != shape:
        raise ValueError(f"The policy has shape {policy.shape}; this world needs one row per state, {shape}.")
    wrong = ~((policy >= 0).all(1) & (np.abs(policy.sum(1) - 1) <= 1e-9))
    if wrong.any():
        state = int(wrong.argmax())
        row = ", ".join(f"{p:g}" for p in policy[state])
        raise ValueError(f"The policy in state {state} is {row}; probabilities are at least 0 and sum to 1.")
    return policy
