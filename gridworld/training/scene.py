"""The picture of a tabular agent in its world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gridworld.agents import Agent
from gridworld.training import loop
from gridworld.training.loop import EPISODE, EPISODE_STEP, STEP, WINDOW
from gridworld.training.memory import Memory
from gridworld.training.update_watch import RecentUpdates
from gridworld.worlds.problem import Problem

TRAIL_SHOWN = 20


class Intervention(NamedTuple):
    """A change during the run, of hyperparameters or of its world, in force from this step, the first of an episode.

    The change "world" is the text of the edited world.
    """

    step: int
    episode: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """The newest picture of a tabular agent in its world.

    Attributes
    ----------
    state, trail
        Where the agent is, and the at most 20 states that it entered last, int64, the newest at the end.
    episode_step, episode_return
        Steps and return of the present episode.
    exploration
        Epsilon, the temperature or the confidence of this episode.
    best_return
        Of all episodes; -inf before the first one has ended.
    action_values, visits
        The tables Q, float64 [S, A], and N, int64 [S, A].
    recent_actions
        How often each action was taken in the last 50 episodes, int64 [A].
    recent
        The last 50 episodes at most, float64 [n, 5]: return, length, exploration, ending, mean |TD error|; the newest
        last.
    phase
        Which map of a changing world holds.
    interventions
        What was changed during the run.
    problem
        The world that it is a picture of.
    memory
        What else a map can show of the agent's tables, by name, float64 [S, A] each.
    updates
        The newest updates of each action value, where they were looked for.
    """

    state: int
    trail: np.ndarray
    episode_step: int
    episode_return: float
    exploration: float
    best_return: float
    action_values: np.ndarray
    visits: np.ndarray
    recent_actions: np.ndarray
    recent: np.ndarray
    phase: int = 0
    interventions: tuple[Intervention, ...] = ()
    problem: Problem | None = None
    memory: Mapping[str, np.ndarray] = field(default_factory=dict)
    updates: RecentUpdates | None = None

    def __repr__(self) -> str:
        return (
            f"<Scene: state {self.state}, step {self.episode_step:,} of its episode, {len(self.recent)} ended before>"
        )


def draw_scene(memory: Memory, agent: Agent, problem: Problem, interventions: Iterable[Intervention]) -> Scene:
    """Return the scene in a run's memory, copied. Before the first step the agent is at a likely start."""
    log, at, figures = memory.log, memory.position, memory.figures
    episode, episode_step = int(at[EPISODE]), int(at[EPISODE_STEP])
    trail = _newest(log.trail, int(at[loop.TRAIL_COUNT]), TRAIL_SHOWN)
    trail = np.maximum(trail, ~trail)  # an episode's first state s is written as -1 - s, which is ~s
    return Scene(
        state=int(trail[-1]) if len(trail) else problem.likely_start,
        trail=trail,
        episode_step=episode_step,
        episode_return=float(figures[loop.RETURN]),
        exploration=float(figures[loop.EXPLORATION]),
        best_return=float(figures[loop.BEST]),
        action_values=memory.tables.Q.copy(),
        visits=memory.tables.N.copy(),
        recent_actions=_newest(log.actions, episode + int(episode_step > 0), WINDOW).sum(0),
        recent=_newest(log.recent, episode, WINDOW),
        phase=problem.at(int(at[STEP])),
        interventions=tuple(interventions),
        problem=problem,
        memory={name: array.copy() for name, array in agent.shown(memory.tables).items()},
    )


def _newest(ring: np.ndarray, written: int, count: int) -> np.ndarray:
    """Return the newest rows of a ring that this many were written into, at most `count` of them, the newest last; a
    copy."""
    end = written % len(ring)
    first = end - min(count, written)
    return ring[first:end].copy() if first >= 0 else np.concatenate([ring[first:], ring[:end]])
