"""The moments of a run that are worth seeing: the first goal, the best policy found, and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dashboards.style.formatting import count, number
from gridworld.pictures.recording import Recording
from gridworld.runs.journal import Journal

MOST_CHANGES = 4  # that have a button each; the tab of the live page lists all


class Moment(NamedTuple):
    """A keyframe worth seeing, by its number among those of the run."""

    keyframe: int
    label: str


def moments_of(recording: Recording) -> list[Moment]:
    """Return the moments of a recording, in the order of time; each is the first keyframe that shows what happened."""
    found = [_first_goal(recording), _best_policy(recording), *_changes(recording)]
    return sorted(moment for moment in found if moment is not None)


def _first_goal(recording: Recording) -> Moment | None:
    columns = recording.journal.columns()
    rows = np.flatnonzero(columns["success"] > 0)
    if not len(rows):
        return None
    row = int(rows[0])
    index = _since([still.episode for still in recording.stills], columns["episode"][row])
    episode = count(columns["episode"][row])
    words = f"episode {episode}" if columns["episodes"][row] == 1 else f"by episode {episode}"
    return Moment(index, f"First goal: {words}")


def _best_policy(recording: Recording) -> Moment | None:
    """Return the first keyframe whose greedy policy returned most, where policies were evaluated."""
    worth = _worth(recording.journal)
    returns = np.array([worth.get(still.episode, np.nan) for still in recording.stills])
    if not np.isfinite(returns).any():
        return None
    best = np.nanmax(np.where(np.isfinite(returns), returns, np.nan))
    return Moment(int(np.flatnonzero(returns >= best - 1e-9 * abs(best))[0]), f"Best policy: {number(best)}")


def _worth(journal: Journal) -> dict[float, float]:
    columns = journal.columns("evaluations")
    return dict(zip(columns["episode"].tolist(), columns["greedy_return"].tolist(), strict=True))


def _changes(recording: Recording) -> list[Moment]:
    steps = [still.step for still in recording.stills]
    changes = recording.stills[-1].scene.interventions[:MOST_CHANGES]
    return [
        Moment(_since(steps, change.step), f"{_names(change.changes)}: step {count(change.step)}") for change in changes
    ]


def _names(changes: Iterable[str]) -> str:
    names = [name.replace("_", " ") for name in changes]
    return ("World edited" if names == ["world"] else "Changed " + ", ".join(names))[:40]


def _since(places: Sequence[float], place: float) -> int:
    """Return the index of the first keyframe at a place or after it."""
    return min(int(np.searchsorted(places, place)), len(places) - 1)
