"""What the greedy policy of a learned table is worth: the one answer of page, command line, library and demo.

It is exact where a model is known and the policy visits no more than `MOST_SOLVED` states, else the mean of episodes in
an environment of their own. Figures are undiscounted and under the step limit of the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

import numpy as np

from gridworld.errors import EvaluationError, FaultyEnvironmentError
from gridworld.planning.evaluation import TooManyStatesError, greedy_outcome
from gridworld.planning.outcome import PolicyOutcome
from gridworld.planning.policies import best_actions, draw_action
from gridworld.worlds.problem import Problem

MOST_SOLVED = 50_000  # states; half a second, while a million take minutes and gigabytes
LONGEST = 100_000  # steps of an episode that no step limit cuts, after which it counts as endless


@dataclass(frozen=True)
class Sampling:
    """How much is sampled where nothing is solved. Episodes and steps decide the result, seconds only whether it comes.

    `cancelled` is asked before each step; the sampling is given up where it returns True.
    """

    episodes: int = 1_000
    steps: int = 100_000  # after which no further episode begins
    seconds: float = 60.0
    seed: int = 0
    cancelled: Callable[[], bool] = field(default=lambda: False, repr=False)


def greedy_return(
    problem: Problem,
    action_values: np.ndarray,
    *,
    phase: int = 0,
    step_limit: int | None = None,
    sampling: Sampling | None = None,
) -> PolicyOutcome:
    """Return the worth of the greedy policy of learned action values [S, A]; ties are split evenly.

    Parameters
    ----------
    problem, phase
        The world, and which of its models holds.
    step_limit
        Steps after which an episode is cut, in the run that learned the values; None if it isn't.
    sampling
        How much to sample where nothing is solved.

    Raises
    ------
    EvaluationError
        If an environment raises, or its episodes take too long; in one sentence.
    """
    exact = exact_greedy_return(problem, action_values, phase=phase, step_limit=step_limit)
    return exact or _sampled(problem, best_actions(action_values), step_limit, sampling or Sampling())


def exact_greedy_return(
    problem: Problem, action_values: np.ndarray, *, phase: int = 0, step_limit: int | None = None
) -> PolicyOutcome | None:
    """Return the result of `greedy_return` where it solves; None where it samples. Raises the same errors."""
    if not problem.phases:
        return None
    model = problem.phases[phase][1]
    try:
        return greedy_outcome(model, action_values, horizon=step_limit, most_states=MOST_SOLVED)
    except TooManyStatesError:
        return None
    except RuntimeError as unfinished:
        raise EvaluationError(f"The greedy policy can't be evaluated in {problem.name}: {unfinished}") from None


def _sampled(problem: Problem, best: np.ndarray, step_limit: int | None, sampling: Sampling) -> PolicyOutcome:
    """Return the mean over episodes of a policy that draws from the `best` actions, bool [S, A]."""
    try:
        env = problem.make_env()
        try:
            return _mean_episode(env, problem, best, step_limit, sampling)
        finally:
            env.close()
    except EvaluationError:
        raise
    except Exception as raised:
        sentence = " ".join(f"{type(raised).__name__}: {raised}".split())
        raise EvaluationError(
            f"The greedy policy can't be evaluated in {problem.name}: its environment raised {sentence}."
        ) from raised


def _mean_episode(
    env: Any, problem: Problem, best: np.ndarray, step_limit: int | None, sampling: Sampling
) -> PolicyOutcome:
    generator, deadline = np.random.default_rng(sampling.seed), time.monotonic() + sampling.seconds
    limit, steps = min(step_limit or LONGEST, LONGEST), 0
    episodes: list[tuple[float, int, bool, bool]] = []
    try:
        while len(episodes) < sampling.episodes and steps < sampling.steps:
            state, _ = env.reset(seed=None if episodes else sampling.seed)
            total, length, over = 0.0, 0, False
            terminated, good = False, False
            while not over and length < limit:
                if sampling.cancelled() or time.monotonic() > deadline:
                    reason = "it was cancelled" if sampling.cancelled() else f"that took over {sampling.seconds:g} s"
                    raise EvaluationError(f"The greedy policy was not evaluated in {problem.name}: {reason}.")
                state, reward, terminated, truncated, info = env.step(draw_action(best[state], generator))
                total, length, over = total + float(reward), length + 1, terminated or truncated
                good = terminated and bool(info.get("success", reward >= problem.success_reward))
                steps += 1
            if not over and limit != step_limit:
                return PolicyOutcome(nan, inf, nan, nan, len(episodes) + 1, nan)
            episodes.append((total, length, terminated, good))
    except FaultyEnvironmentError as fault:
        raise EvaluationError(f"The greedy policy can't be evaluated: after {steps:,} steps {fault}") from fault
    returns, *others = np.array(episodes, float).T
    error = returns.std(ddof=1) / np.sqrt(len(returns)) if len(returns) > 1 else nan
    lengths, endings, successes = (float(x.mean()) for x in others)
    return PolicyOutcome(float(returns.mean()), lengths, endings, successes, len(episodes), float(error))
