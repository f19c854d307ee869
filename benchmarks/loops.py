"""What this project's loops are measured against: the loop of a tutorial, and one written for speed with lists."""

from __future__ import annotations

import random
from collections import defaultdict

import gymnasium as gym
import numpy as np

STEP_SIZE, DISCOUNT, EPSILON = 0.1, 0.99, 0.1


class TutorialAgent:
    """Q-learning as Gymnasium's tutorial "Training an agent" writes it: a dict of numpy rows, `np.argmax`, `np.max`."""

    def __init__(self, env: gym.Env) -> None:
        self.env = env
        self.q_values: defaultdict = defaultdict(lambda: np.zeros(env.action_space.n))  # type: ignore[attr-defined]
        self.training_error: list[float] = []

    def get_action(self, state: int) -> int:
        if np.random.random() < EPSILON:  # noqa: NPY002  as the tutorial does
            return self.env.action_space.sample()
        return int(np.argmax(self.q_values[state]))

    def update(self, state: int, action: int, reward: float, terminated: bool, next_state: int) -> None:
        future = (not terminated) * np.max(self.q_values[next_state])
        error = reward + DISCOUNT * future - self.q_values[state][action]
        self.q_values[state][action] = self.q_values[state][action] + STEP_SIZE * error
        self.training_error.append(error)


def tutorial_loop(env: gym.Env, steps: int) -> None:
    """Do this many steps with the tutorial's agent."""
    agent = TutorialAgent(env)
    state, _ = env.reset(seed=0)
    for _ in range(steps):
        action = agent.get_action(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        agent.update(state, action, float(reward), terminated, next_state)
        state = env.reset()[0] if terminated or truncated else next_state


def list_loop(env: gym.Env, steps: int) -> None:
    """Do this many steps of Q-learning with all that makes plain Python fast: lists, locals, the first best action."""
    actions = int(env.action_space.n)  # type: ignore[attr-defined]
    Q = [[0.0] * actions for _ in range(int(env.observation_space.n))]  # type: ignore[attr-defined]
    draw, step, reset = random.Random(0).random, env.step, env.reset
    state, _ = reset(seed=0)
    for _ in range(steps):
        row = Q[state]
        action = int(draw() * actions) if draw() < EPSILON else row.index(max(row))
        state, reward, terminated, truncated, _ = step(action)
        target = reward if terminated else reward + DISCOUNT * max(Q[state])  # type: ignore[operator]
        row[action] += STEP_SIZE * (target - row[action])
        if terminated or truncated:
            state, _ = reset()
