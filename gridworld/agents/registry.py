"""The agents by id, and how a class of your own joins them."""

from __future__ import annotations

import inspect
from typing import TypeVar

from gridworld.agents.base import Agent
from gridworld.agents.dyna import DynaQ, DynaQPlus
from gridworld.agents.eligibility_traces import QLambda, SarsaLambda
from gridworld.agents.multi_step import MonteCarlo, NStepSarsa
from gridworld.agents.one_step import DoubleQLearning, ExpectedSarsa, QLearning, RandomAgent, Sarsa
from gridworld.agents.prioritized_sweeping import PrioritizedSweeping
from gridworld.errors import did_you_mean

A = TypeVar("A", bound=type[Agent])

AGENTS: dict[str, type[Agent]] = {
    agent.id: agent
    for agent in (
        QLearning,
        Sarsa,
        ExpectedSarsa,
        DoubleQLearning,
        NStepSarsa,
        SarsaLambda,
        QLambda,
        MonteCarlo,
        DynaQ,
        DynaQPlus,
        PrioritizedSweeping,
        RandomAgent,
    )
}
"""Every agent there is, in the order in which they are taught."""

LEARN = ("m", "k", "step", "x", "mean", "rng")


def agent_class(agent_id: str) -> type[Agent]:
    """Return the agent of that id.

    Raises
    ------
    ValueError
        If there is none; the sentence names those there are.
    """
    if agent_id not in AGENTS:
        hint = did_you_mean(agent_id, AGENTS)
        raise ValueError(f"There is no agent {agent_id!r}; the agents are {', '.join(AGENTS)}.{hint}")
    return AGENTS[agent_id]


def register_agent(agent: A) -> A:
    """Let a class of your own join the agents: from then on sessions, the page and the command line know its id.

    It can decorate the class. The class needs an `id`, a `label`, and a static method `learn(m, k, step, x, mean, rng)`
    marked as a rule; see `Agent`. Defining the same class again (a notebook cell run twice) replaces it.

    Raises
    ------
    ValueError
        In one sentence, if something is missing or the id is taken.
    """
    name = getattr(agent, "__name__", repr(agent))
    if not (isinstance(agent, type) and issubclass(agent, Agent)):
        raise ValueError(f"{name} is not a subclass of Agent, which an agent must be.")
    if not agent.id.isidentifier():
        raise ValueError(f"{name} has the id {agent.id!r}; give it one of letters, digits and underscores.")
    if not agent.label:
        raise ValueError(f"{name} has no label; give it the name that the page shows.")
    learn = inspect.getattr_static(agent, "learn", None)
    if not isinstance(learn, staticmethod) or len(inspect.signature(agent.learn).parameters) != len(LEARN):
        raise ValueError(
            f"{name} needs a static method learn({', '.join(LEARN)}), marked with @staticmethod and @rule."
        )
    if getattr(agent.tables, "_fields", ())[:2] != ("Q", "N"):
        raise ValueError(f"The tables of {name} must be a NamedTuple that begins with Q and N.")
    taken = AGENTS.get(agent.id)
    if taken and (taken.__module__, taken.__qualname__) != (agent.__module__, agent.__qualname__):
        raise ValueError(f"The id {agent.id!r} of {name} belongs to {taken.__name__} already; choose another one.")
    AGENTS[agent.id] = agent
    return agent
