"""A trained agent at play: its greedy policy, step by step, and nothing is learned."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.planning.policies import best_actions, draw_action
from gridworld.runs.commands import Command, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.paced import PacedRun
from gridworld.training.environment_steps import steps_of
from gridworld.training.loop import WINDOW
from gridworld.training.scene import TRAIL_SHOWN, Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.transition_model import Ending

STEP_LIMIT = 1_000  # of an episode in a world that has none: a greedy policy may walk in circles


class GreedyRun(PacedRun):
    """Plays the greedy policy of a session, which it leaves as it is; ties are broken at random.

    It steps the transition model in force where the session stands, or else a real environment, and draws from a
    generator of its own. `Reset` begins again with the next seed, `Load` takes another session.

    Parameters
    ----------
    session
        Whose action values are played, as they are now.
    pace
        Steps a second.
    seed
        Of ties and of chance in the world.
    """

    def __init__(
        self,
        session: TrainingSession,
        *,
        pace: Pace | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(pace or Pace(5.0), clock=clock)
        self.seed = seed
        self._take(session)

    def _take(self, session: TrainingSession) -> None:
        self.settings, self.problem = session.settings, session.problem
        scene = session.scene()
        self._values, self._visits, self._phase = scene.action_values, scene.visits, scene.phase
        self._best_actions = best_actions(self._values)
        self._limit = session.step_limit or STEP_LIMIT
        self._world = _Model(session) if self.problem.phases else _Environment(session)
        self._begin()

    def _begin(self) -> None:
        """Stand at the start of the first episode."""
        self._generator = np.random.default_rng(self.seed)
        self._stand(Status.READY)
        self.step = self.episode = 0
        self._recent: deque[tuple[float, int, Ending]] = deque(maxlen=WINDOW)
        self._actions = np.zeros(self.problem.n_actions, np.int64)
        self._best = -np.inf
        self._begin_episode()

    def _begin_episode(self) -> None:
        self._state = self._world.begin(self._generator)
        self._trail = deque([self._state], maxlen=TRAIL_SHOWN)
        self._length, self._return, self._over = 0, 0.0, False

    def send(self, command: Command) -> None:
        """Take a command; those that mean nothing to a demo change nothing."""
        match command:
            case Start() if self.status in (Status.READY, Status.PAUSED):
                self._go()
            case Pause() | Stop() if self.status is Status.RUNNING:
                self._turn(Status.PAUSED)
            case Step(steps, episodes) if self.status in (Status.READY, Status.PAUSED):
                self._turn(Status.PAUSED)
                self._guard(lambda: self._play_episodes(episodes) if episodes else self._play(steps))
            case Pace():
                self._set_pace(command)
            case Reset():
                self.epoch, self.seed = self.epoch + 1, self.seed + 1
                self._begin()
            case Load(session):
                self.epoch += 1
                self._take(session)

    def poll(self, budget: float) -> Frame | None:
        """Take the steps that are due, within the budget, and report."""
        if self.status is Status.RUNNING:
            self._guard(lambda: self._work(budget))
        if not self._news:
            return None
        self._news = False
        return Frame(self.epoch, self.status, self.step, self.episode, self.scene(), {}, self.error)

    def close(self) -> None:
        """Let go of the environment."""
        self._turn(Status.PAUSED)
        self._world.close()

    def scene(self) -> Scene:
        """How things stand; visits are those of the training."""
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
        )

    def _work(self, budget: float) -> None:
        now, elapsed = self._pass_time()
        due, deadline = self._due(elapsed), now + budget
        while due > 0:
            self._play(1)
            due -= 1
            if self._clock() >= deadline:
                break

    def _play_episodes(self, episodes: int) -> None:
        until = self.episode + episodes
        while self.episode < until:
            self._play(1)

    def _play(self, steps: int) -> None:
        for _ in range(steps):
            if self._over:
                self._begin_episode()
            action = draw_action(self._best_actions[self._state], self._generator)
            self._state, reward, ending, cut = self._world.step(self._state, action, self._generator)
            self._trail.append(self._state)
            self._actions[action] += 1
            self._length, self._return, self.step = self._length + 1, self._return + reward, self.step + 1
            if ending or cut or self._length >= self._limit:
                self._end_episode(Ending(ending))
            self._news = True

    def _end_episode(self, ending: Ending) -> None:
        self._over = True
        self.episode += 1
        self._best = max(self._best, self._return)
        self._recent.append((self._return, self._length, ending))


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

    def close(self) -> None:
        """A model holds nothing open."""


class _Environment:
    """An environment of its own, for worlds whose model is not known."""

    def __init__(self, session: TrainingSession) -> None:
        self._env: Any = session.problem.make_env()
        self._reset, self._step = steps_of(self._env, session.problem.success_reward)

    def begin(self, generator: np.random.Generator) -> int:
        self._env.unwrapped.np_random = generator
        return self._reset()

    def step(self, state: int, action: int, generator: np.random.Generator) -> tuple[int, float, int, bool]:
        return self._step(action)

    def close(self) -> None:
        self._env.close()
