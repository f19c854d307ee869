"""What a policy is worth: exact values by a sparse linear solve, and the fate of its episodes from the start."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index

import numpy as np
import scipy  # its parts come in when they are used: `import gridworld` is faster by a third

from gridworld.planning.dynamics import Chain, Dynamics
from gridworld.planning.outcome import PolicyOutcome
from gridworld.planning.policies import (
    check_count,
    check_discount,
    checked_policy,
    epsilon_greedy_policy,
    greedy_policy,
)
from gridworld.planning.solution import Solution
from gridworld.worlds.transition_model import Ending, TransitionModel

_NEGLIGIBLE = 1e-18  # a probability of still going on that no float64 sum notices
_ROUNDING = 1e-14  # two distributions that differ by no more are the same
_LONG_EPISODE = 10_000  # steps that count of an episode without a limit
_MOST_STEPS = 1_000_000  # to follow one by one


@dataclass(frozen=True, eq=False)
class PolicyPath:
    """The states that a policy visits when the most likely always happens."""

    states: np.ndarray  # int64 [N], start first; the last repeats an earlier one if the path runs in circles
    ending: Ending  # NONE if it runs in circles or was cut

    @property
    def length(self) -> int:
        """Steps taken."""
        return len(self.states) - 1


def evaluate_policy(
    model: TransitionModel, policy: np.ndarray, discount: float, horizon: int | None = None
) -> np.ndarray:
    """Return v of a policy [S, A], float64 [S], by a linear solve (Sutton & Barto, eq. 4.4) or over `horizon` steps.

    At discount 1 a state from which no episode starts has the value inf or -inf where the policy may go on for ever
    with rewards that are not all 0, and nan where those have both signs. A linear solve serves up to some 100,000
    states.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the value of a state where an episode may start isn't finite.
    """
    check_discount(discount)
    chain = Dynamics.of(model).under(checked_policy(model, policy))
    if horizon is not None:
        check_count("horizon", horizon)
        return _values_within(chain, discount, horizon)
    values = chain_values(chain, discount)
    endless = (model.start > 0) & ~np.isfinite(values)
    if endless.any():
        raise ValueError(
            f"At discount 1 this policy's return has no finite value: from state {int(endless.argmax())}, where an "
            "episode may start, it may go on for ever and collect rewards without end. "
            "Choose a discount below 1, a step limit, or a policy that ends the episode."
        )
    return values


class TooManyStatesError(RuntimeError):
    """Raised where a policy visits more states than were allowed to be solved for."""


def policy_outcome(
    model: TransitionModel, policy: np.ndarray, horizon: int | None = None, most_states: int | None = None
) -> PolicyOutcome:
    """Return, length and ending of a policy's episodes from the start, exact, with or without a step limit.

    Only the states that the policy visits are looked at, so that a policy with short ways is evaluated fast.

    Raises
    ------
    ValueError
        If the policy doesn't hold probabilities for this world, or the horizon is no whole number from 1 up.
    RuntimeError
        If the horizon is so far away that the episodes can't be followed to it.
    TooManyStatesError
        If the policy visits more than `most_states`.
    """
    if horizon is not None:
        check_count("horizon", horizon)
    chain = Dynamics.of(model).under(checked_policy(model, policy))
    visited = np.flatnonzero(chain.reached_from(model.start > 0))
    if most_states is not None and len(visited) > most_states:
        raise TooManyStatesError(f"The policy visits {len(visited):,} states; at most {most_states:,} are solved for.")
    chain, start = chain.among(visited), model.start[visited]
    if horizon is not None:
        return _outcome(chain, _visits_within(chain, start, horizon))
    ends = chain.reaches(chain.ending > 0)
    if ends.all():
        return _outcome(chain, _visits(chain, start))
    passing = np.flatnonzero(ends)
    outcome = _outcome(chain.among(passing), _visits(chain.among(passing), start[passing]))
    tail = _endless_reward(chain.reward[~ends])
    probabilities = outcome.ending_probability, outcome.success_probability
    return PolicyOutcome(outcome.expected_return + tail, np.inf, *probabilities)


def greedy_outcome(
    model: TransitionModel,
    table: np.ndarray | Solution,
    *,
    epsilon: float = 0.0,
    horizon: int | None = None,
    most_states: int | None = None,
) -> PolicyOutcome:
    """Return the `policy_outcome` of the (epsilon-)greedy policy around a learned table [S, A] or a solution."""
    return policy_outcome(model, epsilon_greedy_policy(table, epsilon), horizon, most_states)


def greedy_path(
    model: TransitionModel, table: np.ndarray | Solution, start: int | None = None, limit: int = 10_000
) -> PolicyPath:
    """Return the path of the greedy policy when the most likely outcome always happens; the first of equals is taken.

    It begins in `start`, else in the likeliest start state, and stops at an ending, in a state it has been in, or
    after `limit` steps.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    check_count("limit", limit)
    state = int(model.start.argmax()) if start is None else index(start)
    if not 0 <= state < model.n_states:
        raise ValueError(f"The start is state {state}; the states are 0 to {model.n_states - 1}.")
    choice = greedy_policy(table)
    checked_policy(model, choice)
    states, visited = [state], {state}
    for _ in range(limit):
        action = choice[state].argmax()
        outcome = model.probability[state, action].argmax()
        ending = Ending(model.ending[state, action, outcome])
        state = int(model.successor[state, action, outcome])
        states.append(state)
        if ending or state in visited:
            return PolicyPath(np.array(states), ending)
        visited.add(state)
    return PolicyPath(np.array(states), Ending.NONE)


