"""What a session's greedy policy is worth, found in the background while it trains."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from math import inf, isfinite, nan
from threading import Event

import numpy as np

from gridworld.errors import EvaluationError
from gridworld.planning.greedy_return import Sampling, greedy_return
from gridworld.planning.optimum import Optimum, find_optimum
from gridworld.planning.outcome import PolicyOutcome
from gridworld.planning.policies import best_actions
from gridworld.runs.frame import Columns
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

EVERY_EPISODES = 10
EVERY_SECONDS = 0.25
DUTY = 0.2  # share of the time that evaluations may take
MAX_SOLVED_STATES = 20_000
SAMPLING = Sampling(episodes=100, steps=4_000, seconds=10.0)
HANGING = 2 * SAMPLING.seconds  # an environment that has not come back by then is given up


class Evaluator:
    """Evaluates a session's greedy policy in the background: at most every ten episodes, and four times a second.

    Where no model is known it samples, in a thread of its own, so that an environment that hangs takes no thread from
    others. Once an evaluation has failed there are no more.

    Parameters
    ----------
    executor
        Where exact evaluations are done. Without one all are done at once, in the caller's thread.
    sampling
        The limits of an evaluation by sampling; its seed is replaced.
    """

    def __init__(
        self,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
        sampling: Sampling = SAMPLING,
    ) -> None:
        self.failure = ""  # in one sentence, why there are no more evaluations
        self._executor, self._clock, self._sampling = executor, clock, sampling
        self._episode, self._began, self._rest_until = -1, 0.0, -inf
        self._pending: Future[Columns] | None = None
        self._cancelled = Event()
        self._best: np.ndarray | None = None
        self._problem: Problem | None = None  # the world of the newest evaluation
        self._is_first = True  # whether that is the first one in this world
        self._optima: dict[tuple[int, float | None], Optimum] = {}

    def poll(self, session: TrainingSession, resting: bool) -> Columns | None:
        """Return a finished evaluation as one row of `EVALUATIONS`, if there is one; begin another where it is due.

        It never raises; `failure` holds what went wrong.
        """
        finished = self._collect(session.problem)
        if self._pending is None and not self.failure and self._is_due(session, resting):
            self._is_first = session.problem is not self._problem  # at the beginning, and after an edit
            if self._is_first:
                self._problem, self._optima = session.problem, {}
            self._episode, self._began = session.episode, self._clock()
            self._pending = self._begin(self._work_for(session), samples=not session.problem.phases)
            if self._executor is None:
                return self._collect(session.problem)
        return finished

    def cancel(self) -> None:
        """Give up the sampling that is going on, as the session is not looked at any more."""
        self._cancelled.set()

    def _begin(self, work: Callable[[], Columns], samples: bool) -> Future[Columns]:
        done: Future[Columns] = Future()
        try:
            if self._executor is not None:
                return in_own_thread(work) if samples else self._executor.submit(work)
            done.set_result(work())
        except Exception as raised:
            done.set_exception(raised)
        return done

    def _collect(self, problem: Problem) -> Columns | None:
        """Return the row of the pending evaluation if it is done, or note why it failed."""
        if self._pending is None:
            return None
        now = self._clock()
        if not self._pending.done():
            if not problem.phases and now > self._began + HANGING:
                give_up(self._pending)
                self._fail(problem, f"its environment has not answered for {HANGING:g} s")
            return None
        done, self._pending = self._pending, None
        taken = 0.0 if self._is_first else now - self._began  # the first one loads and solves what others find ready
        self._rest_until = self._began + max(EVERY_SECONDS, taken / DUTY)
        raised = done.exception()
        if raised is None:
            return done.result()
        self._fail(problem, raised)
        return None

    def _fail(self, problem: Problem, reason: BaseException | str) -> None:
        self._pending = None
        self.cancel()
        if isinstance(reason, EvaluationError):
            self.failure = str(reason)
            return
        text = reason if isinstance(reason, str) else " ".join(f"{type(reason).__name__}: {reason}".split())
        self.failure = f"The greedy policy can't be evaluated in {problem.name}: {text}."

    def _is_due(self, session: TrainingSession, resting: bool) -> bool:
        if session.problem is not self._problem or (resting and session.episode != self._episode):
            return True
        return session.episode >= self._episode + EVERY_EPISODES and self._clock() >= self._rest_until

    def _work_for(self, session: TrainingSession) -> Callable[[], Columns]:
        """Return the evaluation of the session as it is now; it shares nothing with it that changes."""
        problem, step_limit, episode = session.problem, session.step_limit, session.episode
        phase, discount = problem.at(session.step), getattr(session.agent, "discount", None)
        values, visited = session.tables.Q.copy(), session.tables.N.any(axis=1)
        sampling = replace(self._sampling, seed=session.settings.seed + episode, cancelled=self._cancelled.is_set)
        optima = self._optima

        def work() -> Columns:
            worth = greedy_return(problem, values, phase=phase, step_limit=step_limit, sampling=sampling)
            key = phase, discount
            if key not in optima:
                optima[key] = optimum_of(problem, phase, discount, step_limit)
            change = self._policy_change(values, visited)
            return evaluation_row(episode, worth, optima[key], values, change)

        return work

    def _policy_change(self, values: np.ndarray, visited: np.ndarray) -> float:
        """Return the share of the visited states whose best actions changed since the evaluation before."""
        before, self._best = self._best, best_actions(values)
        if before is None or not visited.any():
            return nan
        return float((self._best != before).any(axis=1)[visited].mean())


def optimum_of(problem: Problem, phase: int, discount: float | None, step_limit: int | None) -> Optimum:
    """Return the optimum of a problem in one phase; unknown without a model, or with very many states."""
    if not problem.phases or problem.n_states > MAX_SOLVED_STATES:
        return Optimum(nan, nan, None)
    return find_optimum(problem.phases[phase][1], discount, step_limit)


def evaluation_row(
    episode: int, worth: PolicyOutcome, optimum: Optimum, values: np.ndarray, policy_change: float = nan
) -> Columns:
    """Return an evaluation of the action values [S, A] after an episode as one row of `EVALUATIONS`."""
    row = {
        "episode": episode,
        "greedy_return": worth.expected_return if isfinite(worth.expected_return) else nan,
        "greedy_margin": worth.margin,
        "greedy_length": worth.expected_length,
        "policy_change": policy_change,
        "value_error": _largest_error(values, optimum),
        "optimum": optimum.expected_return,
        "optimum_for_discount": optimum.return_for_discount,
        "fewest_steps": optimum.fewest_steps,
    }
    return {name: np.array([value], float) for name, value in row.items()}


def _largest_error(values: np.ndarray, optimum: Optimum) -> float:
    """Return max |Q - q*| over the values [S, A] that are known."""
    if optimum.solution is None:
        return nan
    best = optimum.solution.action_values
    known = np.isfinite(best)
    return float(np.abs(values - best)[known].max()) if known.any() else nan
