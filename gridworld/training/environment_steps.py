"""A compiled loop and a real environment: the loop returns where it needs a step, and is called again with the answer.

A compiled loop can't call an environment. So it returns with the action chosen and goes on with the answer; that is one
call a step, and the agent computes at full speed whatever the environment is written in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.training.loop import ACTION, EPISODE, EPISODE_STEP, ROW, STEP
from gridworld.training.step_sources import Answer, Stepped

NOTHING = tuple(Answer(0, 0.0, -1, False))


def answering(loop: Callable[..., bool], world: Stepped, at: np.ndarray, capacity: int) -> Callable[..., None]:
    """Return a loop over `ANSWERS` as one that steps the environment `world`.

    `at` is the position, int64 [9], and `capacity` how many rows of history there is room for.
    """
    begin, step = world
    place = at.data

    def run(nothing: tuple, *arguments: Any) -> None:
        *fixed, last_step, last_episode = arguments
        while place[STEP] < last_step and place[EPISODE] < last_episode and place[ROW] < capacity:
            rest = (*fixed, last_step, place[EPISODE] + 1)
            state = begin() if place[EPISODE_STEP] == 0 else 0
            waits = loop((state, *NOTHING[1:]), *rest)
            while waits:
                waits = loop(step(place[ACTION]), *rest)

    return run
