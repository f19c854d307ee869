"""A race: runs of one seed step by step side by side, and the step at which two of them part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridworld.planning.policies import best_actions
from gridworld.training.loop import EPISODE_STEP
from gridworld.training.session import TrainingSession

MOST_COMPARED = 20_000  # steps


@dataclass(frozen=True)
class Parting:
    """Where two runs first differ; each step counts from 1, and is None where they don't within the steps compared."""

    values_step: int | None  # after which the action values differ
    way_step: int | None  # at which they go to another state, or end an episode at another time
    compared: int  # steps
    choices: tuple[str, str] = ("", "")  # what each did at that step, in words

    def sentence(self, one: str, other: str) -> str:
        """Return in a sentence where two runs part and why, called by their labels."""
        if self.way_step is None:
            alike = "and their values are the same"
            if self.values_step is not None:
                alike = f"though their values differ from step {self.values_step:,} on"
            return f"{one} and {other} go the same way for all {self.compared:,} steps, {alike}."
        since = "their values were still the same"
        if self.values_step is not None and self.values_step < self.way_step:
            since = f"their values differ since step {self.values_step:,}"
        mine, theirs = self.choices
        return f"They part at step {self.way_step:,}: {one} went {mine}, {other} {theirs}; {since}."


class Race:
    """Runs that step together.

    Parameters
    ----------
    sessions
        Two to four that have begun alike: usually of one seed.
    """

    def __init__(self, sessions: Sequence[TrainingSession]) -> None:
        if not 2 <= len(sessions) <= 4:
            raise ValueError(f"A race has two to four runs, not {len(sessions)}.")
        self.sessions = list(sessions)

    @property
    def step(self) -> int:
        """Steps that each has done; fewer where one has come to its end."""
        return max(session.step for session in self.sessions)

    @property
    def finished(self) -> bool:
        """Whether all have come to their end."""
        return all(session.finished for session in self.sessions)

    def advance(self, steps: int) -> None:
        """Let each do this many steps."""
        for session in self.sessions:
            if not session.finished:
                session.advance(steps)


def parting(one: TrainingSession, other: TrainingSession, steps: int = MOST_COMPARED) -> Parting:
    """Return where two runs part, by stepping both from where they are."""
    values_step, first = None, one.step
    for _ in range(steps):
        if one.finished or other.finished:
            break
        before = [
            (session, _state(session), session.tables.Q.copy(), session.tables.N.copy()) for session in (one, other)
        ]
        one.advance(1)
        other.advance(1)
        now = one.step - first
        if values_step is None and not np.array_equal(one.tables.Q, other.tables.Q):
            values_step = now
        if _place(one) != _place(other):
            mine, theirs = (_choice(*earlier) for earlier in before)
            return Parting(values_step, now, now, (mine, theirs))
    return Parting(values_step, None, one.step - first)


def _choice(session: TrainingSession, state: int, values: np.ndarray, visits: np.ndarray) -> str:
    """Return which action a session has just taken, and whether it was one that it thought best."""
    action = int(np.argmax(session.tables.N[state] - visits[state]))
    is_best = best_actions(values[state : state + 1])[0, action]
    return f"{session.problem.actions[action]} ({'one of its best actions' if is_best else 'to explore'})"


def _state(session: TrainingSession) -> int:
    return int(session.scene().state)


def _place(session: TrainingSession) -> tuple[int, int, int]:
    """Return the state, the episode, and the step of the episode."""
    return _state(session), session.episode, int(session.arrays()["position"][EPISODE_STEP])
