"""Where a loop's steps come from: a transition model, a real environment, or the answers of one.

Each kind has the same rules: `begin(world, rng) -> state`, `step(world, s, a, rng) -> (successor, reward, ending,
truncated)`, `asks(world)`, whether the loop must return to have a step done, `answered(world)`, whether one was, and
`fits(world, actions)`, whether its arrays are of one form with this many actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gridworld.compiled import rule, uniform


class ModelArrays(NamedTuple):
    """A transition model as the loop samples it."""

    successor: np.ndarray  # uint32 [S, A, K]
    reward: np.ndarray  # float64 [S, A, K]
    ending: np.ndarray  # uint8 [S, A, K]
    cumulative: np.ndarray  # float64 [S, A, K]
    start: np.ndarray  # float64 [S], cumulative


class Stepped(NamedTuple):
    """A real environment, which only a plain loop can call."""

    begin: Callable[[], int]
    step: Callable[[int], tuple[int, float, int, bool]]


class Answer(NamedTuple):
    """What an environment answered to a step; or to a reset: then only the state counts, and the ending is negative."""

    state: int
    reward: float
    ending: int
    truncated: bool


@rule
def model_begin(world, rng):
    """Draw once, and search the outcomes by halves."""
    u, low, high = uniform(rng), 0, world.start.shape[0] - 1
    while low < high:
        middle = (low + high) >> 1
        if world.start[middle] <= u:
            low = middle + 1
        else:
            high = middle
    return low


@rule
def model_step(world, s, a, rng):
    """Draw once. A model never truncates."""
    u, k = uniform(rng), 0
    for outcome in range(world.cumulative.shape[2] - 1):  # to the end: a loop without a break has no branch to guess
        k += world.cumulative[s, a, outcome] <= u
    return world.successor[s, a, k], world.reward[s, a, k], world.ending[s, a, k], False


@rule
def model_fits(world, actions):
    """Compare the forms of the arrays; a loop that returns where they differ is compiled for arrays that don't."""
    outcomes = world.successor.shape[2]
    fits = world.successor.shape[1] == actions
    fits = fits and world.reward.shape[1] == actions and world.reward.shape[2] == outcomes
    fits = fits and world.ending.shape[1] == actions and world.ending.shape[2] == outcomes
    return fits and world.cumulative.shape[1] == actions and world.cumulative.shape[2] == outcomes


def env_begin(world, rng):
    """Draw nothing: the environment draws from its own generator."""
    return world.begin()


def env_step(world, s, a, rng):
    """Draw nothing: the environment draws from its own generator."""
    return world.step(a)


@rule
def answer_begin(world, rng):
    """Return the state a reset gave."""
    return world.state


@rule
def answer_step(world, s, a, rng):
    """Return the step that was answered."""
    return world.state, world.reward, world.ending, world.truncated


@rule
def never(world):
    """Return False: the loop does its steps itself."""
    return False


@rule
def always_fits(world, actions):
    """Return True: there are no arrays."""
    return True


@rule
def always(world):
    """Return True: the loop has each step done for it."""
    return True


@rule
def is_given(world):
    """Return whether the action chosen last has its answer."""
    return world.ending >= 0


class Source(NamedTuple):
    """A kind of world: the type of its arguments, and its rules."""

    arguments: type
    begin: Callable
    step: Callable
    asks: Callable
    answered: Callable
    fits: Callable


MODEL = Source(ModelArrays, model_begin, model_step, never, never, model_fits)
ENVIRONMENT = Source(Stepped, env_begin, env_step, never, never, always_fits)
ANSWERS = Source(Answer, answer_begin, answer_step, always, is_given, always_fits)