def state_distribution(model: TransitionModel, policy: np.ndarray, horizon: int | None = None) -> np.ndarray:
    """Return the share of a policy's steps that are taken from each state, float64 [S]; episodes begin at the start.

    An episode without a step limit counts up to its 10,000th step.

    Raises
    ------
    ValueError
        If the policy doesn't hold probabilities for this world.
    RuntimeError
        If the horizon is so far away that the episodes can't be followed to it.
    """
    chain = Dynamics.of(model).under(checked_policy(model, policy))
    visits = _visits_within(chain, model.start, horizon or _LONG_EPISODE)
    return visits / visits.sum()


def chain_values(chain: Chain, discount: float) -> np.ndarray:
    """Return float64 [S]: the expected return from each state; at discount 1 inf, -inf or nan where it isn't finite."""
    if discount < 1:
        return _solve(chain, discount, chain.reward)
    idle = ~chain.reaches(chain.reward != 0)
    lost = ~chain.reaches(idle | (chain.ending > 0))
    values = np.zeros(len(chain.reward))
    gains, losses = (chain.reaches(lost & (sign * chain.reward > 0)) for sign in (1, -1))
    values[gains] = np.inf
    values[losses] = -np.inf
    values[gains & losses] = np.nan
    solved = np.flatnonzero(~(idle | gains | losses))
    values[solved] = _solve(chain.among(solved), 1.0, chain.reward[solved])
    return values


def _solve(chain: Chain, discount: float, reward: np.ndarray, transposed: bool = False) -> np.ndarray:
    """Solve x = reward + discount * P x, or with P transposed."""
    if not len(reward):
        return np.zeros(0)
    matrix = scipy.sparse.csc_array(scipy.sparse.eye_array(len(reward)) - discount * chain.going_on)
    return scipy.sparse.linalg.splu(matrix).solve(reward, "T" if transposed else "N")


def _values_within(chain: Chain, discount: float, horizon: int) -> np.ndarray:
    values = np.zeros(len(chain.reward))
    for _ in range(horizon):
        earlier, values = values, chain.reward + discount * (chain.going_on @ values)
        if np.array_equal(values, earlier):
            break
    return values


def _visits(chain: Chain, start: np.ndarray) -> np.ndarray:
    """Return float64 [N]: the expected number of visits to each state of a chain that ends."""
    return _solve(chain, 1.0, start, transposed=True)


def _visits_within(chain: Chain, start: np.ndarray, horizon: int) -> np.ndarray:
    """Return the expected number of steps taken from each state within the horizon, float64 [N].

    Once the chain repeats itself, which a policy that walks in circles does soon, up to the share of episodes that
    have ended meanwhile, all further turns are added up at once (Brent's way to find a cycle).
    """
    onward = chain.going_on.T.tocsr()
    present, visits, step = start, np.zeros(len(start)), 0
    mark, marked_visits, marked_step = present, visits, 0
    for _ in range(_MOST_STEPS):
        if step >= horizon or present.sum() < _NEGLIGIBLE:
            return visits
        visits = visits + present
        present = onward @ present
        step += 1
        left = min(present.sum() / mark.sum(), 1.0)
        turns = (horizon - step) // (step - marked_step)
        if turns and np.abs(present - left * mark).sum() <= _ROUNDING * present.sum():
            visits = visits + _geometric(left, turns) * (visits - marked_visits)
            present = left**turns * present
            step += turns * (step - marked_step)
        elif step >= 2 * marked_step:
            mark, marked_visits, marked_step = present, visits, step
    raise RuntimeError(
        f"After {_MOST_STEPS:,} of {horizon:,} steps it is still open how episodes end; lower the step limit."
    )


def _geometric(ratio: float, terms: int) -> float:
    """Return ratio + ratio^2 + ... + ratio^terms."""
    if ratio in (0.0, 1.0):
        return ratio * terms
    return float(ratio * np.expm1(terms * np.log(ratio)) / (ratio - 1))


def _outcome(chain: Chain, visits: np.ndarray) -> PolicyOutcome:
    ending, success = (min(float(visits @ x), 1.0) for x in (chain.ending, chain.success))
    return PolicyOutcome(float(visits @ chain.reward), float(visits.sum()), ending, success)


def _endless_reward(reward: np.ndarray) -> float:
    """Return the sum of rewards [N] in states visited for ever: 0, inf, -inf, or nan if both signs occur."""
    gains, losses = (reward > 0).any(), (reward < 0).any()
    if gains and losses:
        return np.nan
    return np.inf if gains else -np.inf if losses else 0.0
