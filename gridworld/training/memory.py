"""The memory of a run: arrays that a loop changes, and nothing else decides how the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.agents import Agent
from gridworld.agents.schedules import Schedule
from gridworld.compiled import pack, unpack
from gridworld.training import loop
from gridworld.training.loop import RECENT, TRAIL, Log
from gridworld.worlds.problem import Problem

LINE = 64  # bytes of a cache line: no two arrays of a block share one


def initial_tables(agent: Agent, problem: Problem, step_limit: int | None) -> Any:
    """Return the agent's tables before the first step; the value of an action that a state doesn't have is -inf."""
    tables: Any = agent.allocate(problem.n_states, problem.n_actions, step_limit)
    if problem.missing.any():
        agent.set_values(tables, np.where(problem.missing, -np.inf, tables.Q))
    return tables


class Memory:
    """The agent's tables, what the loop writes down, where it stands, and the generators.

    A compiled loop can't draw from numpy's generators; it draws from their `words`, except in an environment.

    Parameters
    ----------
    agent, tables
        Who learns, and in what.
    rows
        Of the history, float64 [C, columns of EPISODES]: the loop writes into them.
    seed
        Of both generators.
    compiled, stepped
        Whether the loop runs compiled, and steps a real environment.
    """

    def __init__(
        self,
        agent: Agent,
        tables: Any,
        rows: np.ndarray,
        *,
        seed: int,
        compiled: bool,
        stepped: bool,
    ) -> None:
        self.tables = tables
        n_actions = tables.Q.shape[1]
        self.log = Log(rows, np.zeros((RECENT, 5)), np.zeros((RECENT, n_actions), np.int64), np.zeros(TRAIL, np.int64))
        self.position = np.zeros(9, np.int64)
        self.position[loop.ROW_STRIDE] = 1
        self.figures = np.zeros(6)
        self.figures[loop.EXPLORATION] = agent.exploration_schedule.start
        self.figures[loop.BEST] = -np.inf
        seeds = np.random.SeedSequence(seed).spawn(2)
        self.generators = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds]  # the agent's, the world's
        self.words = [pack(generator) for generator in self.generators]  # uint64 [4] each
        self.compiled, self._in_words = compiled, (compiled, compiled and not stepped)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all numbers of the run by name, not copied. Only the states of the generators are a copy, uint64 [2,
        4]."""
        drawn_from = zip(self.words, self.generators, self._in_words, strict=True)
        return {
            **{f"table_{name}": array for name, array in self.tables._asdict().items()},
            **{f"log_{name}": array for name, array in self.log._asdict().items()},
            "position": self.position,
            "figures": self.figures,
            "generators": np.stack(
                [words if in_words else pack(generator) for words, generator, in_words in drawn_from]
            ),
        }

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Take the numbers of another run. An array may be shorter; the rest then keeps what it has."""
        for name, array in self.arrays().items():
            array[: len(arrays[name])] = arrays[name]
        for words, own, generator in zip(arrays["generators"], self.words, self.generators, strict=True):
            own[:] = words
            unpack(words, generator)

    def gather(self) -> np.ndarray:
        """Move all numbers but the rows of the history into one block, uint8 [n], and return it.

        A copy of the block that is written back later brings the run back to where it was, in one step.
        """
        generators = np.stack(self.words)
        arrays = [
            *self.tables,
            self.log.recent,
            self.log.actions,
            self.log.trail,
            self.position,
            self.figures,
            generators,
        ]
        sizes = [-(-array.nbytes // LINE) * LINE for array in arrays]
        block = np.zeros(sum(sizes), np.uint8)
        views = []
        for array, end, size in zip(arrays, np.cumsum(sizes), sizes, strict=True):
            view = block[end - size :][: array.nbytes].view(array.dtype).reshape(array.shape)
            view[...] = array
            views.append(view)
        *tables, recent, actions, trail, self.position, self.figures, self.generator_words = views
        self.tables, self.log = type(self.tables)(*tables), Log(self.log.rows, recent, actions, trail)
        self.words = list(self.generator_words)
        return block

    def draw_from(self, words: np.ndarray) -> None:
        """Go on with other generators, uint64 [2, 4], in a run that `gather` has prepared."""
        self.generator_words[...] = words
        if not self.compiled:
            for own, generator in zip(words, self.generators, strict=True):
                unpack(own, generator)

    def take_schedule(self, schedule: Schedule, restarts: bool) -> None:
        """Explore by a schedule from now on: from its start, or as near to the present number as it allows."""
        now = self.figures[loop.EXPLORATION]
        self.figures[loop.EXPLORATION] = schedule.start if restarts else min(max(now, schedule.low), schedule.high)

    def __getstate__(self) -> dict[str, Any]:
        """Return the tables as a plain tuple: their type may be one that only the agent's own file knows."""
        return {**self.__dict__, "tables": tuple(self.tables)}

    def join(self, agent: Agent, rows: np.ndarray) -> None:
        """Name the tables as the agent does, and write into these rows."""
        self.tables = type(agent).tables(*self.tables)
        self.log = self.log._replace(rows=rows)

    def let_draw(self, environment: gym.Env) -> None:
        """Let an environment draw from the world's generator."""
        environment.unwrapped.np_random = self.generators[1]
