"""Policies as arrays of probabilities [S, A], and the checks that all of planning shares."""

from __future__ import annotations

import numpy as np

from gridworld.planning.dynamics import Dynamics
from gridworld.worlds.transition_model import TransitionModel

TIE_TOLERANCE = 1e-9  # action values this close to the best one count as best too

TIE = 1e-9  # two values tie if they differ by less than this share of the state's largest


def uniform_policy(model: TransitionModel) -> np.ndarray:
    """float64 [S, A]: every action with the same probability."""
    return np.full((model.n_states, model.n_actions), 1 / model.n_actions)


def greedy_policy(action_values: np.ndarray) -> np.ndarray:
    """float64 [S, A]: the best actions of each state, evenly where several lie within `TIE_TOLERANCE` of the best.

    A value that isn't known (nan) counts as the worst; `action_values` is [S, A].
    """
    values = np.asarray(action_values, float)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(f"The action values have shape {values.shape}; give one number per state and action, [S, A].")
    values = np.where(np.isnan(values), -np.inf, values)
    best = values >= values.max(1, keepdims=True) - TIE_TOLERANCE
    return best / best.sum(1, keepdims=True)


def best_actions(action_values: np.ndarray, visits: np.ndarray) -> np.ndarray:
    """Which actions to show in each state, bool [S, A]: all that tie for the best; none if unvisited or all equal."""
    best = action_values >= (action_values.max(1) - TIE * np.abs(action_values).max(1))[:, None]
    best[(visits.sum(1) == 0) | best.all(1)] = False
    return best


def epsilon_greedy_policy(action_values: np.ndarray, epsilon: float) -> np.ndarray:
    """float64 [S, A]: with probability epsilon any action evenly, else the greedy policy (Sutton & Barto, 2.2)."""
    check_epsilon(epsilon)
    greedy = greedy_policy(action_values)
    return epsilon / greedy.shape[1] + (1 - epsilon) * greedy


def action_values(model: TransitionModel, state_values: np.ndarray, discount: float) -> np.ndarray:
    """float64 [S, A]: q(s, a) = E[R + discount * v(S')] from state values [S] (Sutton & Barto, eq. 4.6)."""
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
    """The policy as float64 [S, A], once it is known to hold probabilities for this world."""
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
