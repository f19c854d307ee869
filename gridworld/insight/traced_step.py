"""One step of a session, done by the plain loop on numbers that remember how they were computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gridworld.compiled import unpack
from gridworld.insight.numbers import CONSTANT, READ, Number, TracedTable, Write
from gridworld.training import loop
from gridworld.training.bound_loop import ENDLESS
from gridworld.training.loop import EPISODE, STEP
from gridworld.training.session import TrainingSession
from gridworld.training.step_sources import ENVIRONMENT, MODEL, ModelArrays, Stepped

REWARD = "reward of the step"


class TracedStep(NamedTuple):
    """What one step wrote into the agent's tables."""

    step: int  # the number of the step, counted from 1
    episode: int  # the number of its episode, counted from 1
    state: int  # in which it was taken
    action: int
    writes: list[Write]  # of all float64 tables, in their order


def trace_step(session: TrainingSession) -> TracedStep:
    """Do the next step of a session in its tables; the session is of no use for anything else afterwards.

    The tables have the same bits then as after `session.advance(1)`.
    """
    arrays, agent, visits = session.arrays(), session.agent, session.tables.N.copy()
    writes: list[Write] = []
    source, world = _world(session, writes)
    kernel = loop.build_loop(type(agent), agent.policy, source, False)
    position, rows = arrays["position"].copy(), np.zeros((1, arrays["log_rows"].shape[1]))
    position[[loop.ROW, loop.ROW_EPISODES]], position[loop.ROW_STRIDE] = 0, 2  # a history of its own, never full
    log = (rows, arrays["log_recent"].copy(), arrays["log_actions"].copy(), arrays["log_trail"].copy())
    memory = loop.arguments((position, arrays["figures"].copy()), False)
    limit = float(session.step_limit or np.inf)
    names = agent.hyperparameters()
    constants = tuple(Number(value, CONSTANT, name) for name, value in zip(names, agent.constants(), strict=True))
    numbers = constants, tuple(agent.exploration_schedule), limit
    step, episode = int(position[STEP]), int(position[EPISODE])
    kernel(
        world, (), _tables(session, writes), loop.arguments(log, False), *numbers, *memory,
        *_generators(session), step + 1, ENDLESS,
    )  # fmt: skip
    state, action = np.argwhere(visits != session.tables.N)[0].tolist()
    return TracedStep(step + 1, episode + 1, state, action, writes)


def _tables(session: TrainingSession, writes: list[Write]) -> tuple[Any, ...]:
    return tuple(
        TracedTable(name, array, writes) if array.dtype == np.float64 else memoryview(array)
        for name, array in session.tables._asdict().items()
    )


def _world(session: TrainingSession, writes: list[Write]) -> tuple[Any, tuple]:
    """Return the source of the step, whose rewards can be distinguished from all other numbers."""
    if session.stepped:
        begin, step = session.environment.checked
        return ENVIRONMENT, Stepped(begin, _with_traced_reward(step))
    model = session.problem.phases[session.problem.at(session.step)][1]
    dynamics = ModelArrays(model.successor, model.reward, model.ending, model.cumulative, model.start_cumulative)
    plain = dict(zip(ModelArrays._fields, loop.arguments(tuple(dynamics), False), strict=True))
    return MODEL, tuple(ModelArrays(**{**plain, "reward": TracedTable(REWARD, model.reward, writes)}))


def _with_traced_reward(step: Callable[[int], Any]) -> Callable[[int], tuple]:
    def traced(action: int) -> tuple:
        state, reward, ending, truncated = step(action)
        return state, Number(reward, READ, REWARD, ()), ending, truncated

    return traced


def _generators(session: TrainingSession) -> list[np.random.Generator]:
    """Return generators of the session's states; a stepped environment goes on with its own."""
    generators = [np.random.Generator(np.random.PCG64(0)) for _ in range(2)]
    for words, generator in zip(session.arrays()["generators"], generators, strict=True):
        unpack(words, generator)
    return generators
