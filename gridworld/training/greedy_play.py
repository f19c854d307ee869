"""The greedy policy of a session at play, step by step; nothing is learned."""

from __future__ import annotations

from collections import deque
from copy import copy
from typing import Any

import numpy as np

from gridworld.planning.policies import best_actions, draw_action
from gridworld.training.loop import WINDOW
from gridworld.training.scene import TRAIL_SHOWN, Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.transition_model import Ending

STEP_LIMIT = 1_000  # of an episode in a world that has none: a greedy policy may walk in circles


class GreedyPlay:
    """Steps of the greedy policy of a session, which it leaves as it is; ties are broken at random.

    It steps the transition model in force at the session's step, or else a real environment, which is made by the
    first step; until then it shows the session's own state. It draws from a generator of its own.

    Parameters
    ----------
    session
        Whose action values are played, as they are now.
    seed
        Of ties and of chance in the world.
    """

    def __init__(self, session: TrainingSession, seed: int) -> None:
        self.problem = session.problem
        scene = session.scene()
        self._values, self._visits, self._phase = scene.action_values, scene.visits, scene.phase
        self._best_actions = best_actions(self._values)
        self._limit = session.step_limit or STEP_LIMIT
        self._world: _Model | _Environment = _Model(session) if self.problem.phases else _Environment(session)
        self._first_state = scene.state
        self._restart(seed)

    def again(self, seed: int) -> GreedyPlay:
        """Return the same policy at play from the beginning; this one stays as it is."""
        other = copy(self)
        other._world = self._world.again()
        other._restart(seed)
        return other

    def _restart(self, seed: int) -> None:
        self.step = self.episode = 0
        self._recent: deque[tuple[float, int, Ending]] = deque(maxlen=WINDOW)
        self._actions = np.zeros(self.problem.n_actions, np.int64)
        self._best = -np.inf
        self._generator = np.random.default_rng(seed)
        self._length, self._return, self.is_over = 0, 0.0, True
        self._state, self._trail = self._first_state, deque([self._first_state], maxlen=TRAIL_SHOWN)
        if self.problem.phases:
            self.begin_episode()

    def begin_episode(self) -> None:
        """Move to a start of the world."""
        self._state = self._world.begin(self._generator)
        self._trail = deque([self._state], maxlen=TRAIL_SHOWN)
        self._length, self._return, self.is_over = 0, 0.0, False

    def advance(self) -> None:
        """Take one step; the first after the end of an episode begins the next."""
        if self.is_over:
            self.begin_episode()
        action = draw_action(self._best_actions[self._state], self._generator)
        self._state, reward, ending, cut = self._world.step(self._state, action, self._generator)
        self._trail.append(self._state)
        self._actions[action] += 1
        self._length, self._return, self.step = self._length + 1, self._return + reward, self.step + 1
        if ending or cut or self._length >= self._limit:
            self._end_episode(Ending(ending))

    def _end_episode(self, ending: Ending) -> None:
        self.is_over = True
        self.episode += 1
        self._best = max(self._best, self._return)
        self._recent.append((self._return, self._length, ending))

    def scene(self) -> Scene:
        """Return the present scene; visits are those of the training."""
        recent = np.zeros((len(self._recent), 5))
        recent[:, [0, 1, 3]] = np.array(self._recent, float).reshape(-1, 3)
        return Scene(
            state=self._state,
            trail=np.array(self._trail, np.int64),
            episode_step=self._length,
            episode_return=self._return,
            exploration=0.0,
            best_return=self._best,
            action_values=self._values,
            visits=self._visits,
            recent_actions=self._actions.copy(),
            recent=recent,
            phase=self._phase,
            problem=self.problem,
        )

    def close(self) -> None:
        """Close the environment."""
        self._world.close()


class _Model:
    """The transition model that holds where a session stands."""

    def __init__(self, session: TrainingSession) -> None:
        self._model = session.problem.phases[session.problem.at(session.step)][1]

    def begin(self, generator: np.random.Generator) -> int:
        return int(np.argmax(self._model.start_cumulative > generator.random()))

    def step(self, state: int, action: int, generator: np.random.Generator) -> tuple[int, float, int, bool]:
        model = self._model
        outcome = state, action, int(np.argmax(model.cumulative[state, action] > generator.random()))
        return int(model.successor[outcome]), float(model.reward[outcome]), int(model.ending[outcome]), False

    def again(self) -> _Model:
        return self

    def close(self) -> None:
        """Do nothing: a model holds nothing open."""


class _Environment:
    """An environment of its own, for worlds whose model is not known."""

    def __init__(self, session: TrainingSession) -> None:
        self._make, self._seed = session.problem.make_env, session.settings.seed
        self._env: Any = None

    def again(self) -> _Environment:
        other = copy(self)
        other._env = None
        return other

    def begin(self, generator: np.random.Generator) -> int:
        if self._env is None:
            self._env = self._make()
            self._env.reset(seed=self._seed)  # of the spaces, from which an environment may draw
        self._env.unwrapped.np_random = generator
        return self._env.checked[0]()

    def step(self, state: int, action: int, generator: np.random.Generator) -> tuple[int, float, int, bool]:
        return self._env.checked[1](action)

    def close(self) -> None:
        if self._env is not None:
            self._env.close()
