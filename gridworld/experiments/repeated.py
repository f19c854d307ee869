"""One run after another in the same arrays, each bit for bit the `TrainingSession` of its seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import numpy as np

from gridworld.agents import Agent
from gridworld.compiled import CAN_COMPILE
from gridworld.experiments.seeds import generator_words
from gridworld.runs.history import EPISODES
from gridworld.training import loop
from gridworld.training.bound_loop import ENDLESS, BoundLoop
from gridworld.training.loop import EPISODE, EPISODE_STEP, ROW, STEP
from gridworld.training.memory import Memory, initial_tables
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

ROWS = 4096  # episodes that are handed over at once, at most
AT_ONCE = 2_000_000  # steps that are done at once, at most: a tenth of a second or so
STEPPED_AT_ONCE = 10_000  # the same in a real environment
MOST_STEPS = 1_000_000_000  # of a run: a policy that walks in circles would go on for ever


class Beginning(NamedTuple):
    """Where a run begins: its seed, and the generators that come from it, uint64 [2, 4]."""

    seed: int
    words: np.ndarray


def beginnings(first_seed: int, runs: int) -> list[Beginning]:
    """Return the beginnings of runs with the seeds from `first_seed` on."""
    seeds = range(first_seed, first_seed + runs)
    return [Beginning(seed, words) for seed, words in zip(seeds, generator_words(np.array(seeds)), strict=True)]


class Repeatable(Protocol):
    """A run that can be done again with another seed."""

    problem: Problem
    agent: Agent
    most_of_episode: int

    @property
    def step(self) -> int:
        """Steps done in the last run."""

    @property
    def step_limit(self) -> int | None:
        """After how many steps an episode is cut, if it is."""

    @property
    def tables(self) -> Any:
        """The agent's tables at the end of the last run, a named tuple of arrays; the next run may write over them."""

    @property
    def exploration(self) -> float:
        """The exploration (epsilon, ...) of the episode that would come next."""

    def run(self, beginning: Beginning, episodes: int, steps: int) -> Iterator[np.ndarray]:
        """Do a run to the end of its episodes (0: no such end) or steps.

        Yields
        ------
        Finished episodes in the columns of `EPISODES`, float64 [n, C], a row an episode; a view that changes. There may
        be none: each yield takes a tenth of a second or so.

        Raises
        ------
        ValueError
            If the run is endless, or its environment faulty; in one sentence. A run that has a number of episodes to
            do is endless when an episode takes `most_of_episode` steps.
        """


def repeatable(settings: Settings, compiled: bool) -> Repeatable:
    """Return the fastest way to repeat the run of these settings."""
    problem = settings.make_problem()
    return SteppedRun(settings, compiled) if is_stepped(problem) else ResetRun(settings, compiled)


def is_stepped(problem: Problem) -> bool:
    """Return whether training steps the real environment, because no model can stand for it."""
    return not problem.phases or bool(problem.stepped_because)


class ResetRun:
    """A run on a transition model: its arrays are made once, and reset in microseconds."""

    most_of_episode = 100_000_000

    def __init__(self, settings: Settings, compiled: bool = CAN_COMPILE) -> None:
        self.problem, self.agent = settings.make_problem(), settings.make_agent()
        limit = self.step_limit
        tables = initial_tables(self.agent, self.problem, limit)
        self._rows = np.zeros((ROWS, len(EPISODES.columns)))
        self._memory = Memory(self.agent, tables, self._rows, seed=0, compiled=compiled and CAN_COMPILE, stepped=False)
        self._block = self._memory.gather()
        self._first = self._block.copy()
        (self._at,) = loop.arguments((self._memory.position,), False)  # read faster than an array
        self._loop = BoundLoop(self._memory, self.agent, self.problem, None, limit)

    @property
    def step(self) -> int:
        return int(self._memory.position[STEP])

    @property
    def step_limit(self) -> int | None:
        return self.problem.step_limit or self.agent.default_step_limit

    @property
    def tables(self) -> Any:
        return self._memory.tables

    def arrays(self) -> dict[str, np.ndarray]:
        """Return all numbers of the last run by name, as `TrainingSession.arrays`."""
        return self._memory.arrays()

    @property
    def exploration(self) -> float:
        return float(self._memory.figures[loop.EXPLORATION])

    def run(self, beginning: Beginning, episodes: int, steps: int) -> Iterator[np.ndarray]:
        self._block[:] = self._first
        self._memory.draw_from(beginning.words)
        self._loop.begin_again()
        at, last_step, last_episode = self._at, steps, episodes or ENDLESS
        while at[STEP] < last_step and at[EPISODE] < last_episode:
            self._loop(min(last_step, at[STEP] + AT_ONCE), last_episode)
            yield self._rows[: at[ROW]]
            at[ROW] = 0
            if episodes and at[EPISODE_STEP] >= self.most_of_episode:
                break
        _refuse_endless(at[EPISODE], episodes, beginning.seed, at[STEP])


class SteppedRun:
    """A run in a real environment: a session for each seed."""

    most_of_episode = 10_000_000

    def __init__(self, settings: Settings, compiled: bool = CAN_COMPILE) -> None:
        self.problem, self.agent = settings.make_problem(), settings.make_agent()
        self._settings, self._compiled = settings, compiled
        self.tables: Any = None
        self.step = 0
        self.exploration = self.agent.exploration_schedule.start

    @property
    def step_limit(self) -> int | None:
        return self.problem.step_limit or self.agent.default_step_limit

    def run(self, beginning: Beginning, episodes: int, steps: int) -> Iterator[np.ndarray]:
        settings = replace(self._settings, seed=beginning.seed, episodes=episodes)
        session = TrainingSession(settings, compiled=self._compiled, stepped=True, history=2 * STEPPED_AT_ONCE)
        at = session.arrays()["position"]
        try:
            while not session.finished and session.step < steps:
                session.advance(min(STEPPED_AT_ONCE, steps - session.step))
                self.step, self.tables, self.exploration = session.step, session.tables, session.scene().exploration
                yield session.history.take()
                at[ROW] = 0
                if episodes and at[EPISODE_STEP] >= self.most_of_episode:
                    break
        finally:
            session.close()
        _refuse_endless(session.episode, episodes, beginning.seed, session.step)


def _refuse_endless(done: int, episodes: int, seed: int, steps: int) -> None:
    if done < episodes:
        raise ValueError(
            f"The run of seed {seed} ended {done:,} of {episodes:,} episodes in {steps:,} steps; give the world a step "
            "limit, as in 'cliff?step_limit=1000', or the plan fewer episodes."
        )
