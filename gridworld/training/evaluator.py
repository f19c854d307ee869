"""What the greedy policy is worth: exact where a model is known, else by episodes of its own; found off the tick."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from gridworld.planning import Solution, greedy_outcome, greedy_policy, value_iteration
from gridworld.planning.optimal import NoBestReturnError
from gridworld.runs.frame import Columns
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

EVERY_EPISODES = 10
EVERY_SECONDS = 0.25
MAX_SOLVED_STATES = 20_000
TRIALS, TRIAL_STEPS, ALL_STEPS = 20, 1_000, 4_000


@dataclass(frozen=True)
class Worth:
    """What a greedy policy gives, undiscounted and under the step limit, from the start of an episode."""

    expected_return: float  # NaN where the policy doesn't reach the goal
    expected_length: float  # steps; infinite where some episodes never end
    exact: bool  # worked out from the model, or the mean of trial episodes


def greedy_worth(problem: Problem, action_values: np.ndarray, phase: int = 0, seed: int = 0) -> Worth:
    """What the greedy policy around action values [S, A] is worth; ties are split evenly.

    Where no model is known it is the mean of 20 episodes in an environment of their own, seeded by `seed`.
    """
    if not problem.phases:
        return _tried(problem, action_values, seed)
    model = problem.phases[phase][1]
    outcome = greedy_outcome(model, action_values, horizon=problem.step_limit)
    reaches = outcome.success_probability > 1e-9 or not model.ending.any()
    known = reaches and isfinite(outcome.expected_return) and not outcome.endless
    return Worth(outcome.expected_return if known else nan, outcome.expected_length, exact=True)


def exact_greedy_return(problem: Problem, action_values: np.ndarray, phase: int = 0) -> float | None:
    """The exact return of the greedy policy; None where no model is known or the policy doesn't reach an end."""
    if not problem.phases:
        return None
    worth = greedy_worth(problem, action_values, phase).expected_return
    return worth if isfinite(worth) else None


def _tried(problem: Problem, action_values: np.ndarray, seed: int) -> Worth:
    policy = greedy_policy(action_values).cumsum(axis=1)
    env, choose = problem.make_env(), np.random.default_rng(seed)
    limit = min(problem.step_limit or TRIAL_STEPS, TRIAL_STEPS)
    returns: list[float] = []
    lengths: list[int] = []
    ended, budget = False, ALL_STEPS
    state, _ = env.reset(seed=seed)
    while len(returns) < TRIALS and budget > 0:
        total, length, over = 0.0, 0, False
        while not over and length < limit:
            action = int(np.argmax(policy[state] > choose.random()))
            state, reward, terminated, truncated, _ = env.step(action)
            total, length, over = total + float(reward), length + 1, terminated or truncated
            ended = ended or terminated
        returns.append(total)
        lengths.append(length)
        budget -= length
        state, _ = env.reset()
    env.close()
    return Worth(float(np.mean(returns)) if ended else nan, float(np.mean(lengths)), exact=False)


@dataclass(frozen=True)
class Optimum:
    """The best there is: q*, and the worth of the policy that is greedy around it."""

    action_values: np.ndarray  # float64 [S, A]; not finite where no policy's value is
    expected_return: float


def find_optimum(problem: Problem, discount: float, phase: int = 0) -> Optimum | None:
    """The optimal policy for a discount; None without a model, for very many states, or where no best return exists."""
    if not problem.phases or problem.n_states > MAX_SOLVED_STATES:
        return None
    try:
        solution: Solution = value_iteration(problem.phases[phase][1], discount)
    except NoBestReturnError:
        return None
    return Optimum(solution.action_values, greedy_worth(problem, solution.action_values, phase).expected_return)


class Evaluator:
    """Evaluates a session's greedy policy in the background: at most every ten episodes, and four times a second.

    Without an executor it computes at once, in the caller's thread.
    """

    def __init__(self, executor: Executor | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._executor, self._clock = executor, clock
        self._episode, self._when = -1, -inf
        self._pending: Future | None = None
        self._greedy: np.ndarray | None = None
        self._optima: dict[tuple[int, float], Optimum | None] = {}

    def poll(self, session: TrainingSession, resting: bool) -> Columns | None:
        """A finished evaluation as one row of `EVALUATIONS`, if there is one; begins another where it is due."""
        told = None
        if self._pending is not None and self._pending.done():
            told, self._pending = self._pending.result(), None
        if self._pending is None and self._is_due(session, resting):
            self._episode, self._when = session.episode, self._clock()
            work = self._work_for(session)
            if self._executor is None:
                return work()
            self._pending = self._executor.submit(work)
        return told

    def _is_due(self, session: TrainingSession, resting: bool) -> bool:
        if self._episode < 0 or (resting and session.episode != self._episode):
            return True
        return session.episode >= self._episode + EVERY_EPISODES and self._clock() >= self._when + EVERY_SECONDS

    def _work_for(self, session: TrainingSession) -> Callable[[], Columns]:
        """The evaluation of the session as it stands; it shares nothing with it that changes."""
        problem, phase, episode = session.problem, session.problem.at(session.step), session.episode
        values, visits = session.tables.Q.copy(), session.tables.N.copy()
        discount = float(getattr(session.agent, "discount", 1.0))
        seed = session.settings.seed + episode

        def work() -> Columns:
            key = phase, discount
            if key not in self._optima:
                self._optima[key] = find_optimum(problem, discount, phase)
            optimum = self._optima[key]
            worth = greedy_worth(problem, values, phase, seed)
            row: dict[str, Any] = {
                "episode": episode,
                "greedy_return": worth.expected_return,
                "greedy_length": worth.expected_length,
                "policy_change": self._change(values, visits),
                "value_error": nan if optimum is None else _largest_error(values, optimum.action_values),
                "optimum": nan if optimum is None else optimum.expected_return,
            }
            return {name: np.array([value], float) for name, value in row.items()}

        return work

    def _change(self, values: np.ndarray, visits: np.ndarray) -> float:
        """The share of the visited states whose greedy actions changed since the evaluation before."""
        greedy, before = greedy_policy(values), self._greedy
        self._greedy = greedy
        visited = visits.any(axis=1)
        if before is None or not visited.any():
            return nan
        return float((greedy != before).any(axis=1)[visited].mean())


def _largest_error(values: np.ndarray, best: np.ndarray) -> float:
    known = np.isfinite(best)
    return float(np.abs(values - best)[known].max()) if known.any() else nan
