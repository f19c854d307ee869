"""Watches for all arrows of a run at once: any that turns, and the greedy path that becomes optimal.

A step of some agents changes values in many states. The loop notes in which, so that only those are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gridworld.agents.policies import best
from gridworld.compiled import rule
from gridworld.planning.optimum import solve
from gridworld.training.followed_values import let_loops_write
from gridworld.training.watch import FOUND, KIND, STOPS, WAS, Watch, arrows_of, turns
from gridworld.worlds.transition_model import TransitionModel

ANY_ARROW, OPTIMAL_PATH = range(2)
Best = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""`optimal`, `starts`, `successor` and `goes_on` of `PathWatched`."""


class NotedTable(NamedTuple):
    """The action values as `learn` sees them under such a watch: the states whose arrows may turn are noted."""

    values: Any  # float64 [S, A]
    shape: tuple[int, int]
    arrows: Any  # uint8 [S, A]: the best actions at the last look
    top: Any  # float64 [S]: their value now
    bests: Any  # int64 [S]: how many they are
    is_noted: Any  # uint8 [S]
    places: Any  # int64 [S]: the states noted since the last look, each once
    noted: Any  # int64 [1]: how many they are

    def __getitem__(self, place: Any) -> Any:
        return self.values[place]

    def __setitem__(self, place: Any, value: float) -> None:
        write(self, place, value)


@rule
def write(table, place, value):
    """Write an action value, and note its state unless its best actions are sure to stay."""
    s, a = place
    old = table.values[s, a]
    table.values[s, a] = value
    if value == old or table.is_noted[s] != 0:
        return
    if table.arrows[s, a] == 0:
        if value < table.top[s]:
            return
    elif value > old and table.bests[s] == 1:
        table.top[s] = value
        return
    table.is_noted[s] = 1
    table.places[table.noted[0]] = s
    table.noted[0] += 1


class PathWatched(NamedTuple):
    """The arrays of such a watch."""

    whole: np.ndarray  # int64 [6], as of every watch
    arrows: np.ndarray  # the next six as `NotedTable` has them
    top: np.ndarray
    bests: np.ndarray
    is_noted: np.ndarray
    places: np.ndarray
    noted: np.ndarray
    optimal: np.ndarray  # uint8 [S, A]: the actions that are best by q*
    starts: np.ndarray  # int64 [n]
    successor: np.ndarray  # uint32 [S, A, K]
    goes_on: np.ndarray  # uint8 [S, A, K]: whether an outcome has a probability and does not end the episode
    seen: np.ndarray  # uint8 [S]: 1 where the last look came to, 2 where it looked at the arrows
    reached: np.ndarray  # int64 [S]: those states
    end: np.ndarray  # int64 [1]: how many they are


@rule
def noting(tables, watch):
    """Return the tables with action values that note where they are written."""
    Q, shape = tables[0], (tables[0].shape[0], tables[0].shape[1])
    noted = NotedTable(Q, shape, watch[1], watch[2], watch[3], watch[4], watch[5], watch[6])
    return (noted,) + tables[1:]  # noqa: RUF005  numba can't unpack here


@rule
def is_optimal(w):
    """Return whether every way that the best actions can take from a start consists of optimal actions."""
    for i in range(w.end[0]):
        w.seen[w.reached[i]] = 0
    end, here, holds = 0, 0, True
    for i in range(w.starts.shape[0]):
        w.seen[w.starts[i]] = 1
        w.reached[end] = w.starts[i]
        end += 1
    while here < end and holds:
        s = w.reached[here]
        w.seen[s] = 2
        here += 1
        for a in range(w.arrows.shape[1]):
            if w.arrows[s, a] == 0:
                continue
            if w.optimal[s, a] == 0:
                holds = False
                break
            for k in range(w.successor.shape[2]):
                s2 = w.successor[s, a, k]
                if w.goes_on[s, a, k] != 0 and w.seen[s2] == 0:
                    w.seen[s2] = 1
                    w.reached[end] = s2
                    end += 1
    w.end[0] = end
    return holds


