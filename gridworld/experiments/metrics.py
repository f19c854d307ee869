"""What a run is measured by, each number by its id.

`return`, `first_return`, `last_return`, `length`, `success` and `steps_to_threshold` come from the episodes; the others
from the action values at the end, and need a world whose model is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import nan

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.policies import EpsilonGreedy, Softmax, UniformRandom
from gridworld.experiments.tally import SUCCESSES, TOTAL_LENGTH, TOTAL_RETURN, Tallies
from gridworld.planning.dynamics import Dynamics
from gridworld.planning.evaluation import chain_values
from gridworld.planning.greedy_return import exact_greedy_return
from gridworld.planning.optimum import find_optimum, start_value
from gridworld.planning.policies import best_actions, epsilon_greedy_policy, uniform_policy
from gridworld.worlds.problem import Problem

KEPT = 4096  # policies whose worth is remembered: the runs of many seeds end with few


class Referee:
    """Judges action values in a world whose model is known, under an agent's discount and step limit."""

    def __init__(self, problem: Problem, agent: Agent, phase: int = 0) -> None:
        self._problem, self._agent, self._phase = problem, agent, phase
        self._discount = float(getattr(agent, "discount", 1.0))
        self._step_limit = problem.step_limit or agent.default_step_limit
        self._model = problem.phases[phase][1]
        self._dynamics = Dynamics.of(self._model)
        self._solution = find_optimum(self._model, self._discount, self._step_limit).solution
        self._greedy_worth = lru_cache(KEPT)(self._worth_of_best)
        self._greedy_return = lru_cache(KEPT)(self._return_of_best)

    def greedy_return(self, values: np.ndarray) -> float:
        """Return the exact return of the greedy policy around values [S, A]: undiscounted, under the step limit."""
        return self._greedy_return(best_actions(values).tobytes())

    def max_error(self, values: np.ndarray) -> float:
        """Return max |Q - q*| over the actions whose best value is finite; nan where no best values exist."""
        if self._solution is None:
            return nan
        best = self._solution.action_values
        known = np.isfinite(best)
        return float(np.abs(values - best)[known].max(initial=0.0))

    def regret(self, values: np.ndarray, exploration: float) -> tuple[float, float]:
        """Return the regret at the start by estimation and by exploration, for the agent's discount.

        The first is v* - v of the greedy policy, the second that v - v of the policy that acts; their sum is v* - v of
        the policy that acts. No step limit counts. Infinite or nan where a policy may go on for ever at discount 1.
        """
        if self._solution is None:
            return nan, nan
        best = start_value(self._model, self._solution.state_values)
        greedy = self._greedy_worth(best_actions(values).tobytes())
        acting = self._worth(self._acting_policy(values, exploration))
        return best - greedy, greedy - acting

    def _acting_policy(self, values: np.ndarray, exploration: float) -> np.ndarray:
        """Return the probabilities [S, A] with which the agent acts."""
        policy = self._agent.policy
        if policy is EpsilonGreedy:
            return epsilon_greedy_policy(values, exploration)
        if policy is Softmax:
            weights = np.exp((values - values.max(1, keepdims=True)) / exploration)
            return weights / weights.sum(1, keepdims=True)
        if policy is UniformRandom:
            return uniform_policy(self._model)
        raise ValueError(
            f"The regret of {self._agent.label} can't be split, because {policy.__name__} has no fixed probabilities. "
            "Leave out regret_estimation and regret_exploration, or explore by epsilon-greedy or softmax."
        )

    def _worth(self, policy: np.ndarray) -> float:
        return start_value(self._model, chain_values(self._dynamics.under(policy), self._discount))

    def _table(self, best: bytes) -> np.ndarray:
        """Return a table whose best actions, bool [S, A] as bytes, are these."""
        return np.frombuffer(best, bool).reshape(self._model.n_states, self._model.n_actions).astype(float)

    def _worth_of_best(self, best: bytes) -> float:
        return self._worth(epsilon_greedy_policy(self._table(best), 0.0))

    def _return_of_best(self, best: bytes) -> float:
        table, limit = self._table(best), self._step_limit
        worth = exact_greedy_return(self._problem, table, phase=self._phase, step_limit=limit)
        assert worth is not None
        return worth.expected_return


@dataclass(frozen=True, eq=False)
class Judgement:
    """A referee's numbers of a run at its end."""

    referee: Referee
    values: np.ndarray  # float64 [S, A]
    exploration: float

    @cached_property
    def regret(self) -> tuple[float, float]:
        """The regret by estimation and by exploration."""
        return self.referee.regret(self.values, self.exploration)


@dataclass(frozen=True)
class Metric:
    """A number of each run: measured on the episodes of many runs at once, or judged at the end of each run."""

    label: str
    measure: Callable[[Tallies], np.ndarray] | None = None  # float64 [runs]
    judge: Callable[[Judgement], float] | None = None
    higher_is_better: bool = True


METRICS: dict[str, Metric] = {
    "return": Metric("Return, all episodes", lambda runs: runs.mean(TOTAL_RETURN)),
    "first_return": Metric("Return, first 100 episodes", lambda runs: runs.first_return),
    "last_return": Metric("Return, last 100 episodes", lambda runs: runs.last_return),
    "length": Metric("Steps an episode", lambda runs: runs.mean(TOTAL_LENGTH), higher_is_better=False),
    "success": Metric("Share of episodes that end in success", lambda runs: runs.mean(SUCCESSES)),
    "steps_to_threshold": Metric(
        "Steps to the threshold", lambda runs: runs.steps_to_threshold, higher_is_better=False
    ),
    "greedy_return": Metric(
        "Exact return of the greedy policy", judge=lambda run: run.referee.greedy_return(run.values)
    ),
    "max_error": Metric(
        "Largest |Q - q*|", judge=lambda run: run.referee.max_error(run.values), higher_is_better=False
    ),
    "regret_estimation": Metric("Regret by estimation", judge=lambda run: run.regret[0], higher_is_better=False),
    "regret_exploration": Metric("Regret by exploration", judge=lambda run: run.regret[1], higher_is_better=False),
}
"""By id."""
