"""What an exported page shows: a run's keyframes, its curves, and what it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gridworld.insight.recent_past import with_updates
from gridworld.pictures.journals import Still, journal_of, still_of
from gridworld.pictures.stills import Progress, replay, train
from gridworld.runs.frame import Frame
from gridworld.runs.journal import Journal
from gridworld.runs.recorded import RecordedRun
from gridworld.storage.checkpoint import thaw
from gridworld.storage.exports import recipe
from gridworld.storage.keyframes import Keyframes
from gridworld.training.local_run import LocalRun
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

KEYFRAMES = 100
MOST_ROWS = 30_000  # keyframes x cells; beyond that keyframes are left out
MOST_PIXELS = 2_000_000  # the same for worlds drawn as one picture, of a byte a cell


@dataclass(frozen=True)
class Recording:
    """A run as its page shows it."""

    settings: Settings
    problem: Problem
    hyperparameters: dict[str, Any]  # as they were at the end
    stills: tuple[Still, ...]
    journal: Journal
    recipe: str
    notes: tuple[str, ...] = ()  # sentences: what was left out, and why

    @property
    def step(self) -> int:
        return self.stills[-1].step

    @property
    def episode(self) -> int:
        return self.stills[-1].episode


def record(
    source: Any,
    keyframes: int = KEYFRAMES,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    early: bool = False,
    lately: bool = False,
    by_action: bool = False,
) -> Recording:
    """Return a recording of a session, a live run, keyframes, or frames reported before (which need `settings`).

    With `early` more of a session's keyframes are early ones, where most is learned. With `lately` their scenes have
    what was learned lately, for overlays of that. With `by_action` there are so few that a number for each action fits.

    Raises
    ------
    ValueError
        If there is nothing to show, frames come without their settings, or what was learned lately is not known.
    TypeError
        For a source of another kind.
    """
    if keyframes < 2:
        raise ValueError(f"{keyframes} keyframes are too few; the first and the last make 2.")
    if isinstance(source, RecordedRun):
        source = source.frames
    session = session_of(source)
    if session is not None:
        return _of_session(session, keyframes, progress or (lambda done: None), 2 if early else 1, lately, by_action)
    if lately:
        raise ValueError("What was learned lately is not in keyframes and frames; make the page from the run itself.")
    if isinstance(source, Keyframes):
        return _of_keyframes(source, keyframes)
    if isinstance(source, Sequence) and source and all(isinstance(frame, Frame) for frame in source):
        return _of_frames(source, keyframes, settings)
    raise TypeError(f"A page is made of a session, a run, keyframes or frames, not of {type(source).__name__}.")


def session_of(source: Any) -> TrainingSession | None:
    """Return the session of a session, of a run of this process, or of one that is shared."""
    source = getattr(source, "run", source)
    source = source.session if isinstance(source, LocalRun) else source
    return source if isinstance(source, TrainingSession) else None


def most_keyframes(problem: Problem, by_action: bool = False) -> int:
    """Return the number of keyframes of a world that fit in a page; fewer with a number for each action."""
    layout = problem.layouts[0][1] if problem.layouts else None
    if layout is None:
        return 1_000
    is_picture = max(layout.rows, layout.columns) > 40
    return max(
        2, (MOST_PIXELS if is_picture else MOST_ROWS) // (layout.kinds.size * (problem.n_actions if by_action else 1))
    )


def _of_session(
    session: TrainingSession, keyframes: int, progress: Progress, bend: int, lately: bool, by_action: bool
) -> Recording:
    wanted = min(keyframes, most_keyframes(session.problem, by_action))
    notes: list[str] = _note_on_size(wanted, keyframes, session.problem)
    if session.step == 0:
        stills = train(session, wanted, progress, bend, lately)
    elif session.departures:
        still = still_of(session)
        stills = [still._replace(scene=with_updates(session, still.scene)) if lately else still]
        notes.append(f"Only the end of the run is shown, because it can't be made again: {session.departures[0]}")
    else:
        stills = replay(session, wanted, progress, bend, lately)
    return _finish(session, stills, notes)


def _note_on_size(kept: int, wanted: int, problem: Problem) -> list[str]:
    if kept >= wanted:
        return []
    return [f"{kept} keyframes instead of {wanted}: more of {problem.n_states:,} states would make the file too large."]


def _of_keyframes(kept: Keyframes, keyframes: int) -> Recording:
    if not len(kept):
        raise ValueError(kept.problem or "There is no keyframe yet; the run has not begun.")
    session = thaw(kept[-1].checkpoint)
    stills = [Still(frame.step, frame.episode, frame.scene) for frame in kept]
    shown, notes = thinned(stills, keyframes, session.problem)
    return _finish(session, shown, notes)


def _of_frames(frames: Sequence[Frame], keyframes: int, settings: Settings | None) -> Recording:
    if settings is None:
        raise ValueError("Frames don't contain the world they are of; pass the settings of the run as well.")
    epoch = max(frame.epoch for frame in frames)
    journal = Journal()
    stills = []
    for frame in frames:
        if frame.epoch == epoch:
            journal.add(frame)
            if frame.scene is not None:
                stills.append(Still(frame.step, frame.episode, frame.scene))
    if not stills:
        raise ValueError("None of the frames has a picture; there is nothing to show.")
    last = stills[-1]
    again = TrainingSession.replay(settings, last.scene.interventions, last.step)
    values = again.scene().action_values
    if values.shape != last.scene.action_values.shape:
        raise ValueError(f"The frames are not of the world {settings.world!r}; give the settings of their run.")
    if not np.array_equal(values, last.scene.action_values):
        again.departures.append("The frames differ from those of the settings; give the settings of their run.")
    shown, notes = thinned(stills, keyframes, again.problem)
    return _finish(again, shown, notes, journal)


def thinned(stills: list[Still], keyframes: int, problem: Problem) -> tuple[list[Still], list[str]]:
    """Return as many stills as are wanted and fit, evenly chosen, always with the last; and a note about the choice."""
    room = min(keyframes, most_keyframes(problem))
    if len(stills) <= room:
        return stills, []
    kept = np.unique(np.linspace(len(stills) - 1, 0, room).round().astype(int))
    notes = _note_on_size(room, min(keyframes, len(stills)), problem)
    return [stills[i] for i in kept], notes or [f"{room} of the run's {len(stills)} keyframes, evenly chosen."]


def _finish(
    session: TrainingSession, stills: list[Still], notes: list[str], journal: Journal | None = None
) -> Recording:
    """Add what belongs to the whole run: its curves, what its policy was worth, and its recipe."""
    log = journal_of(session, stills, journal)
    try:
        how = recipe(session)
    except ValueError as reason:
        how = f"# {reason}\n"
    trailing = tuple(still._replace(scene=last_episode_only(still.scene)) for still in stills)
    return Recording(
        session.settings, session.problem, session.agent.settings(), trailing, log, how, (*notes, *_note_on_rows(log))
    )


def _note_on_rows(journal: Journal) -> list[str]:
    covered = int(journal.columns()["episodes"].max(initial=1))
    return [f"Each point of the curves is the mean of up to {covered:,} episodes."] if covered > 1 else []


def last_episode_only(scene: Scene) -> Scene:
    """Return the scene with the trail of its newest episode alone: the one going on, or the one that has just ended."""
    length = scene.episode_step or (int(scene.recent[-1, 1]) if len(scene.recent) else 0)
    return replace(scene, trail=scene.trail[-(length + 1) :])
