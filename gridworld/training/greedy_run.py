"""A trained agent at play as a run: at a pace, with a speed and buttons."""

from __future__ import annotations

import time
from collections.abc import Callable

from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, EVALUATIONS
from gridworld.runs.paced import PacedRun
from gridworld.training.greedy_play import GreedyPlay
from gridworld.training.session import TrainingSession
from gridworld.training.slices import Slices


class GreedyRun(PacedRun):
    """Plays the greedy policy of a session, which it leaves as it is.

    `Reset` begins again with the next seed, `Load` takes another session. An environment is stepped in threads: one
    that does not answer ends the demo and holds up nothing else.

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
        self.settings = session.settings
        self._begin(GreedyPlay(session, self.seed))

    def _begin(self, play: GreedyPlay) -> None:
        self._play = play
        self._slices = Slices(not self._play.problem.phases, self._subject, self._clock)
        self._reset_state(Status.READY)

    @property
    def step(self) -> int:
        return self._play.step

    @property
    def episode(self) -> int:
        return self._play.episode

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, at most `budget` seconds of them, and report what is new."""
        if self._slices.is_away:
            self._guard(self._slices.collect)
            self._news = self._news or not self._slices.is_away
        else:
            self._work_within(budget)
        return self._report()

    def _subject(self) -> str:
        return f"After {self.step:,} steps {self._play.problem.name}"

    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        match command:
            case Reset(None):
                self.seed += 1
                self._begin(self._play.again(self.seed))
            case Load(TrainingSession() as session):
                self._take(session)
            case _:
                raise ValueError("A demo plays what was learned as it is; load another run to see another policy.")
        self.epoch += 1

    def _frame(self) -> Frame:
        facts = {"error": self.error, "settings": self.settings, "pace": self.pace}
        scene = None if self._slices.is_away or self._slices.is_lost else self._play.scene()
        return Frame(self.epoch, self.status, self.step, self.episode, scene, **facts)

    def close(self) -> None:
        """Close the environment."""
        self._turn(Status.PAUSED)
        if not self._slices.is_away:
            self._play.close()

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        play = self._play
        last_step, last_episode = play.step + steps, play.episode + episodes

        def work() -> None:
            while play.step < last_step and play.episode < last_episode and self._clock() < deadline:
                play.advance()

        self._slices.do(work, deadline - self._clock())
