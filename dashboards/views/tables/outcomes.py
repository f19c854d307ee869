"""How an episode ended, in words."""

from __future__ import annotations

import numpy as np

from gridworld.worlds.layout import Kind
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

CUT = "cut at the step limit"
ON_A_MAP = {Ending.NONE: CUT, Ending.FAILURE: "ended badly", Ending.SUCCESS: "reached the goal"}


def outcome(problem: Problem, ending: Ending, episode_return: float) -> str:
    """Return the ending of an episode: at a goal or not where a map has one, won or lost in a game like Blackjack."""
    has_goal = any(np.isin(layout.kinds, [Kind.GOAL, Kind.EXIT]).any() for _, layout in problem.layouts[:1])
    if has_goal or ending is Ending.NONE:
        return ON_A_MAP[ending]
    if ending is Ending.SUCCESS:
        return "won"
    return "lost" if episode_return < 0 else "broke even"
