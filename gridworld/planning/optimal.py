"""The best values of a world: by value iteration, by policy iteration, and within a step limit."""

from __future__ import annotations

import numpy as np

from gridworld.planning.dynamics import Dynamics
from gridworld.planning.evaluation import chain_values
from gridworld.planning.loops import sweep
from gridworld.planning.policies import SOLVED, check_count, check_discount, check_epsilon, highest
from gridworld.planning.solution import Solution
from gridworld.worlds.transition_model import TransitionModel

_SAFETY = 1 + 1e-9  # covers the rounding of a bound


class NoBestReturnError(ValueError):
    """The best return of a world is infinite or undefined; the message names where and what to do."""


def value_iteration(
    model: TransitionModel, discount: float, *, tolerance: float = 1e-12, sweeps: int = 100_000
) -> Solution:
    """Return v* and q* by Gauss-Seidel sweeps, from the states near the goal outwards (Sutton & Barto, 4.10).

    At a discount below 1 no value is off by more than `tolerance`, or than float64 allows. At 1 the last sweep changed
    none by more; `policy_iteration` is exact there. Values at discount 1 are the best total rewards of policies that
    end the episode or settle where nothing is paid any more; as Bellman's equation may have other solutions too, the
    sweeps start from a proven lower bound and so find the right one (Bertsekas 2018, Abstract DP, section 3.4). Where
    rewards above 0 can be had on the way, policy iteration decides whether they can be had without end.

    Raises
    ------
    ValueError
        If a number is out of its range, or, as `NoBestReturnError`, if the best return from a start isn't finite.
    RuntimeError
        If `sweeps` sweeps are not enough.
    """
    check_discount(discount)
    check_count("number of sweeps", sweeps)
    if not tolerance > 0:
        raise ValueError(f"The tolerance is {tolerance}; choose a number above 0, such as 1e-8.")
    dynamics, base = Dynamics.of(model).centred(discount)
    if discount == 1 and ((dynamics.reward > 0) & (dynamics.ending == 0)).any():
        return policy_iteration(model, discount)
    values = _lower_bound(dynamics, discount, sweeps)
    order = dynamics.near_to_far()
    order = order[np.isfinite(values[order])]
    if discount < 1:
        tolerance *= (1 - discount) / max(discount, 0.5)
    rows = order[:, None] * dynamics.n_actions + np.arange(dynamics.n_actions)
    rounds, change = _sweep_until(dynamics, order, rows, dynamics.reward, discount, values, tolerance, sweeps)
    _refuse_hopeless_start(dynamics, values)
    return _solution(values, dynamics.action_values(values, discount), base, rounds, change)


def policy_iteration(model: TransitionModel, discount: float, *, epsilon: float = 0.0, rounds: int = 1000) -> Solution:
    """Return the best values by policy iteration with exact evaluations (Sutton & Barto, section 4.3).

    With `epsilon` above 0: of the best epsilon-soft policy, which takes each of the A actions with a probability of
    epsilon / A at least (section 5.4). At discount 1 it starts from a policy that ends, or settles where nothing is
    paid, and changes it only where that is strictly better; a policy that then goes on for ever gains at each turn, so
    the best return is infinite. For up to some 100,000 states.

    Raises
    ------
    ValueError
        If a number is out of its range, or, as `NoBestReturnError`, if the best return from a start isn't finite.
    RuntimeError
        If `rounds` improvements are not enough.
    """
    check_discount(discount)
    check_epsilon(epsilon)
    check_count("number of rounds", rounds)
    dynamics, base = Dynamics.of(model).centred(discount)
    policy, known = _first_policy(dynamics, discount, epsilon)
    earlier = np.full(dynamics.n_states, -np.inf)
    for done in range(1, rounds + 1):
        values = chain_values(dynamics.under(policy), discount)
        known = _set_endless_apart(dynamics, known, values, epsilon)
        values = np.where(np.isnan(known), values, known)
        action_values = dynamics.action_values(values, discount)
        gain = _gain(values, action_values, np.isnan(known), epsilon)
        slack = 1e-12 * max(1.0, np.abs(values[np.isnan(known)]).max(initial=0.0))
        better = gain > slack
        if not better.any() or not (values > earlier + slack).any():
            _refuse_hopeless_start(dynamics, values)
            return _solution(values, action_values, base, done, float(gain.max(initial=0.0)))
        policy[better] = epsilon / dynamics.n_actions
        policy[better, action_values[better].argmax(1)] += 1 - epsilon
        earlier = values
    raise RuntimeError(f"{rounds} improvements of the policy were not enough; allow more rounds.")


def best_within(model: TransitionModel, horizon: int, discount: float = 1.0, *, rounds: int = 1_000_000) -> Solution:
    """Return the best values under a step limit, by backward induction (Puterman 1994, section 4.5).

    The policy behind them may act by the number of steps left. The action values are those of the first step.

    Raises
    ------
    ValueError
        If a number is out of its range.
    RuntimeError
        If the values still change after `rounds` of more steps than that.
    """
    check_count("horizon", horizon)
    check_count("number of rounds", rounds)
    check_discount(discount)
    dynamics = Dynamics.of(model)
    values = np.zeros(dynamics.n_states)
    for done in range(1, min(horizon, rounds) + 1):
        action_values = dynamics.action_values(values, discount)
        earlier, values = values, action_values.max(1)
        if done == horizon or np.array_equal(values, earlier):
            return _solution(values, action_values, 0.0, done, float(np.abs(values - earlier).max()))
    raise RuntimeError(f"{rounds:,} steps back from a step limit of {horizon:,} were not enough; choose a lower limit.")


