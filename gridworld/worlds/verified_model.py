"""The transition table that an environment publishes, where the environment keeps to it."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.worlds.transition_model import Ending, TransitionModel

VERIFIED_STEPS = 2_000


def trusted_model(env: gym.Env) -> tuple[TransitionModel | None, str]:
    """The model an environment publishes, if live steps obey it draw for draw; else why not."""
    inner: Any = env.unwrapped
    if not hasattr(inner, "P") or not hasattr(inner, "initial_state_distrib"):
        return (
            None,
            "it publishes no transition table (`P`, `initial_state_distrib`), so each step asks the environment",
        )
    try:
        model = TransitionModel.from_dynamics(inner.P, inner.initial_state_distrib)
    except (ValueError, TypeError, KeyError, IndexError) as problem:
        return None, f"its transition table `P` can't be read ({problem}), so each step asks the environment"
    if _obeys(inner, model):
        return model, ""
    return None, "it doesn't follow its own transition table `P`, so each step asks the environment"


def _obeys(env: gym.Env, model: TransitionModel) -> bool:
    """Whether live steps and sampled ones agree in everything, the generator's state included."""
    choose = np.random.default_rng(0)
    for seed in range(8):
        state, _ = env.reset(seed=seed)
        ours = copy.deepcopy(env.np_random)
        ours.bit_generator.state = np.random.default_rng(seed).bit_generator.state
        if state != np.argmax(model.start_cumulative > ours.random()):
            return False
        for _ in range(VERIFIED_STEPS // 8):
            action = int(choose.integers(model.n_actions))
            outcome = int(np.argmax(model.cumulative[state, action] > ours.random()))
            told = tuple(array[state, action, outcome] for array in (model.successor, model.reward))
            ended = model.ending[state, action, outcome] != Ending.NONE
            state, reward, terminated, truncated, _ = env.step(action)
            if (state, reward) != told or terminated != ended or truncated:
                return False
            if terminated:
                state, _ = env.reset()
                if state != np.argmax(model.start_cumulative > ours.random()):
                    return False
        if env.np_random.bit_generator.state != ours.bit_generator.state:
            return False
    return True
