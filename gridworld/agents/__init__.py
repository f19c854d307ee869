"""The agents, by id."""

from __future__ import annotations

from gridworld.agents.base import Agent, ValueAgent
from gridworld.agents.one_step import DoubleQLearning, ExpectedSarsa, QLearning, RandomAgent, Sarsa

AGENTS: dict[str, type[Agent]] = {
    agent.id: agent for agent in (QLearning, Sarsa, ExpectedSarsa, DoubleQLearning, RandomAgent)
}


def agent_class(agent_id: str) -> type[Agent]:
    """The agent of that id.

    Raises
    ------
    ValueError
        If there is none; the sentence names those there are.
    """
    if agent_id not in AGENTS:
        raise ValueError(f"There is no agent {agent_id!r}; the agents are {', '.join(AGENTS)}.")
    return AGENTS[agent_id]
