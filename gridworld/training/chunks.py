"""Steps of a session for a time: in chunks as large as fit into it."""

from __future__ import annotations

from collections.abc import Callable

from gridworld.training.session import TrainingSession


class Chunks:
    """Does steps of a session until a deadline, in chunks of an eighth to a half of the time there is."""

    def __init__(self, session: TrainingSession, clock: Callable[[], float]) -> None:
        self._session, self._clock = session, clock
        self._size = 1 if session.stepped else 256  # until it is known how long steps take; an environment may be slow

    def advance(self, steps: int, episodes: int, deadline: float) -> None:
        """Do up to this many steps or episodes; the last chunk has as many as fit at the pace of the one before."""
        session = self._session
        last_step, last_episode = session.step + steps, session.episode + episodes
        began, taken, chunk = self._clock(), 0.0, 0
        budget = deadline - began
        while began < deadline and not session.finished and session.episode < last_episode:
            left = last_step - session.step
            fitting = int(chunk * (deadline - began) / taken) if taken > 0 else self._size
            if left <= 0 or fitting <= chunk // 8:
                break
            chunk = min(left, fitting, self._size)
            first = session.step
            session.advance(chunk, last_episode - session.episode)
            if session.step == first:  # what was looked out for has happened
                break
            now = self._clock()
            taken, began = now - began, now
            if taken > budget / 2:
                self._size = max(1, self._size // 2)
            elif taken < budget / 8 and chunk == self._size:
                self._size *= 2
