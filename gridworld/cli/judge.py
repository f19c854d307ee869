"""What a greedy policy is worth: exact where the world's model is known, else by episodes of their own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gridworld.cli.parameters import finite
from gridworld.planning import PolicyOutcome, best_within, greedy_outcome, value_iteration
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import TransitionModel

EPISODES = 1_000
MOST_STEPS = 100_000  # that these episodes may take together, unless their number was asked for
ROUNDING = 1e-9
TOLERANCE = 0.01  # of the optimum: a policy that falls short by less has solved the world


@dataclass(frozen=True)
class Verdict:
    """The undiscounted return and the length of a greedy policy's episodes, in expectation or on average.

    None: there is none, because the policy doesn't end the episode. `episodes` 0 means exact.
    """

    returned: float | None
    length: float | None
    episodes: int = 0


def greedy(session: TrainingSession, episodes: int | None = None, seed: int = 0) -> Verdict:
    """What the session's greedy policy is worth in the world as it is now, under its step limit.

    Without a model it is the mean of so many episodes, or of up to 1,000 that don't take too long.
    """
    problem, action_values = session.problem, session.scene().action_values
    if not problem.phases:
        return _sampled(problem, action_values, session.step_limit, episodes, seed)
    model = problem.phases[problem.at(session.step)][1]
    return _verdict(greedy_outcome(model, action_values, horizon=session.step_limit))


def best_return(model: TransitionModel, step_limit: int | None) -> float | None:
    """The best expected return, undiscounted and under the step limit.

    Raises
    ------
    ValueError
        If no return is best, because there is no bound to it.
    """
    solution = value_iteration(model, 1.0) if step_limit is None else best_within(model, step_limit)
    return finite(from_start(model, solution.state_values))


def optimum(session: TrainingSession) -> float | None:
    """The best expected return in the session's world as it is now; None where it isn't known or has no bound."""
    problem = session.problem
    return _best_return(problem, problem.at(session.step), session.step_limit) if problem.phases else None


def good_enough(session: TrainingSession) -> float | None:
    """The greedy return from which on the world counts as solved; None where the optimum isn't known."""
    best = optimum(session)
    return None if best is None else best - TOLERANCE * abs(best) - ROUNDING


@lru_cache(maxsize=32)
def _best_return(problem: Problem, phase: int, step_limit: int | None) -> float | None:
    try:
        return best_return(problem.phases[phase][1], step_limit)
    except (ValueError, RuntimeError):
        return None


def from_start(model: TransitionModel, values: np.ndarray) -> float:
    """The mean of state values, float64 [S], over the start distribution."""
    starts = np.flatnonzero(model.start)
    return float(model.start[starts] @ values[starts])


def _verdict(outcome: PolicyOutcome) -> Verdict:
    if outcome.endless:
        return Verdict(None, None)
    return Verdict(finite(outcome.expected_return), finite(outcome.expected_length))


def _sampled(problem: Problem, Q: np.ndarray, step_limit: int | None, episodes: int | None, seed: int) -> Verdict:
    """The mean over episodes in an environment of their own; ties are broken at random."""
    env, generator = problem.make_env(), np.random.default_rng(seed)
    limit = min(step_limit or MOST_STEPS, MOST_STEPS)
    total, steps, done = 0.0, 0, 0
    state, _ = env.reset(seed=seed)
    while done < (episodes or EPISODES) and (episodes or steps < MOST_STEPS):
        ended, length = False, 0
        while not ended and length < limit:
            best = np.flatnonzero(Q[state] == Q[state].max())
            action = best[0] if len(best) == 1 else best[generator.integers(len(best))]
            state, reward, terminated, truncated, _ = env.step(int(action))
            ended, length, total = terminated or truncated, length + 1, total + float(reward)
        done, steps = done + 1, steps + length
        if not ended and limit != step_limit:
            return Verdict(None, None, done)
        state, _ = env.reset()
    env.close()
    return Verdict(total / done, steps / done, done)
