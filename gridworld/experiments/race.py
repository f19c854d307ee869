"""A race: runs step by step side by side, such as a run and its twin, and the step at which two of them part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridworld.planning.policies import best_actions
from gridworld.training.loop import EPISODE, EPISODE_STEP, STATE
from gridworld.training.scene import Intervention
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

MOST_COMPARED = 20_000  # steps
LATEST_FORK = 10_000_000  # steps of a run that are done again for its twin: a second or so


@dataclass(frozen=True)
class Parting:
    """Where two runs first differ: steps of the runs, from 1; each is None where they do not within those compared."""

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


def twins(
    settings: Settings, changes: Mapping[str, Any], step: int = 0, interventions: Iterable[Intervention] = ()
) -> list[TrainingSession]:
    """Return a run at a step, and a fork of it in which hyperparameters are changed from its next episode on.

    Parameters
    ----------
    settings, interventions
        Of the run; what was changed later than `step` doesn't count.
    changes
        Hyperparameters that may change during a run.

    Raises
    ------
    ValueError
        In one sentence, for settings or changes that make no sense, or a step that the run doesn't reach.
    """
    if not 0 <= step <= LATEST_FORK:
        raise ValueError(f"The run can't be forked after {step:,} steps; choose a number from 0 to {LATEST_FORK:,}.")
    earlier = [change for change in interventions if change.step <= step]
    made = [TrainingSession.replay(settings, earlier, step) for _ in range(2)]
    if made[0].step < step:
        raise ValueError(f"The run ends after {made[0].step:,} steps; fork it earlier than after {step:,}.")
    made[1].configure(changes)
    return made


def partings(sessions: Sequence[TrainingSession], steps: int = MOST_COMPARED) -> list[Parting]:
    """Return where the first run parts from each of the others, by stepping all from where they are."""
    first, others = sessions[0], sessions[1:]
    begun, found = first.step, dict[int, Parting]()
    values_steps: list[int | None] = [None] * len(others)
    while first.step - begun < steps and len(found) < len(others) and not any(one.finished for one in sessions):
        before = [(session.tables.Q.copy(), session.tables.N.copy()) for session in sessions]
        for session in sessions:
            session.advance(1)
        now = first.step
        for place, other in enumerate(others):
            if values_steps[place] is None and not np.array_equal(first.tables.Q, other.tables.Q):
                values_steps[place] = now
            if place not in found and _place(first) != _place(other):
                choices = _choice(first, *before[0]), _choice(other, *before[place + 1])
                found[place] = Parting(values_steps[place], now, now - begun, choices)
    compared = first.step - begun
    return [found.get(place, Parting(values, None, compared)) for place, values in enumerate(values_steps)]


def parting(one: TrainingSession, other: TrainingSession, steps: int = MOST_COMPARED) -> Parting:
    """Return where two runs part, by stepping both from where they are."""
    return partings([one, other], steps)[0]


def _choice(session: TrainingSession, values: np.ndarray, visits: np.ndarray) -> str:
    """Return which action a session has just taken, and whether it was one that it thought best."""
    state, action = np.argwhere(visits != session.tables.N)[0]
    is_best = best_actions(values[state : state + 1])[0, action]
    return f"{session.problem.actions[action]} ({'one of its best actions' if is_best else 'to explore'})"


def _place(session: TrainingSession) -> tuple[int, ...]:
    """Return the state, the episode, and the step of the episode."""
    position = session.arrays()["position"]
    return tuple(int(position[number]) for number in (STATE, EPISODE, EPISODE_STEP))
