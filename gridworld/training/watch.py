"""What a loop can look out for while it goes on; without a watch it looks out for nothing, and that costs nothing.

A watch is a rule of the loop, as its agent is: `notices(watch, m, step, td_error, episode_return, ending, n) -> stop`,
called after each step. What it looks for, and what it has found, is in arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np

from gridworld.agents.policies import best
from gridworld.compiled import rule
from gridworld.training.followed_values import as_they_are

# where the whole numbers of a watch are
KIND, STATE, ACTION, STOPS, FOUND, WAS = range(6)
# where its other numbers are
NUMBER, BEFORE = range(2)


class Happening(IntEnum):
    """What can be looked out for after each step."""

    CHANGE = 0  # Q(state, action) has another value
    CROSSING = 1  # Q(state, action) goes to the other side of a number
    ENTRY = 2  # a step leads into the state
    END = 3  # an episode ends so: `ACTION` holds an `Ending`, -1 for any
    RETURN_ABOVE = 4  # of an episode that ends
    RETURN_BELOW = 5
    TD_ERROR = 6  # the absolute TD error is above a number
    ARROW = 7  # the best actions of the state are others


@rule
def nothing(watch, m, step, td_error, episode_return, ending, n):
    """Look out for nothing."""
    return False


@rule
def changes(whole, numbers, Q):
    """Return whether an action value changed; nan, of a run that diverged, stays nan."""
    now, before = Q[whole[STATE], whole[ACTION]], numbers[BEFORE]
    numbers[BEFORE] = now
    return now != before and (now == now or before == before)


@rule
def crosses(whole, numbers, Q):
    """Return whether an action value went to the other side of the number."""
    is_up = Q[whole[STATE], whole[ACTION]] >= numbers[NUMBER]
    was_up = numbers[BEFORE] >= numbers[NUMBER]
    numbers[BEFORE] = Q[whole[STATE], whole[ACTION]]
    return is_up != was_up


@rule
def turns(Q, s, arrows, row):
    """Return whether the best actions of a state are others than `arrows[row]` has, which follows."""
    top, has_turned = best(Q, s), False
    for a in range(Q.shape[1]):
        is_best = 1 if Q[s, a] == top else 0
        if is_best != arrows[row, a]:
            arrows[row, a] = is_best
            has_turned = True
    return has_turned


@rule
def happens(whole, numbers, arrows, m, step, td_error, episode_return, ending):
    """Return whether the step did what is looked out for."""
    kind = whole[KIND]
    if kind == 0:
        return changes(whole, numbers, m.Q)
    if kind == 1:
        return crosses(whole, numbers, m.Q)
    if kind == 2:
        return step.next_state == whole[STATE]
    if kind == 3:
        return step.over and (ending == whole[ACTION] or whole[ACTION] < 0)
    if kind == 4:
        return step.over and episode_return > numbers[NUMBER]
    if kind == 5:
        return step.over and episode_return < numbers[NUMBER]
    if kind == 6:
        return abs(td_error) > numbers[NUMBER]
    return turns(m.Q, whole[STATE], arrows, 0)


@rule
def notices(watch, m, step, td_error, episode_return, ending, n):
    """Write down the step if it did what is looked out for; return whether to stop after it."""
    whole, numbers, arrows = watch
    if happens(whole, numbers, arrows, m, step, td_error, episode_return, ending):
        whole[FOUND] = n
        return whole[STOPS] != 0
    return False


class Watch:
    """Looks out for one event. It changes no bit of the run.

    Parameters
    ----------
    event
        What is looked out for.
    state, action, number
        What the event is about, as far as it is about one.
    stops
        Whether the loop stops after the first step that does it; else the last such step is found.
    """

    rule: ClassVar[Callable[..., bool]] = staticmethod(notices)
    watched: ClassVar[Callable[..., tuple]] = staticmethod(
        as_they_are
    )  # `watched(tables, watch)`: what `learn` changes

    def __init__(
        self, event: int, state: int = 0, action: int = 0, number: float = 0.0, *, stops: bool = False
    ) -> None:
        self._whole = np.array([event, state, action, stops, -1, 0], np.int64)
        self._numbers = np.array([number, np.nan])

    def attach(self, session: Any) -> tuple[np.ndarray, ...]:
        """Return the arrays for the loop, from a session as it is now; called again where it was changed."""
        state, action = int(self._whole[STATE]), int(self._whole[ACTION])
        row = session.tables.Q[state : state + 1]
        self._numbers[BEFORE] = (
            row[0, action] if self._whole[KIND] in (Happening.CHANGE, Happening.CROSSING) else np.nan
        )
        return self._whole, self._numbers, arrows_of(row)

    @property
    def found(self) -> int | None:
        """After how many steps of the run it happened, the last time; None if it has not."""
        return int(self._whole[FOUND]) if self._whole[FOUND] >= 0 else None

    @property
    def has_stopped(self) -> bool:
        """Whether it has stopped the loop."""
        return bool(self._whole[STOPS]) and self._whole[FOUND] >= 0


def arrows_of(Q: np.ndarray) -> np.ndarray:
    """Return the best actions of each state, uint8 [S, A], as `turns` has them."""
    top = Q[:, 0].copy()
    for a in range(1, Q.shape[1]):
        np.copyto(top, Q[:, a], where=Q[:, a] > top)
    return (top[:, None] == Q).astype(np.uint8)
