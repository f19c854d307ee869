"""Trainings that another one replaced: kept for a while, so that a click can be undone."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gridworld.training.session import TrainingSession

MOST = 8


@dataclass(frozen=True, eq=False)
class FormerRun:
    """A training as it was when another world, algorithm or Reset replaced it in a run."""

    run_id: str
    session: TrainingSession
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return bytes_of(self.session)


class RecentRuns:
    """The newest of them, at most `most` in a server; the oldest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: list[FormerRun] = []  # the oldest first

    def keep(self, run_id: str, session: TrainingSession) -> None:
        """Keep a training, unless it has not begun."""
        if session.step:
            self._kept.append(FormerRun(run_id, session))
            del self._kept[: -self._most]

    def of(self, run_id: str) -> list[FormerRun]:
        """Return the trainings that a run had before, as far as they are kept, the newest first."""
        return [former for former in self if former.run_id == run_id]

    @contextmanager
    def taken(self, former_id: str) -> Iterator[FormerRun]:
        """Take a training out; if it can't be gone on with, it is back in its place.

        Raises
        ------
        ValueError
            If it is no longer kept.
        """
        place = next((place for place, former in enumerate(self._kept) if former.id == former_id), None)
        if place is None:
            raise ValueError(f"The training {former_id} is no longer kept; a server keeps the last {self._most}.")
        former = self._kept.pop(place)
        try:
            yield former
        except ValueError:
            self._kept.insert(place, former)
            raise

    def drop_oldest(self) -> None:
        """Drop the oldest."""
        del self._kept[:1]

    @property
    def nbytes(self) -> int:
        """Bytes of all of them."""
        return sum(former.nbytes for former in self._kept)

    def __iter__(self) -> Iterator[FormerRun]:
        """Iterate over them, the newest first."""
        return reversed(self._kept.copy())

    def __len__(self) -> int:
        return len(self._kept)


def bytes_of(session: TrainingSession) -> int:
    """Return the size in bytes of a session's arrays."""
    return session.history.rows.nbytes + sum(array.nbytes for array in session.arrays().values())
