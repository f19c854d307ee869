"""A trained agent at play: its greedy policy, step by step, and nothing is learned."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np

from gridworld.planning.policies import best_actions, draw_action
from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.paced import PacedRun
from gridworld.training.loop import WINDOW
from gridworld.training.scene import TRAIL_SHOWN, Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.transition_model import Ending

STEP_LIMIT = 1_000  # of an episode in a world that has none: a greedy policy may walk in circles


class GreedyRun(PacedRun):
    """Plays the greedy policy of a session, which it leaves as it is; ties are broken at random.

    It steps the transition model in force at the session's step, or else a real environment, and draws from a
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

    streams = EPISODES, EVALUATIONS  # which stay empty: the views of a training look into them

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
        """Move to the start of the first episode."""
        self._generator = np.random.default_rng(self.seed)
        self._reset_state(Status.READY)
        self._step = self._episode = 0
        self._recent: deque[tuple[float, int, Ending]] = deque(maxlen=WINDOW)
        self._actions = np.zeros(self.problem.n_actions, np.int64)
        self._best = -np.inf
        self._begin_episode()

    @property
    def step(self) -> int:
        return self._step

    @property
    def episode(self) -> int:
        return self._episode

    def _begin_episode(self) -> None:
        self._state = self._world.begin(self._generator)
        self._trail = deque([self._state], maxlen=TRAIL_SHOWN)
        self._length, self._return, self._over = 0, 0.0, False

    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        match command:
            case Reset(None):
                self.seed += 1
                self._begin()
            case Load(TrainingSession() as session):
                self._take(session)
            case _:
                raise ValueError("A demo plays what was learned as it is; load another run to see another policy.")
        self.epoch += 1

    def _frame(self) -> Frame:
        facts = {"error": self.error, "settings": self.settings, "pace": self.pace}
        return Frame(self.epoch, self.status, self.step, self.episode, self.scene(), **facts)

    def close(self) -> None:
        """Close the environment."""
        self._turn(Status.PAUSED)
        self._world.close()

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

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        last_step, last_episode = self.step + steps, self.episode + episodes
        while self.step < last_step and self.episode < last_episode and self._clock() < deadline:
            self._play()

    def _play(self) -> None:
        """Take one step; the first after the end of an episode begins the next."""
        if self._over:
            self._begin_episode()
        action = draw_action(self._best_actions[self._state], self._generator)
        self._state, reward, ending, cut = self._world.step(self._state, action, self._generator)
        self._trail.append(self._state)
        self._actions[action] += 1
        self._length, self._return, self._step = self._length + 1, self._return + reward, self._step + 1
        if ending or cut or self._length >= self._limit:
            self._end_episode(Ending(ending))

    def _end_episode(self, ending: Ending) -> None:
        self._over = True
        self._episode += 1
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
        """Do nothing: a model holds nothing open."""


class _Environment:
    """An environment of its own, for worlds whose model is not known."""

    def __init__(self, session: TrainingSession) -> None:
        self._env = session.problem.make_env()
        self._env.reset(seed=session.settings.seed)  # of the spaces, from which an environment may draw
        self._reset, self._step = self._env.checked

    def begin(self, generator: np.random.Generator) -> int:
        self._env.unwrapped.np_random = generator
        return self._reset()

    def step(self, state: int, action: int, generator: np.random.Generator) -> tuple[int, float, int, bool]:
        return self._step(action)

    def close(self) -> None:
        self._env.close()
