"""The inner loop, written once: it runs compiled or plain, over a transition model or with a real environment.

The loop is made in a factory that closes over rules and nothing else; only so can numba keep it on disk. It may stop
after any step and go on later: all that decides the future is in the arrays it is given.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gridworld import compiled
from gridworld.agents import base, policies, schedules
from gridworld.agents.base import Agent, Transition
from gridworld.agents.policies import Policy
from gridworld.agents.schedules import Schedule, following
from gridworld.compiled import F, index, rule
from gridworld.training import followed_values, step_sources, watch
from gridworld.training.followed_values import as_they_are
from gridworld.training.step_sources import Source
from gridworld.training.watch import nothing

WINDOW = 50  # episodes that the rolling means look back
RECENT = 64
TRAIL = 1024
USUAL = 4  # actions, of most worlds
LONGEST_RUN = 1 << 53  # steps; up to here a float64 holds every count exactly

# where the whole numbers of a position are
STATE, ACTION, EPISODE_STEP, EPISODE, STEP, ROW, ROW_EPISODES, ROW_STRIDE, TRAIL_COUNT = range(9)
# where its running figures are
RETURN, EXPLORATION, TD_ERROR, WINDOW_RETURN, WINDOW_LENGTH, BEST = range(6)


class Log(NamedTuple):
    """What the loop writes down."""

    rows: np.ndarray  # float64 [C, columns of EPISODES]
    recent: np.ndarray  # float64 [64, 5]: return, length, exploration, ending, mean |TD error|; by episode modulo 64
    actions: np.ndarray  # int64 [64, A]: how often each was taken; by episode modulo 64
    trail: np.ndarray  # int64 [1024]: states entered, -1 - s where an episode begins; by count modulo 1024


@rule
def remember(log, values, episode, length, ending, x):
    """Put a finished episode among the recent ones and into the sums over the last 50; return its mean |TD error|."""
    recent, here = log.recent, episode & (RECENT - 1)
    error = values[TD_ERROR] / length
    recent[here, 0], recent[here, 1], recent[here, 2] = values[RETURN], length, x
    recent[here, 3], recent[here, 4] = ending, error
    values[WINDOW_RETURN] += values[RETURN]
    values[WINDOW_LENGTH] += length
    if episode >= WINDOW:
        left = (episode - WINDOW) & (RECENT - 1)
        values[WINDOW_RETURN] -= recent[left, 0]
        values[WINDOW_LENGTH] -= recent[left, 1]
    if here == RECENT - 1:  # now and then from scratch, so that rounding can't add up
        values[WINDOW_RETURN], values[WINDOW_LENGTH] = 0.0, 0.0
        for past in range(RECENT - WINDOW, RECENT):
            values[WINDOW_RETURN] += recent[past, 0]
            values[WINDOW_LENGTH] += recent[past, 1]
    values[BEST] = max(values[BEST], values[RETURN])
    return error


@rule
def write_row(log, at, values, episode, step, length, ending, x, error):
    """Add a finished episode to the row of the history that it belongs to (the columns of `EPISODES`)."""
    rows, row, seen = log.rows, at[ROW], min(episode + 1, WINDOW)
    total = values[RETURN]
    if at[ROW_EPISODES] == 0:
        for column in range(rows.shape[1]):
            rows[row, column] = 0.0
        rows[row, 4], rows[row, 5] = total, total
    rows[row, 0], rows[row, 1] = episode + 1, step
    rows[row, 2] += 1.0
    rows[row, 3] += total
    rows[row, 4], rows[row, 5] = min(rows[row, 4], total), max(rows[row, 5], total)
    rows[row, 6] += length
    rows[row, 7] = x
    rows[row, 8] += error
    rows[row, 9] += 1.0 if ending != 0 else 0.0
    rows[row, 10] += 1.0 if ending == 2 else 0.0
    rows[row, 11], rows[row, 12] = values[WINDOW_RETURN] / seen, values[WINDOW_LENGTH] / seen
    at[ROW_EPISODES] += 1
    if at[ROW_EPISODES] == at[ROW_STRIDE]:
        at[ROW], at[ROW_EPISODES] = row + 1, 0


def make_loop(
    world_type,
    begin,
    step,
    asks,
    answered,
    fits,
    tables_type,
    constants_type,
    act,
    mean,
    learn,
    on_policy,
    notices,
    watched,
    actions,
    stamp,
):
    """Run one kind of world, one policy, one agent and one watch; return whether it waits for its action to be done."""

    def loop(
        world_,
        watch,
        tables_,
        log_,
        constants_,
        schedule_,
        step_limit,
        at,
        values,
        agent_rng,
        world_rng,
        last_step,
        last_episode,
    ):
        stamp  # noqa: B018  a closure cell: part of the key of numba's disk cache
        world, m, log = world_type(*world_), tables_type(*tables_), Log(*log_)
        if actions and (m.Q.shape[1] != actions or m.N.shape[1] != actions or log.actions.shape[1] != actions):
            return False  # never; from here on the compiler knows the number
        if actions and not fits(world, actions):
            return False
        limit = int(min(step_limit, 1e18))  # whole numbers compare faster
        learning = tables_type(*watched(tables_, watch))
        k, schedule = constants_type(*constants_), Schedule(*schedule_)
        s, a, t, episode, n = index(at[STATE]), index(at[ACTION]), at[EPISODE_STEP], at[EPISODE], at[STEP]
        trail, x, chosen, waiting = at[TRAIL_COUNT], values[EXPLORATION], answered(world), False
        while n < last_step and episode < last_episode and at[ROW] < log.rows.shape[0]:
            recent = episode & (RECENT - 1)
            if chosen:
                pass
            elif t == 0:
                s = index(begin(world, world_rng))
                log.trail[trail & (TRAIL - 1)] = -1 - s
                trail += 1
                values[RETURN], values[TD_ERROR] = 0.0, 0.0
                for action in range(log.actions.shape[1]):
                    log.actions[recent, action] = 0
                a = index(act(m, s, x, agent_rng))
            elif not on_policy:
                a = index(act(m, s, x, agent_rng))
            if asks(world) and not chosen:
                waiting = True
                break
            chosen = False
            s2, reward, ending, cut = step(world, s, a, world_rng)
            s2 = index(s2)
            t += 1
            n += 1
            terminated = ending != 0
            over = terminated or cut or t >= limit
            values[RETURN] += reward
            m.N[s, a] += 1
            log.actions[recent, a] += 1
            log.trail[trail & (TRAIL - 1)] = s2
            trail += 1
            a2 = index(act(m, s2, x, agent_rng) if on_policy and not terminated else 0)
            transition = Transition(s, a, reward, s2, a2, terminated, over)
            td_error = learn(learning, k, transition, x, mean, agent_rng)
            values[TD_ERROR] += td_error
            has_noticed = notices(watch, m, transition, td_error, values[RETURN], ending, n)
            s, a = s2, a2
            if over:
                error = remember(log, values, episode, t, ending, x)
                write_row(log, at, values, episode, n, t, ending, x, error)
                t, episode, x = 0, episode + 1, following(x, schedule)
            if has_noticed:
                break
        at[STATE], at[ACTION], at[EPISODE_STEP], at[EPISODE], at[STEP] = s, a, t, episode, n
        at[TRAIL_COUNT], values[EXPLORATION] = trail, x
        return waiting

    return loop


def once(function: F) -> F:
    """Cache as `functools.cache` does, which mypy doesn't let take classes, with the function's own signature."""
    return cache(function)  # type: ignore[return-value]


@once
def constants_type(agent: type[Agent]) -> type:
    """Return the named tuple through which the rules of an agent read its hyperparameters.

    It is in this module, where numba's disk cache finds it even if the agent's class is that of a script.
    """
    name = re.sub(r"\W", "_", f"Constants of {agent.__module__}.{agent.__qualname__}")
    made = NamedTuple(name, [(field, float) for field in agent.hyperparameters()])  # type: ignore[misc]
    made.__module__ = __name__
    globals()[name] = made
    return made


@once
def build_loop(
    agent: type[Agent],
    policy: type[Policy],
    source: Source,
    compile_it: bool,
    actions: int = 0,
    notices: Callable[..., bool] = nothing,
    watched: Callable[..., tuple] = as_they_are,
) -> Callable[..., bool]:
    """Return the loop of an agent; compiled once a machine, then read from numba's disk cache.

    Parameters
    ----------
    actions
        How many there are, known to the compiler; 0: any number. Only `USUAL` is worth a loop of its own.
    notices
        A rule of `watch`: the loop stops after the step in which it returns True.
    watched
        A rule of the same watch: `watched(tables, watch)` returns the tables as `learn` sees them.
    """
    shared = [module.__file__ for module in (compiled, policies, schedules, step_sources, followed_values, watch)]
    own = [_source_file(cls) for cls in (*agent.__mro__, policy) if issubclass(cls, Agent) or cls is policy]
    own += [_source_file(rule) for rule in (notices, watched)]
    stamp = compiled.checksum(*filter(None, [*shared, __file__, *_agent_files(), *own]))
    loop = make_loop(
        *source,
        agent.tables,
        constants_type(agent),
        policy.act,
        policy.mean,
        agent.learn,
        agent.on_policy,
        notices,
        watched,
        actions,
        stamp,
    )
    return compiled.compile_loop(loop) if compile_it else loop


def _agent_files() -> list[str]:
    """Return the modules of the built-in agents, whose rules may call one another."""
    return [str(path) for path in Path(base.__file__).parent.glob("*.py")]


def _source_file(code: Callable[..., Any]) -> str | None:
    """Return the file a class or a rule was written in; one typed into a notebook has none that stays."""
    try:
        return inspect.getsourcefile(code)
    except (TypeError, OSError):
        return None


def arguments(arrays: tuple[Any, ...], compile_it: bool) -> tuple[Any, ...]:
    """Return arrays for a compiled loop, or memoryviews for a plain one, so that it computes on Python numbers."""
    return arrays if compile_it else tuple(memoryview(array) for array in arrays)
