"""What is chosen before a run, as parameters that a form can be made from."""

from __future__ import annotations

from typing import Any

import param

from gridworld.agents import Agent, agent_class
from gridworld.agents.base import MAX_VALUES
from gridworld.training.settings import MAX_EPISODES, Settings
from gridworld.worlds.problem import Problem, load_problem


class RunOptions(param.Parameterized):
    """The world, its numbers, the agent, and how long to train. The agent's own hyperparameters are its own params."""

    world = param.String(
        "medium", label="World", doc="The id or the text of a grid world, or the id of a Gymnasium environment."
    )
    slip = param.Number(
        0.0,
        bounds=(0, 1),
        step=0.01,
        label="Slip",
        doc="The probability that a move goes to one of the two sides instead, half each.",
    )
    step_reward = param.Number(
        -0.01,
        bounds=(-100, 100),
        softbounds=(-2, 2),
        step=0.01,
        label="Step reward",
        doc="The reward of each step into a cell without a reward of its own.",
    )
    step_limit = param.Integer(
        0,
        bounds=(0, MAX_VALUES),
        softbounds=(0, 1000),
        label="Step limit",
        doc="An episode is truncated after this many steps; 0 means never.",
    )
    agent = param.String("q_learning", label="Algorithm", doc="The id of the agent.")
    seed = param.Integer(
        0, bounds=(0, 2**53 - 1), label="Seed", doc="Runs with the same seed and settings are identical, bit for bit."
    )
    episodes = param.Integer(
        500,
        bounds=(0, MAX_EPISODES),
        label="Episodes",
        doc="The run finishes after this many episodes; 0 means no limit.",
    )

    @classmethod
    def of(cls, settings: Settings) -> RunOptions:
        """Return the options behind settings; numbers that settings leave to the world are the world's."""
        options = cls(world=settings.world, agent=settings.agent, seed=settings.seed, episodes=settings.episodes)
        options.take_numbers(settings.make_problem())
        return options

    def take_numbers(self, problem: Problem) -> None:
        """Show a problem's numbers."""
        numbers: dict[str, Any] = {"step_limit": problem.step_limit or 0}
        if problem.world is not None:
            numbers |= {"slip": problem.world.slip, "step_reward": problem.world.step_reward}
        self.param.update(**numbers)

    def settings(self, agent: Agent) -> Settings:
        """Return the settings, with only those of the world's numbers that differ from its own."""
        own = load_problem(self.world)
        chosen: dict[str, tuple[Any, Any]] = {"step_limit": (self.step_limit, own.step_limit or 0)}
        if own.world is not None:
            chosen |= {"slip": (self.slip, own.world.slip), "step_reward": (self.step_reward, own.world.step_reward)}
        return Settings(
            world=self.world,
            agent=self.agent,
            options={name: now for name, (now, usual) in chosen.items() if now != usual},
            hyperparameters=changed(agent),
            seed=self.seed,
            episodes=self.episodes,
        )


def changed(agent: Agent) -> dict[str, Any]:
    """Return the hyperparameters of an agent that differ from its defaults."""
    usual = agent_class(agent.id)().settings()
    return {name: value for name, value in agent.settings().items() if value != usual[name]}
