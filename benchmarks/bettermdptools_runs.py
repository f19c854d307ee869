"""Runs a second of bettermdptools on Gymnasium's cliff, for `experiments.py`, which runs this where it is installed.

Needs no more than bettermdptools itself, whose numpy is older than ours: give `experiments.py` the Python of another
environment.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from statistics import median
from time import thread_time

import gymnasium as gym
from bettermdptools.algorithms.rl import RL

EPISODES, RUNS = 500, 5
CONSTANT = {"gamma": 1.0, "init_alpha": 0.5, "min_alpha": 0.5, "init_epsilon": 0.1, "min_epsilon": 0.1}


def rate(agent: str) -> float:
    """Return runs a second of processor time, the median of a few."""
    spent = []
    for seed in range(RUNS):
        learn = getattr(RL(gym.make("CliffWalking-v1")), agent)
        began = thread_time()
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
            learn(n_episodes=EPISODES, seed=seed, **CONSTANT)
        spent.append(thread_time() - began)
    return 1 / median(spent)


if __name__ == "__main__":
    print(json.dumps({agent: rate(agent) for agent in ("sarsa", "q_learning")}))