def _solution(values: np.ndarray, action_values: np.ndarray, base: float, rounds: int, change: float) -> Solution:
    """Return the solution whose values, [S] and [S, A], were computed relative to `base`."""
    return Solution(values + base, action_values + base, highest(action_values, SOLVED), rounds, change)


def _lower_bound(dynamics: Dynamics, discount: float, sweeps: int) -> np.ndarray:
    """Return float64 [S]: values that are proven not to be above the best ones; -inf where those are -inf.

    At discount 1: 0 where one can go on free of cost, else as if each step on a way to the end cost the most that any
    step of it does. Sweeps over the length L of such ways whose last change d was under 1 prove L / (1 - d) enough.
    """
    if discount < 1:
        return np.full(dynamics.n_states, min(0.0, dynamics.reward.max(1).min()) / (1 - discount))
    free, _ = dynamics.free_of_cost()
    settled, safe, depth = dynamics.settling(free)
    values = np.full(dynamics.n_states, -np.inf)
    values[settled] = 0.0
    walked = settled[~free[settled]]
    choice = dynamics.approach(safe, depth)
    cost = np.maximum(-dynamics.reward[walked, choice[walked]].min(initial=0.0), 0.0)
    rows = (walked * dynamics.n_actions + choice[walked])[:, None]
    steps = np.full_like(dynamics.reward, -1.0)
    _, change = _sweep_until(dynamics, walked, rows, steps, 1.0, values, 0.5, sweeps)
    values[walked] *= cost * _SAFETY / (1 - change)
    return values


def _sweep_until(
    dynamics: Dynamics,
    order: np.ndarray,
    rows: np.ndarray,
    reward: np.ndarray,
    discount: float,
    values: np.ndarray,
    tolerance: float,
    limit: int,
) -> tuple[int, float]:
    """Sweep the states of `order` [N], choosing among their `rows` [N, M], until their values [S] settle, in place.

    The states are renumbered in that order first, so that neighbours lie close in memory.
    """
    if not len(order):
        return 0, 0.0
    others = np.ones(dynamics.n_states, bool)
    others[order] = False
    numbered = np.concatenate((order, np.flatnonzero(others)))
    place = np.empty(dynamics.n_states, np.int32)
    place[numbered] = np.arange(dynamics.n_states, dtype=np.int32)
    links = dynamics.going_on[rows.ravel()]
    first, columns = links.indptr.astype(np.int32, copy=False), place[links.indices]
    moved = values[numbered]
    settings = reward.ravel()[rows.ravel()], float(discount), moved, float(tolerance), limit
    rounds, change, settled = sweep(len(order), rows.shape[1], first, columns, links.data, *settings)
    values[numbered] = moved
    if not settled:
        raise RuntimeError(
            f"After {rounds} sweeps a value still changed by {change:.2g}. Allow more sweeps or a larger tolerance, "
            "lower the discount, or use policy iteration."
        )
    return rounds, change


def _first_policy(dynamics: Dynamics, discount: float, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """Return a policy [S, A] to begin with, and the values [S] that are known beforehand (nan where they are not)."""
    policy = np.ones_like(dynamics.reward)
    known = np.full(dynamics.n_states, np.nan)
    if discount == 1 and epsilon == 0:
        free, staying = dynamics.free_of_cost()
        settled, safe, _ = dynamics.settling(free)
        policy = np.where(free[:, None], staying, safe).astype(float)
        known[:] = -np.inf
        known[settled] = np.nan
        policy[~np.isnan(known)] = 1.0
    return policy / policy.sum(1, keepdims=True), known


def _gain(values: np.ndarray, action_values: np.ndarray, unknown: np.ndarray, epsilon: float) -> np.ndarray:
    """Return float64 [S]: by how much the best epsilon-soft choice of one action beats the present policy."""
    gain = np.zeros(len(values))
    choices = action_values[unknown]
    target = choices.max(1)
    if epsilon > 0:
        target = (1 - epsilon) * target + epsilon * choices.mean(1)
    gain[unknown] = target - values[unknown]
    return gain


def _set_endless_apart(dynamics: Dynamics, known: np.ndarray, values: np.ndarray, epsilon: float) -> np.ndarray:
    """Return the known values, with those of states without a finite return; refuse them where they matter."""
    endless = np.isnan(known) & ~np.isfinite(values)
    if not endless.any():
        return known
    if epsilon > 0:  # all epsilon-soft policies can make the same moves: none of them ends from here
        return np.where(endless, -np.inf, known)
    if (endless & dynamics.reachable).any():
        state = int((endless & dynamics.reachable).argmax())
        raise NoBestReturnError(
            f"At discount 1 the best return is infinite: rewards above 0 can be collected without end from state "
            f"{state}. Choose a discount below 1 or a step limit."
        )
    return np.where(dynamics.reachable, known, -np.inf)


def _refuse_hopeless_start(dynamics: Dynamics, values: np.ndarray) -> None:
    hopeless = (dynamics.start > 0) & np.isneginf(values)
    if hopeless.any():
        raise NoBestReturnError(
            "At discount 1 the best return has no finite value: no policy is sure to end the episode from state "
            f"{int(hopeless.argmax())}, where it may start, or to go on without cost. "
            "Choose a discount below 1, a step limit, or a world with a way out."
        )
