"""The moments of a run that a film or an offline page shows, made by training it or by doing it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gridworld.pictures.journals import Still, still_of
from gridworld.training.bound_loop import ENDLESS
from gridworld.training.session import TrainingSession
from gridworld.training.update_watch import UpdateWatch

Progress = Callable[[float], object]


class _Camera:
    """Takes stills of a session; with `lately` they have what was learned lately."""

    def __init__(self, session: TrainingSession, lately: bool) -> None:
        self._session, self._watch = session, UpdateWatch() if lately else None
        session.watch(self._watch)

    def take(self) -> Still:
        still = still_of(self._session)
        if self._watch is None:
            return still
        return still._replace(scene=replace(still.scene, updates=self._watch.updates()))


def train(
    session: TrainingSession, keyframes: int, progress: Progress, bend: int = 1, lately: bool = False
) -> list[Still]:
    """Train a session by its own settings to their end; return its stills, spaced over the episodes by `moments`."""
    if not session.episodes:
        raise ValueError(
            "The run has no end (episodes = 0), so its page would not end either; set the number of episodes."
        )
    camera = _Camera(session, lately)
    stills = [camera.take()]
    for episode in moments(session.episodes, keyframes, bend)[1:]:
        session.advance_episodes(int(episode) - session.episode)
        stills.append(camera.take())
        progress(session.episode / session.episodes)
    session.watch(None)
    return stills


def moments(last: int, number: int, bend: int = 1) -> np.ndarray:
    """Return whole numbers from 0 to `last`, int64, about `number`: evenly spaced, or closer at the beginning."""
    return np.unique((last * np.linspace(0, 1, number) ** bend).round().astype(int))


def replay(
    original: TrainingSession, keyframes: int, progress: Progress, bend: int = 1, lately: bool = False
) -> list[Still]:
    """Make a run again, bit for bit, from its settings and interventions; return its stills, the last as it is now."""
    settings = replace(original.settings, episodes=original.episodes)
    session = TrainingSession(settings, compiled=original.compiled, stepped=original.stepped)
    camera = _Camera(session, lately)
    by_episode = original.episode >= keyframes
    last = original.episode if by_episode else original.step
    changes = list(original.interventions)
    stills = [camera.take()]
    for target in moments(last, keyframes, bend)[1:-1].tolist():
        end = (min(ENDLESS, original.step), target) if by_episode else (target, ENDLESS)
        _advance(session, changes, *end)
        stills.append(camera.take())
        progress(session.step / original.step)
    end_of_run = still_of(original)
    if lately:
        _advance(session, changes, original.step, ENDLESS)
        end_of_run = end_of_run._replace(scene=replace(end_of_run.scene, updates=camera.take().scene.updates))
    progress(1.0)
    return [*stills, end_of_run]


def _advance(session: TrainingSession, changes: list, step: int, episode: int) -> None:
    """Advance to a step or an episode, whichever comes first, and make the changes that are due on the way."""
    while changes and changes[0].step <= step and changes[0].episode <= episode:
        session.advance(changes[0].step - session.step)
        session.configure(changes.pop(0).changes)
    if session.step < step and session.episode < episode:
        session.advance(step - session.step, min(episode, ENDLESS) - session.episode)