@rule
def notices_arrows(watch, m, step, td_error, episode_return, ending, n):
    """Write down the step if an arrow turned, or if it made the greedy path optimal."""
    w = PathWatched(*watch)
    happens, on_the_path = False, False
    for i in range(w.noted[0]):
        s = w.places[i]
        w.is_noted[s] = 0
        if turns(m.Q, s, w.arrows, s):
            happens = True
            on_the_path = on_the_path or w.seen[s] == 2
        w.top[s], w.bests[s] = best(m.Q, s), 0
        for a in range(w.arrows.shape[1]):
            w.bests[s] += w.arrows[s, a]
    w.noted[0] = 0
    if happens and w.whole[KIND] == 1:
        was = w.whole[WAS]
        if on_the_path:
            w.whole[WAS] = 1 if is_optimal(w) else 0
        happens = w.whole[WAS] != 0 and was == 0
    if happens:
        w.whole[FOUND] = n
        return w.whole[STOPS] != 0
    return False


let_loops_write(NotedTable, write)


class ArrowsWatch(Watch):
    """Looks out for any arrow that turns, or for the greedy path to become optimal.

    Parameters
    ----------
    event
        `ANY_ARROW` or `OPTIMAL_PATH`.
    stops
        As for `Watch`.
    """

    rule: ClassVar[Callable[..., bool]] = staticmethod(notices_arrows)
    watched: ClassVar[Callable[..., tuple]] = staticmethod(noting)

    def attach(self, session: Any) -> tuple[np.ndarray, ...]:
        """Return the arrays for the loop. Raises ValueError, in a sentence, where the optimal actions aren't known."""
        Q, zeros = session.tables.Q, np.zeros
        states = len(Q)
        parts = self._best_of(session) if self._whole[KIND] == OPTIMAL_PATH else _NOTHING
        arrows = arrows_of(Q)
        top = np.where(arrows, Q, -np.inf).max(1)
        noted = zeros(states, np.uint8), zeros(states, np.int64), zeros(1, np.int64)
        looked = zeros(states, np.uint8), zeros(states, np.int64), zeros(1, np.int64)
        first = (self._whole, arrows, top, arrows.sum(1, dtype=np.int64))
        watched = PathWatched._make((*first, *noted, *parts, *looked))
        if self._whole[KIND] == OPTIMAL_PATH:
            self._whole[WAS] = is_optimal(watched)
        return tuple(watched)

    def _best_of(self, session: Any) -> Best:
        """Return what the greedy path is compared with; in a world that an edit left without a best, nothing is."""
        try:
            parts = _best_of(session)
        except ValueError:
            if not self._is_attached:
                raise
            model = session.problem.phases[session.problem.at(session.step)][1]
            none = np.zeros(model.successor.shape[:2], np.uint8)
            parts = none, np.flatnonzero(model.start), model.successor, _goes_on(model)
        self._is_attached = True
        return parts

    _is_attached = False


_NOTHING = (
    np.zeros((0, 0), np.uint8),
    np.zeros(0, np.int64),
    np.zeros((0, 0, 0), np.uint32),
    np.zeros((0, 0, 0), np.uint8),
)


def _best_of(session: Any) -> Best:
    """Return the optimal actions of the world in force for the agent's discount, and where actions lead."""
    phases, discount = session.problem.phases, getattr(session.agent, "discount", None)
    if not phases or discount is None:
        raise ValueError(
            "The best actions of this world are not known, so it can't be seen when the greedy path becomes optimal; "
            "choose another condition."
        )
    model = phases[session.problem.at(session.step)][1]
    return _optimal(model, discount), np.flatnonzero(model.start), model.successor, _goes_on(model)


@lru_cache(maxsize=4)
def _optimal(model: TransitionModel, discount: float) -> np.ndarray:
    """Return the optimal actions, uint8 [S, A]. Raises ValueError where there are none or they are not found."""
    try:
        return solve(model, discount).best_actions.astype(np.uint8)
    except RuntimeError as problem:
        raise ValueError(f"The best actions of this world were not found: {problem}") from problem


@lru_cache(maxsize=4)
def _goes_on(model: TransitionModel) -> np.ndarray:
    return ((model.probability > 0) & (model.ending == 0)).astype(np.uint8)
