"""Saves runs by itself, off the loop: now and then while they go on, and when they end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary

from gridworld.errors import CheckpointError
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.storage.checkpoint import Checkpoint, freeze, with_greedy_return
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

INTERVAL = 30.0  # seconds between two autosaves of a run; a crash loses no more of it
_AUTOSAVE = re.compile(r"run ([0-9a-f]{8})\.autosave")


class Saved(Protocol):
    """What is saved: a run that the server keeps."""

    id: str
    journal: Journal

    @property
    def frame(self) -> Frame: ...

    @property
    def session(self) -> TrainingSession | None: ...

    @property
    def status(self) -> Status: ...


@dataclass
class _Last:
    """The state of one run's autosave."""

    place: tuple[int, int] = (0, 0)  # epoch and step of the newest copy
    when: float = 0.0
    pending: Future[None] | None = None
    problem: str = ""


class Autosaver:
    """Keeps two files of each run in the library: its newest autosave, and the one with the best greedy policy.

    Parameters
    ----------
    executor
        Where files are written, one at a time.
    interval
        Seconds between two autosaves of a run that goes on. One that has ended is saved at once.
    """

    def __init__(
        self,
        executor: Executor,
        open_library: Callable[[], Library] = Library,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._executor, self._open_library = executor, open_library
        self._interval, self._clock = interval, clock
        self._lasts: WeakKeyDictionary[Saved, _Last] = WeakKeyDictionary()

    def look(self, shared: Saved) -> None:
        """Save a run if that is due. It is copied here, which takes milliseconds, and written elsewhere."""
        session = shared.session
        if session is None:
            return
        last = self._lasts.setdefault(shared, _Last(when=self._clock()))
        if last.pending is not None:
            if not last.pending.done():
                return
            self._note(shared, last)
        place = shared.frame.epoch, session.step
        has_ended = shared.status is Status.FINISHED and not last.problem
        is_due = has_ended or self._clock() - last.when >= self._interval
        if session.step == 0 or place == last.place or not is_due or shared.status is Status.FAILED:
            return
        last.place, last.when = place, self._clock()
        last.pending = self._begin(session, slot_name(shared.id))

    def _begin(self, session: TrainingSession, name: str) -> Future[None]:
        """Copy a session and let it be written; what goes wrong with either is in the future."""
        try:
            checkpoint = freeze(session)
        except Exception as problem:
            failed: Future[None] = Future()
            failed.set_exception(problem)
            return failed
        return self._executor.submit(self._write, checkpoint, session.problem, name)

    def _write(self, checkpoint: Checkpoint, problem: Problem, name: str) -> None:
        library = self._open_library()
        checkpoint = with_greedy_return(checkpoint, problem)
        library.autosave(checkpoint, name)
        library.keep_best(checkpoint, name)
        library.thin_slots()

    def _note(self, shared: Saved, last: _Last) -> None:
        """Note that saving has failed, once for each reason, and that it works again."""
        assert last.pending is not None
        problem, last.pending = last.pending.exception(), None
        reason = "" if problem is None else str(problem) or type(problem).__name__
        if reason != last.problem:
            text = f"The run is not being saved. {reason}" if reason else "The run is being saved again"
            shared.journal.note("autosave-failed" if reason else "autosaved", text)
        last.problem = reason
        if reason:
            last.place = (0, 0)

    def problem_of(self, shared: Saved) -> str:
        """Return why the newest autosave of a run failed; "" if it didn't."""
        return self._lasts.get(shared, _Last()).problem


def slot_name(run_id: str) -> str:
    """Return the name of a run's files in the library, without `.autosave` or `.best`."""
    return f"run {run_id}"


def id_of_autosave(name: str) -> str | None:
    """Return the id of the run whose autosave has this name in the library; None for another name."""
    found = _AUTOSAVE.fullmatch(name)
    return found[1] if found else None


def autosave_of(run_id: str) -> str | None:
    """Return the name of a run's autosave in the library, if it left one."""
    name = f"{slot_name(run_id)}.autosave"
    try:
        Library().path(name)
    except CheckpointError:
        return None
    return name
