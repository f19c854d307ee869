"""Measured facts about a run, each turned into one sentence with what to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.dyna import DynaQ
from gridworld.agents.eligibility_traces import QLambda
from gridworld.agents.one_step import QLearning
from gridworld.agents.prioritized_sweeping import PrioritizedSweeping
from gridworld.insight.words import written
from gridworld.planning.dynamics import Dynamics, search
from gridworld.runs.frame import Frame
from gridworld.training.loop import TRAIL_COUNT
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending, TransitionModel

ENOUGH_EPISODES = 20  # recent ones, before they are judged
STEPS_PER_ACTION = 50  # of each state, after which a goal should have been found and values should differ
MOST_STATES = 20_000  # of a world whose dynamics are looked through
RECENT = 0.9  # of a run's episodes, after which an evaluation may be compared with the values of now
BIAS = 0.1  # of the start's value, above what it was found to be worth, that counts as a bias
MAXIMIZING = QLearning, QLambda, DynaQ, PrioritizedSweeping  # agents whose targets have a maximum
MANY_EPISODES = 300  # after which the spread of a constant step size is what is left


class Found(NamedTuple):
    """What an evaluation found of the greedy policy."""

    episode: float  # after which it was
    returned: float  # on average, undiscounted
    length: float  # of its episodes
    margin: float  # half the width of the 95% confidence interval of the return


@dataclass(frozen=True)
class Situation:
    """What advice is given from."""

    problem: Problem
    agent: Agent
    frame: Frame
    successes: float  # episodes that ended with success since the run began
    evaluation: Found | None = None  # the last one
    starts: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # of recent episodes, int64 [n]

    @property
    def scene(self) -> Scene:
        return self.frame.scene

    @property
    def model(self) -> TransitionModel | None:
        """The dynamics in force, where they are known and small enough to be looked through at once."""
        phases = self.problem.phases
        if not phases or self.problem.n_states > MOST_STATES:
            return None
        return phases[min(self.scene.phase, len(phases) - 1)][1]

    @property
    def step_limit(self) -> int | None:
        return self.problem.step_limit or self.agent.default_step_limit

    @property
    def is_old(self) -> bool:
        """Whether there have been enough steps to expect that something was learned."""
        return self.frame.step >= STEPS_PER_ACTION * self.problem.n_states * self.problem.n_actions


def advise(situation: Situation) -> Iterator[tuple[str, str]]:
    """Yield (code, sentence) of all that applies, the most urgent first; nothing before the first step."""
    if situation.frame.scene is None or situation.frame.step == 0:
        return
    for code, rule in RULES.items():
        sentence = rule(situation)
        if sentence:
            yield code, sentence


def _cut(now: Situation) -> str:
    lengths, endings = now.scene.recent[:, 1], now.scene.recent[:, 3]
    limit = now.step_limit
    cut = ((endings == Ending.NONE) & (lengths >= (limit or np.inf))).mean() if len(lengths) >= ENOUGH_EPISODES else 0
    if cut <= 0.5:
        return ""
    return f"{cut:.0%} of the last {len(lengths)} episodes were cut at the step limit of {limit:,}; try a higher one."


def _no_goal(now: Situation) -> str:
    if now.model is None or not now.is_old or now.successes or not (now.model.ending == Ending.SUCCESS).any():
        return ""
    return (
        f"The goal was not reached once in {now.frame.step:,} steps; explore more (a higher ε or optimistic initial "
        "values), or try an easier world."
    )


def _out_of_reach(now: Situation) -> str:
    steps = fewest_to_success(now.model) if now.model is not None else 0
    if now.step_limit is None or steps <= now.step_limit:
        return ""
    return (
        f"The shortest way to a goal takes {steps:,} steps, but episodes are cut after {now.step_limit:,}, so no "
        "policy gets there; raise the step limit."
    )


@lru_cache(maxsize=8)
def fewest_to_success(model: TransitionModel) -> int:
    """Return the fewest steps in which an episode can end with success, if all goes well; 0 if none can."""
    dynamics = Dynamics.of(model)
    _, depth = search(dynamics.predecessors, dynamics.success.max(1) > 0, dynamics.n_actions)
    found = depth[(model.start > 0) & (depth > 0)]
    return int(found.min()) if len(found) else 0


def _overestimates(now: Situation) -> str:
    """Compare the values of starts with what is returned; only noise lifts them above both that and the first value."""
    worth, settings = now.evaluation, now.agent.settings()
    certain = now.model is not None and now.model.deterministic
    if worth is None or certain or not now.is_old or not isinstance(now.agent, MAXIMIZING) or len(now.starts) < 2:
        return ""
    if worth.episode < RECENT * now.frame.episode:  # values have grown since
        return ""
    values = now.scene.action_values[now.starts].max(1)
    value, returned = float(values.mean()), worth.returned
    if not (np.isfinite(value) and np.isfinite(returned)):
        return ""
    discounted = returned * (settings["discount"] ** worth.length if returned < 0 else 1.0)  # at the most
    uncertain = worth.margin + 2 * float(values.std()) / len(values) ** 0.5 + BIAS * max(abs(value), abs(returned))
    if not value > max(discounted, settings["initial_value"]) + uncertain:
        return ""
    return (
        f"Episodes begin at a value of {written(value)}, but the greedy policy returns {written(returned)} on average: "
        "the maximum of uncertain values is too high. Double Q-learning would help here, as it has no such bias."
    )


def recent_starts(session: TrainingSession) -> np.ndarray:
    """Return the states in which recent episodes began, int64 [n]."""
    arrays = session.arrays()
    trail = arrays["log_trail"][: arrays["position"][TRAIL_COUNT]]
    return ~trail[trail < 0]


def _greedy(now: Situation) -> str:
    settings = now.agent.settings()
    if settings.get("exploration") != "epsilon-greedy" or now.scene.exploration > 0 or settings["initial_value"] > 0:
        return ""
    if max(settings["epsilon"], settings["epsilon_end"]) > 0 and now.frame.episode > ENOUGH_EPISODES:
        return ""  # it has explored before
    return "ε is 0 and nothing else makes the agent explore; raise ε, or the initial values above any reachable return."


def _endless(now: Situation) -> str:
    if getattr(now.agent, "discount", 0) < 1 or now.model is None or now.step_limit or not may_not_end(now.model):
        return ""
    return "With a discount of 1 values have no bound where an episode may never end; lower it, or set a step limit."


@lru_cache(maxsize=8)
def may_not_end(model: TransitionModel) -> bool:
    """Return whether an episode can come into a state from which no action ever ends it."""
    policy = np.full((model.n_states, model.n_actions), 1 / model.n_actions)
    chain = Dynamics.of(model).under(policy)
    return bool((chain.reached_from(model.start > 0) & ~chain.reaches(chain.ending > 0)).any())


def _too_high(now: Situation) -> str:
    discount = getattr(now.agent, "discount", 1)
    if now.model is None or discount >= 1 or not now.is_old:
        return ""
    bound = max(float(now.model.reward[now.model.probability > 0].max()), 0.0) / (1 - discount)
    values = now.scene.action_values[now.scene.visits > 0]
    top = float(values.max(initial=-np.inf))
    if not top > bound + 1e-9 * abs(bound):
        return ""
    return (
        f"The highest value is {written(top)}, but no return is above {written(bound)}. Optimistic values, and those "
        "from before an edit of the world, come down with time; else lower the step size."
    )


def _nothing_learned(now: Situation) -> str:
    values = now.scene.action_values[now.scene.visits > 0]
    if not now.is_old or not hasattr(now.agent, "step_size") or not len(values) or values.min() < values.max():
        return ""
    settings = now.agent.settings()
    if settings["step_size"] == 0 and settings.get("step_size_schedule") == "constant":
        return "All values are still equal, because the step size is 0: nothing that happens changes them; raise it."
    return "All values are still equal, so every choice is a tie; the agent has met no reward that tells actions apart."


def _spread(now: Situation) -> str:
    settings = now.agent.settings()
    if now.model is None or now.model.deterministic or settings.get("step_size_schedule") != "constant":
        return ""
    if now.frame.episode < MANY_EPISODES or settings["step_size"] == 0:
        return ""
    return (
        f"Outcomes are random here, and a constant step size of {settings['step_size']:g} keeps values moving; the "
        "schedule 1/N lets them settle."
    )


RULES: Mapping[str, Callable[[Situation], str]] = {
    "goal-out-of-reach": _out_of_reach,
    "epsilon-zero": _greedy,
    "endless-discount": _endless,
    "values-too-high": _too_high,
    "goal-not-reached": _no_goal,
    "nothing-learned": _nothing_learned,
    "maximization-bias": _overestimates,
    "cut-episodes": _cut,
    "constant-step-size": _spread,
}
"""The facts that are looked for, by their codes; each returns its sentence, or "" where it doesn't apply."""

WORDS: Mapping[str, str] = {
    "goal-out-of-reach": "step limit",
    "epsilon-zero": "exploration",
    "endless-discount": "discount γ",
    "values-too-high": "optimistic values",
    "goal-not-reached": "exploration",
    "nothing-learned": "greedy",
    "maximization-bias": "maximization bias",
    "cut-episodes": "step limit",
    "constant-step-size": "step size α",
}
"""The entry of the documentation's glossary that explains what an advice is about, by its code."""
