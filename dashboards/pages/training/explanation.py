"""Why an action value is what it is, now or at a past moment: found in a thread, from copies of the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from gridworld.agents import Agent
from gridworld.insight.past import Past
from gridworld.insight.update import Pair, Update
from gridworld.planning.optimum import solve
from gridworld.planning.solution import Solution
from gridworld.storage.checkpoint import thaw
from gridworld.storage.keyframes import Keyframe
from gridworld.training.evaluator import MAX_SOLVED_STATES
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

BUDGET = 5.0  # seconds that one question may take


@dataclass(frozen=True)
class Explanation:
    """What was found out about one action value, at one step of the run."""

    agent: Agent  # with the hyperparameters of that step
    update: Update | None
    links: Sequence[Update]
    end: str
    solution: Solution | None
    step: int


class Explainer:
    """Explains action values of a run; the best values of the world are worked out once."""

    def __init__(self) -> None:
        self._solutions: dict[tuple[Any, ...], Solution | None] = {}

    def about(
        self, pair: Pair, session: TrainingSession, keyframes: Sequence[Keyframe], moment: Keyframe | None
    ) -> Callable[[], Explanation]:
        """Return what a thread calls to explain the value of a pair at a moment; None: now, of which it has a copy.

        Raises
        ------
        ValueError
            In one sentence, if the past of the run can't be found; at a past moment what is returned raises it.
        """
        if moment is None:
            return partial(self._explain, pair, session.agent, Past(session, keyframes, seconds=BUDGET))

        def then() -> Explanation:
            session = thaw(moment.checkpoint)
            return self._explain(pair, session.agent, Past(session, keyframes, seconds=BUDGET))

        return then

    def _explain(self, pair: Pair, agent: Agent, past: Past) -> Explanation:
        solution = self._solve(past.problem, past.now.scene.phase, getattr(agent, "discount", None))
        update = past.last_update(*pair)
        links, end = past.origins(update) if update else ([], "")
        return Explanation(agent, update, links, end, solution, past.now.step)

    def _solve(self, problem: Problem, phase: int, discount: float | None) -> Solution | None:
        """Return the best values of the world, if they are known."""
        key = problem, phase, discount
        if key not in self._solutions:
            self._solutions.clear()
            self._solutions[key] = None
            if problem.phases and discount is not None and problem.n_states <= MAX_SOLVED_STATES:
                with suppress(ValueError, RuntimeError):  # no return is best, or no solver settles
                    self._solutions[key] = solve(problem.phases[phase][1], discount)
        return self._solutions[key]
