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
from gridworld.training.watch import FOUND, KIND, STOPS, WAS, Watch, arrows_of
from gridworld.worlds.transition_model import TransitionModel

ANY_ARROW, OPTIMAL_PATH = range(2)
Best = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""`optimal`, `successor` and `goes_on` of `PathWatched`, and the states that episodes start in."""


class NotedTable(NamedTuple):
    """The action values as `learn` sees them under such a watch: the states whose arrows may turn are noted."""

    values: Any  # float64 [S, A]
    shape: tuple[int, int]
    arrows: Any  # uint8 [S, A]: the best actions at the last look
    top: Any  # float64 [S]: their value then
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
    table.values[s, a] = value
    is_best = table.arrows[s, a]
    if (value < table.top[s]) != is_best and (is_best == 0 or table.bests[s] == 1):
        return
    if table.is_noted[s] == 0:
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
    successor: np.ndarray  # uint32 [S, A, K]
    goes_on: np.ndarray  # uint8 [S, A, K]: whether an outcome has a probability and does not end the episode
    reached: np.ndarray  # int64 [S]: the states that the last look at the path came to, in that order
    place: np.ndarray  # int64 [S]: their places in it, from 1 on, and 0 elsewhere
    known: np.ndarray  # int64 [S]: for each of them how many had been come to before its arrows were looked at
    end: np.ndarray  # int64 [2]: how many had been come to at last, and of how many the arrows were looked at


@rule
def noting(tables, watch):
    """Return the tables with action values that note where they are written."""
    Q, shape = tables[0], (tables[0].shape[0], tables[0].shape[1])
    noted = NotedTable(Q, shape, watch[1], watch[2], watch[3], watch[4], watch[5], watch[6])
    return (noted,) + tables[1:]  # noqa: RUF005  numba can't unpack here


@rule
def look(w, Q, s):
    """Write down the best actions of a state and return whether they are others than before."""
    top, bests, has_turned = best(Q, s), 0, False
    for a in range(Q.shape[1]):
        is_best = 1 if Q[s, a] == top else 0
        bests += is_best
        has_turned |= is_best != w.arrows[s, a]
        w.arrows[s, a] = is_best
    w.top[s], w.bests[s] = top, bests
    return has_turned


@rule
def is_optimal(w, place):
    """Return whether every way that the best actions can take from a start consists of optimal actions.

    The path is looked at again from one of its places on, as far as it is optimal; before it all has to be as it was.
    """
    here, end, holds = place - 1, w.known[place - 1], True
    for i in range(end, w.end[0]):
        w.place[w.reached[i]] = 0
    while here < end and holds:
        s = w.reached[here]
        w.known[here] = end
        here += 1
        for a in range(w.arrows.shape[1]):
            if w.arrows[s, a] == 0:
                continue
            if w.optimal[s, a] == 0:
                holds = False
                break
            for k in range(w.successor.shape[2]):
                s2 = w.successor[s, a, k]
                if w.goes_on[s, a, k] != 0 and w.place[s2] == 0:
                    w.reached[end] = s2
                    end += 1
                    w.place[s2] = end
    w.end[0], w.end[1] = end, here
    return holds


@rule
def notices_arrows(watch, m, step, td_error, episode_return, ending, n):
    """Write down the step if an arrow turned, or if it made the greedy path optimal."""
    w = PathWatched(*watch)
    happens, first = False, 0
    for i in range(w.noted[0]):
        s = w.places[i]
        w.is_noted[s] = 0
        if look(w, m.Q, s):
            happens = True
            if 0 < w.place[s] <= w.end[1] and (first == 0 or w.place[s] < first):
                first = w.place[s]
    w.noted[0] = 0
    if happens and w.whole[KIND] == 1:
        was = w.whole[WAS]
        if first > 0:
            w.whole[WAS] = 1 if is_optimal(w, first) else 0
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
        *parts, starts = self._best_of(session) if self._whole[KIND] == OPTIMAL_PATH else _NOTHING
        arrows = arrows_of(Q)
        top = np.where(arrows, Q, -np.inf).max(1)
        noted = zeros(states, np.uint8), zeros(states, np.int64), zeros(1, np.int64)
        looked = zeros(states, np.int64), zeros(states, np.int64), zeros(states, np.int64), zeros(2, np.int64)
        first = (self._whole, arrows, top, arrows.sum(1, dtype=np.int64))
        watched = PathWatched._make((*first, *noted, *parts, *looked))
        if self._whole[KIND] == OPTIMAL_PATH:
            watched.reached[: len(starts)] = starts
            watched.place[starts] = 1 + np.arange(len(starts))
            watched.known[0] = len(starts)
            self._whole[WAS] = is_optimal(watched, 1)
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
            parts = none, model.successor, _goes_on(model), np.flatnonzero(model.start)
        self._is_attached = True
        return parts

    _is_attached = False


_NOTHING = (
    np.zeros((0, 0), np.uint8),
    np.zeros((0, 0, 0), np.uint32),
    np.zeros((0, 0, 0), np.uint8),
    np.zeros(0, np.int64),
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
    return _optimal(model, discount), model.successor, _goes_on(model), np.flatnonzero(model.start)


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
