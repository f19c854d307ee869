"""What can be read of a training session at any time, without changing it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.training.changes import settings_in_force
from gridworld.training.loop import EPISODE, LONGEST_RUN, STEP
from gridworld.training.memory import Memory
from gridworld.training.scene import Intervention, Scene, draw_scene
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem


class Readings:
    """The read-only side of a `TrainingSession`, which sets the attributes declared here."""

    settings: Settings
    problem: Problem
    agent: Agent
    episodes: int
    interventions: list[Intervention]
    _memory: Memory
    _pending: dict[str, Any]

    def __repr__(self) -> str:
        made = f"{self.settings.agent} in {self.problem.name}, seed {self.settings.seed}"
        return f"<TrainingSession of {made}: step {self.step:,}, episode {self.episode:,}>"

    @property
    def tables(self) -> Any:
        """The agent's tables, a named tuple of arrays; `Q` and `N` come first."""
        return self._memory.tables

    @property
    def step(self) -> int:
        """Steps done since the session began."""
        return int(self._memory.position[STEP])

    @property
    def episode(self) -> int:
        """Episodes that have ended."""
        return int(self._memory.position[EPISODE])

    @property
    def step_limit(self) -> int | None:
        """After how many steps an episode is cut, if it is."""
        return self.problem.step_limit or self.agent.default_step_limit

    @property
    def finished(self) -> bool:
        """Whether all episodes asked for have ended, or the run has as many steps as a run can have."""
        return 0 < self.episodes <= self.episode or self.step >= LONGEST_RUN

    @property
    def settings_in_force(self) -> Settings:
        """The settings with all changes since: another session made from them begins as this one goes on."""
        return settings_in_force(self.settings, self.agent, self.episodes, self._pending, self.interventions)

    @property
    def pending(self) -> dict[str, Any]:
        """Changes that wait for the next episode: hyperparameters, or the text of an edited world."""
        return dict(self._pending)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all numbers of the run by name, not copied but for the generators' states, uint64 [2, 4]."""
        return self._memory.arrays()

    def scene(self) -> Scene:
        """Return the present scene."""
        return draw_scene(self._memory, self.agent, self.problem, self.interventions)
