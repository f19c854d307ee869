"""The loop of one run, bound to its memory: what belongs to this process and is made again in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.errors import FaultyEnvironmentError
from gridworld.training import loop
from gridworld.training.environment_steps import NOTHING, answering
from gridworld.training.followed_values import as_they_are
from gridworld.training.loop import STEP, USUAL
from gridworld.training.memory import Memory
from gridworld.training.step_sources import ANSWERS, ENVIRONMENT, MODEL, ModelArrays, Stepped
from gridworld.training.watch import Watch, nothing
from gridworld.worlds.problem import Problem
from gridworld.worlds.tabular_env import Step, TabularEnv

ENDLESS = 1 << 62


class BoundLoop:
    """`loop(last_step, last_episode)` goes on in `memory` until one of them is reached.

    It returns earlier where the history is full or the world is about to change. The memory is handed over once,
    because handing over costs more than a step.

    Parameters
    ----------
    memory, agent, problem
        Whose run it is.
    environment
        Return the real environment to step, when the first step is to be done; None: sample the transition model that
        holds.
    step_limit
        After how many steps an episode is cut, if it is.
    watch, looked_at
        What to look out for, and its arrays; a loop without a watch costs nothing more.
    """

    def __init__(
        self,
        memory: Memory,
        agent: Agent,
        problem: Problem,
        environment: Callable[[], TabularEnv] | None,
        step_limit: int | None,
        watch: Watch | None = None,
        looked_at: tuple[np.ndarray, ...] = (),
    ) -> None:
        compiled = memory.compiled
        source = MODEL if environment is None else ANSWERS if compiled else ENVIRONMENT
        known = USUAL if problem.n_actions == USUAL else 0
        rules = (watch.rule, watch.watched) if watch else (nothing, as_they_are)
        self._kernel: Any = loop.build_loop(type(agent), agent.policy, source, compiled, known, *rules)
        self._run: Any = self._kernel
        self._problem, self._compiled, self._limit = problem, compiled, float(step_limit or np.inf)
        self._position = memory.position
        generators = memory.words if compiled else memory.generators
        self._state = (*loop.arguments((memory.position, memory.figures), compiled), *generators)
        self._given = (
            loop.arguments(looked_at, compiled),
            loop.arguments(tuple(memory.tables), compiled),
            loop.arguments(tuple(memory.log), compiled),
        )
        self.take_numbers(agent)
        self._environment, self._capacity = environment, len(memory.log.rows)
        self._world: tuple = NOTHING
        self._changes_at = ENDLESS
        if environment is None:
            self._take_model()

    def take_numbers(self, agent: Agent) -> None:
        """Go on with the hyperparameters of this agent, of the same class."""
        self._numbers = agent.constants(), tuple(agent.exploration_schedule), self._limit

    def begin_again(self) -> None:
        """Sample the model that holds at the position of the memory, which was moved to the start of a run."""
        if len(self._problem.phases) > 1:
            self._take_model()

    def _take_model(self) -> None:
        """Choose the model that holds now, and the step at which the next one does."""
        phase = self._problem.at(int(self._position[STEP]))
        model = self._problem.phases[phase][1]
        dynamics = ModelArrays(model.successor, model.reward, model.ending, model.cumulative, model.start_cumulative)
        self._world = loop.arguments(tuple(dynamics), self._compiled)
        later = self._problem.phases[phase + 1 :]
        self._changes_at = later[0][0] if later else ENDLESS

    def _take_environment(self, env: TabularEnv) -> None:
        begin, step = env.checked
        if self._compiled:
            self._run = answering(self._kernel, Stepped(begin, step), self._position, self._capacity)
        else:
            self._world = Stepped(begin, self._counted(step))

    def _counted(self, step: Callable[[int], Step]) -> Callable[[int], Step]:
        """Count the steps: a plain loop writes its position down only at its end."""

        def counted(action: int) -> Step:
            answer = step(action)
            self._done += 1
            return answer

        return counted

    @property
    def is_ready(self) -> bool:
        """Whether the first step will start at once; `compile` makes it so."""
        return not self._compiled or bool(self._kernel.signatures)

    def compile(self) -> None:
        """Compile the loop, or read it from the disk, without doing a step."""
        self._kernel(self._world, *self._given, *self._numbers, *self._state, 0, 0)

    @property
    def world_changes(self) -> bool:
        """Whether the next step is the first one in the next of the world's maps."""
        return bool(self._position[STEP] >= self._changes_at)

    def __call__(self, last_step: int, last_episode: int) -> None:
        if self.world_changes:
            self._take_model()
        until = min(last_step, self._changes_at)
        self._done = int(self._position[STEP])
        try:
            if self._environment is not None:
                self._take_environment(self._environment())
                self._environment = None
            self._run(self._world, *self._given, *self._numbers, *self._state, until, last_episode)
        except FaultyEnvironmentError as fault:
            done = int(self._position[STEP]) if self._compiled else self._done
            raise FaultyEnvironmentError(f"After {done:,} steps {fault}") from fault
