"""What every agent is: hyperparameters, tables, and one update rule."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

import numpy as np
import param

from gridworld import parameters
from gridworld.agents.policies import POLICIES, Policy, UniformRandom
from gridworld.agents.schedules import SCHEDULES, Schedule
from gridworld.compiled import inverse_power, rule
from gridworld.errors import did_you_mean

MAX_VALUES = 20_000_000


class Transition(NamedTuple):
    """One step as a rule sees it. `next_action` is drawn for on-policy agents only; `over`: the episode ends here.

    A terminated transition has no value after it; a truncated one (over, but not terminated) bootstraps.
    """

    state: int
    action: int
    reward: float
    next_state: int
    next_action: int
    terminated: bool
    over: bool


class Tables(NamedTuple):
    """What the policy looks at. An agent with more tables has these two first."""

    Q: np.ndarray  # float64 [S, A], action values
    N: np.ndarray  # int64 [S, A], visits


class Agent(param.Parameterized):
    """A tabular agent. A subclass adds hyperparameters as params and defines `learn`, its update rule.

    `learn(m, k, step, x, mean, rng) -> float` changes the tables `m` after each `Transition` and returns the sum of the
    absolute TD errors of the steps it learned from (0 while they wait; planning doesn't count). `k` has every
    hyperparameter by its name as a number (a choice as its position among its choices), `x` is the policy's number
    (epsilon, ...), `mean(m, s, x)` its expectation of Q(s, .).
    It runs compiled, so it is plain arithmetic on arrays and allocates nothing.

    `learns_at_once` is False where these errors may be those of steps before the transition's. `live` names the
    hyperparameters that may change during a run. `default_step_limit` cuts episodes where the world
    doesn't, for agents that need an end.
    """

    id: ClassVar[str] = ""
    label: ClassVar[str] = ""
    source: ClassVar[str] = ""
    on_policy: ClassVar[bool] = False
    learns_at_once: ClassVar[bool] = True
    live: ClassVar[tuple[str, ...]] = ()
    default_step_limit: ClassVar[int | None] = None
    tables: ClassVar[type] = Tables

    def allocate(self, S: int, A: int, step_limit: int | None) -> NamedTuple:
        """Return the agent's tables, as they are before the first step."""
        return Tables(*self.action_tables(S, A))

    def action_tables(self, S: int, A: int) -> tuple[np.ndarray, np.ndarray]:
        """Return Q, everywhere at the initial value, and N."""
        if S * A > MAX_VALUES:
            raise ValueError(f"{S:,} states x {A} actions are more than the {MAX_VALUES:,} values a table may have.")
        return np.full((S, A), float(getattr(self, "initial_value", 0.0))), np.zeros((S, A), np.int64)

    @staticmethod
    def set_values(tables: Any, values: np.ndarray) -> None:
        """Let tables that nothing was learned in begin with these action values, float64 [S, A]; -inf: no action."""
        tables.Q[...] = values

    @staticmethod
    def shown(tables: Any) -> dict[str, np.ndarray]:
        """Return what a map can show of the tables beside Q and N, by name, float64 [S, A] each."""
        return {}

    @property
    def policy(self) -> type[Policy]:
        """The class whose `act` and `mean` the agent explores with."""
        return UniformRandom

    @property
    def exploration_schedule(self) -> Schedule:
        """How the policy's number goes from episode to episode."""
        return Schedule(0.0)

    @classmethod
    @cache
    def declared(cls) -> dict[str, param.Parameter]:
        """Return the params by name, in the order of their declaration."""
        return {name: declared for name, declared in cls.param.objects(instance=False).items() if name != "name"}

    @classmethod
    def hyperparameters(cls) -> list[str]:
        """Return the names of the params, in the order of their declaration."""
        return list(cls.declared())

    def settings(self) -> dict[str, Any]:
        """Return the hyperparameters as plain values."""
        return {name: getattr(self, name) for name in self.hyperparameters()}

    def __repr__(self) -> str:
        changed = (f"{name}={value!r}" for name, value in self.settings().items() if value != self.param[name].default)
        return f"{type(self).__name__}({', '.join(changed)})"

    def constants(self) -> tuple[float, ...]:
        """Return the hyperparameters as numbers, in the order of `hyperparameters()`."""
        return tuple(self._number(name) for name in self.hyperparameters())

    def _number(self, name: str) -> float:
        value, declared = getattr(self, name), self.declared()[name]
        return float(declared.objects.index(value) if isinstance(declared, param.Selector) else value)

    @classmethod
    def create(cls, settings: Mapping[str, Any]) -> Agent:
        """Return the agent with these hyperparameters.

        Raises
        ------
        ValueError
            Naming the hyperparameter, the value, and what is allowed.
        """
        agent = cls()
        for name, value in settings.items():
            agent.change(name, value)
        return agent

    def change(self, name: str, value: Any) -> None:
        """Set one hyperparameter, or explain in one sentence why that can't be."""
        if name not in self.hyperparameters():
            known = ", ".join(self.hyperparameters()) or "none"
            hint = did_you_mean(name, self.hyperparameters())
            raise ValueError(f"{self.label} has no hyperparameter {name!r:.40}; it has: {known}.{hint}")
        parameters.change(self, name, value)


class ValueAgent(Agent):
    """An agent that learns action values: its step size, discount and exploration."""

    live: ClassVar[tuple[str, ...]] = (
        "step_size",
        "discount",
        "epsilon",
        "epsilon_end",
        "epsilon_decay",
        "temperature",
        "confidence",
    )

    discount = param.Number(
        0.99,
        bounds=(0, 1),
        step=0.01,
        label="Discount γ",
        doc="The weight of the next step's value: 0 counts only the next reward, 1 all rewards alike.",
    )
    step_size = param.Number(
        0.1,
        bounds=(0, 1),
        step=0.01,
        label="Step size α",
        doc="The fraction of the TD error added to the action value at each update.",
    )
    step_size_schedule = param.Selector(
        default="constant",
        objects=["constant", "1/N", "polynomial"],
        label="Step size schedule",
        doc="constant: always α. 1/N: 1 / N(s, a), the sample average. polynomial: 1 / N(s, a)^p. N counts visits.",
    )
    step_size_power = param.Number(
        0.8,
        bounds=(0.5, 1),
        step=0.01,
        label="Step size power p",
        doc="The exponent of the polynomial step size schedule.",
    )
    exploration = param.Selector(
        default="epsilon-greedy",
        objects=list(POLICIES),
        label="Exploration",
        doc="How the agent explores actions it does not currently think are best.",
    )
    epsilon_schedule = param.Selector(
        default="exponential",
        objects=list(SCHEDULES),
        label="ε schedule",
        doc="How ε changes from episode to episode: not at all, by equal amounts, or by a constant factor.",
    )
    epsilon = param.Number(
        1.0, bounds=(0, 1), step=0.01, label="ε start", doc="The probability of a random action in the first episode."
    )
    epsilon_end = param.Number(
        0.05, bounds=(0, 1), step=0.01, label="ε end", doc="The value at which ε stops changing."
    )
    epsilon_decay = param.Number(
        0.99,
        bounds=(0.9, 1),
        step=0.001,
        label="ε decay",
        doc="ε shrinks by this factor after each episode (exponential); linear subtracts (1 - decay) × start.",
    )
    temperature = param.Number(
        0.1,
        bounds=(0.001, 100),
        softbounds=(0.001, 2),
        step=0.001,
        label="Temperature τ",
        doc="Softmax: low temperatures are nearly greedy, high ones nearly random.",
    )
    confidence = param.Number(
        1.0,
        bounds=(0, 100),
        softbounds=(0, 5),
        step=0.1,
        label="Confidence c",
        doc="UCB: the weight of the bonus for actions that were rarely tried.",
    )
    initial_value = param.Number(
        0.0,
        bounds=(-1e6, 1e6),
        softbounds=(-10, 10),
        step=0.1,
        label="Initial value Q₀",
        doc="The initial action values. Values above any reachable return make the agent explore (optimistic start).",
    )

    @property
    def policy(self) -> type[Policy]:
        return POLICIES[self.exploration]

    @property
    def exploration_schedule(self) -> Schedule:
        match self.exploration:
            case "softmax":
                return Schedule(self.temperature)
            case "UCB":
                return Schedule(self.confidence)
        return SCHEDULES[self.epsilon_schedule](self.epsilon, self.epsilon_end, self.epsilon_decay)


@rule
def step_size(k, visits):
    """Return the step size of the n-th update of an action value: constant, 1/n, or n**-p."""
    if k.step_size_schedule == 0:
        return k.step_size
    if k.step_size_schedule == 1:
        return 1.0 / visits
    return inverse_power(visits, k.step_size_power)


@rule
def toward(Q, s, a, alpha, target):
    """Move Q(s, a) by alpha (target - Q(s, a)); return the absolute TD error."""
    error = target - Q[s, a]
    Q[s, a] += alpha * error
    return abs(error)
