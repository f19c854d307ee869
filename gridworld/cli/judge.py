"""What a run's greedy policy is worth, and whether that solves its world."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from math import isfinite, nan
from typing import Any, Protocol

from gridworld.agents import Agent
from gridworld.cli.parameters import finite
from gridworld.errors import EvaluationError
from gridworld.planning.greedy_return import Sampling, greedy_return
from gridworld.planning.optimum import Optimum, find_optimum
from gridworld.planning.outcome import PolicyOutcome
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

SECONDS = 600.0  # that episodes whose number was asked for may take
GRACE = 10.0  # seconds beyond its time, or as long again if that is less, for an environment to come back
SAMPLING = Sampling()
ROUNDING = 1e-9
TOLERANCE = 0.01  # of the best return: a policy that falls short by less has solved the world


class Judged(Protocol):
    """A run that has an agent in a world: a session, or another that keeps its tables."""

    @property
    def problem(self) -> Problem: ...

    @property
    def step(self) -> int: ...

    @property
    def step_limit(self) -> int | None: ...

    @property
    def tables(self) -> Any: ...


def greedy(run: Judged, episodes: int | None = None, seed: int = 0, sampling: Sampling = SAMPLING) -> PolicyOutcome:
    """Return the worth of a run's greedy policy in the world as it is now, under the run's step limit.

    Without a model it is the mean of `episodes`, or of as many as the limits of `sampling` allow.

    Raises
    ------
    EvaluationError
        If the environment raises or hangs, or its episodes take too long.
    """
    sampling = replace(sampling, seed=seed)
    if episodes is not None:
        sampling = replace(sampling, episodes=episodes, steps=1 << 53, seconds=SECONDS)
    problem, phase = run.problem, run.problem.at(run.step)
    values, limit = run.tables.Q.copy(), run.step_limit
    evaluate = partial(greedy_return, problem, values, phase=phase, step_limit=limit, sampling=sampling)
    if problem.phases:
        return evaluate()
    sampled, grace = in_own_thread(evaluate), min(GRACE, sampling.seconds)
    try:
        return sampled.result(timeout=sampling.seconds + grace)
    except TimeoutError:
        give_up(sampled)
        raise EvaluationError(
            f"The greedy policy was not evaluated in {problem.name}: its environment has not answered for {grace:g} s."
        ) from None


def figures(worth: PolicyOutcome) -> dict[str, Any]:
    """Return the worth of a policy as plain values for JSON: None for what is not finite; `episodes` 0 means exact."""
    return {
        "return": finite(worth.expected_return),
        "length": finite(worth.expected_length),
        "episodes": worth.episodes,
        "standard_error": finite(worth.standard_error),
        "interval": [finite(end) for end in worth.interval],
    }


def optimum(session: TrainingSession) -> Optimum:
    """Return the optimum of the session's world as it is now; unknown without a model."""
    return optimum_at(session.problem, session.agent, session.step)


def optimum_at(problem: Problem, agent: Agent, step: int) -> Optimum:
    """Return the optimum of a world as it is at a step, for an agent; unknown without a model."""
    limit = problem.step_limit or agent.default_step_limit
    return _optimum(problem, problem.at(step), getattr(agent, "discount", None), limit)


@lru_cache(maxsize=32)
def _optimum(problem: Problem, phase: int, discount: float | None, step_limit: int | None) -> Optimum:
    if not problem.phases:
        return Optimum(nan, nan, None)
    return find_optimum(problem.phases[phase][1], discount, step_limit)


def good_enough(session: TrainingSession) -> float | None:
    """Return the greedy return from which on the world counts as solved; None where the optimum isn't known.

    That is 1% below the optimum, or below the best that the agent's discount aims at, as more can't be learned.
    """
    best = optimum(session)
    if not isfinite(best.expected_return):
        return None
    aim = best.return_for_discount
    enough = min(best.expected_return, aim) if isfinite(aim) else best.expected_return
    return enough - TOLERANCE * abs(enough) - ROUNDING


def solves(session: TrainingSession, enough: float) -> bool:
    """Return whether the greedy policy is worth enough: a sampled one by the lower end of its interval, not by luck."""
    return greedy(session).interval[0] >= enough
