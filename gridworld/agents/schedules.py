"""Schedules as data: from one episode to the next, x becomes clip(x * factor + change, low, high)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from gridworld.compiled import rule


class Schedule(NamedTuple):
    """A number that changes once an episode. Constant, linear and exponential are all of this form."""

    start: float
    factor: float = 1.0
    change: float = 0.0
    low: float = 0.0
    high: float = 1e300


def constant(start: float, end: float, decay: float) -> Schedule:
    """Return a schedule that stays at the start; end and decay are ignored."""
    return Schedule(start)


def linear(start: float, end: float, decay: float) -> Schedule:
    """Return a schedule from start to end in equal steps, each the share 1 - decay of the greater of the two."""
    pace = (1 - decay) * max(start, end)
    return Schedule(start, 1.0, pace if end > start else -pace, min(start, end), max(start, end))


def exponential(start: float, end: float, decay: float) -> Schedule:
    """Return a schedule from start to end by the factor decay (or by its inverse, upwards)."""
    return Schedule(start, 1 / decay if end > start else decay, 0.0, min(start, end), max(start, end))


SCHEDULES: dict[str, Callable[[float, float, float], Schedule]] = {
    "constant": constant,
    "linear": linear,
    "exponential": exponential,
}


@rule
def following(x, schedule):
    """Return the number of the next episode."""
    return min(max(x * schedule.factor + schedule.change, schedule.low), schedule.high)
