"""The agents: one class each, with its hyperparameters and its update rule."""

from gridworld.agents.base import Agent, Tables, Transition, ValueAgent, step_size, toward
from gridworld.agents.dyna import DynaQ, DynaQPlus
from gridworld.agents.eligibility_traces import QLambda, SarsaLambda
from gridworld.agents.multi_step import MonteCarlo, NStepSarsa
from gridworld.agents.one_step import DoubleQLearning, ExpectedSarsa, QLearning, RandomAgent, Sarsa
from gridworld.agents.presets import PRESETS
from gridworld.agents.prioritized_sweeping import PrioritizedSweeping
from gridworld.agents.registry import AGENTS, agent_class, register_agent

__all__ = [
    "AGENTS",
    "PRESETS",
    "Agent",
    "DoubleQLearning",
    "DynaQ",
    "DynaQPlus",
    "ExpectedSarsa",
    "MonteCarlo",
    "NStepSarsa",
    "PrioritizedSweeping",
    "QLambda",
    "QLearning",
    "RandomAgent",
    "Sarsa",
    "SarsaLambda",
    "Tables",
    "Transition",
    "ValueAgent",
    "agent_class",
    "register_agent",
    "step_size",
    "toward",
]
