"""The runs of a server: found by an id, kept for a while, and limited in number."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from functools import partial

from dashboards.hub.autosave import Autosaver, id_of_autosave
from dashboards.hub.recent import RecentRuns
from dashboards.hub.shared_run import UNATTENDED, SharedRun
from gridworld.runs.commands import Load, Pace
from gridworld.runs.frame import Status
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

KEPT = 3600.0  # seconds for which a run is kept with nobody looking
MOST_RUNS = 64
LOG = logging.getLogger(__name__)
Admit = Callable[..., None]
UNSEEN_PERIOD = 1.0  # seconds between two polls of a run in a process of its own while nobody looks


class RunRegistry:
    """The runs of this server, at most `most`; the one idle for longest goes first."""

    def __init__(
        self,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
        autosaver: Autosaver | None = None,
        most: int = MOST_RUNS,
    ) -> None:
        self._runs: dict[str, SharedRun] = {}
        self.recent = RecentRuns()
        self.admit: Admit = lambda coming, instead=None: None  # raises where there is no room for a session
        self._executor, self._clock, self._autosaver, self._most = executor, clock, autosaver, most

    def create(self, settings: Settings) -> SharedRun:
        """Return a new run. Raises ValueError for settings that make no sense, and where there is no room for it."""
        return self.go_on(TrainingSession(settings))

    def go_on(self, session: TrainingSession, run_id: str | None = None) -> SharedRun:
        """Return a run of its own that goes on with a session, such as one that was stored.

        Raises
        ------
        ValueError
            If there is no room for it.
        """
        self.admit(session)
        run = LocalRun(session, executor=self._executor, pace=Pace(100.0, 10), clock=self._clock)
        return self.add(SharedRun(run, run_id=run_id, clock=self._clock))

    def open(self, name: str, session: TrainingSession) -> SharedRun:
        """Return a run that goes on with a session of the library; an autosave keeps the id it had, if that is free."""
        run_id = id_of_autosave(name)
        shared = self.go_on(session, None if run_id in self._runs else run_id)
        shared.journal.note("opened", f"Opened “{name}” at episode {session.episode:,}")
        return shared

    def add(self, shared: SharedRun) -> SharedRun:
        """Keep a run, and return it."""
        self._make_room()
        self._runs[shared.id] = shared
        shared.on_replaced = partial(self.recent.keep, shared.id)
        shared.admit = lambda coming: self.admit(coming, shared)
        return shared

    def undo(self, shared: SharedRun) -> None:
        """Go on with what a run held before. What it holds now is kept in its place, so that undo can be undone.

        Raises
        ------
        ValueError
            If nothing is kept of it.
        """
        kept = self.recent.of(shared.id)
        if not kept:
            raise ValueError("There is no earlier training of this run to go back to.")
        with self.recent.taken(kept[0].id) as former:
            shared.send(Load(former.session), "undone", "Back to the previous training")

    def open_recent(self, former_id: str) -> SharedRun:
        """Return a run of its own that goes on with a recent training. Raises ValueError if it is no longer kept."""
        with self.recent.taken(former_id) as former:
            shared = self.go_on(former.session)
        shared.journal.note("opened", f"Continues the previous training of run {former.run_id}")
        return shared

    def get(self, run_id: str) -> SharedRun | None:
        """Return the run of that id, if it is still here; nothing changes by that."""
        return self._runs.get(run_id)

    def wait_for(self, run_id: str, seconds: float = UNATTENDED) -> None:
        """Count this long without a look as absence: in a notebook any cell that computes holds up its viewers."""
        if run_id in self._runs:
            self._runs[run_id].patience = seconds

    def save_problem(self, shared: SharedRun) -> str:
        """Return why the newest autosave of a run failed, with its code; "" if it didn't."""
        return self._autosaver.problem_of(shared) if self._autosaver is not None else ""

    def ids(self) -> set[str]:
        """Return the ids of all runs."""
        return set(self._runs)

    @property
    def active(self) -> int:
        """How many runs share the time for computing in this process."""
        return sum(shared.attended and shared.status is Status.RUNNING for shared in self._runs.values())

    @property
    def workers(self) -> int:
        """How many runs have a process of their own at this moment."""
        return sum(shared.frame.pid is not None for shared in self._runs.values())

    def sweep(self, late: float = 0.0) -> None:
        """Save what is due, pause runs without viewers, and drop those idle for too long; the last `late` seconds, in
        which nobody could look, don't count.

        A run in a process of its own is polled now and then, and is dropped only when others need its place.
        """
        for shared in list(self._runs.values()):
            try:
                shared.looked += late
                self._tend(shared)
            except Exception:
                LOG.exception("The housekeeping of run %s failed; that of other runs goes on.", shared.id)

    def _tend(self, shared: SharedRun) -> None:
        if self._autosaver is not None:
            self._autosaver.look(shared)
        idle = self._clock() - shared.looked
        if not shared.attended:
            shared.work(0.0, UNSEEN_PERIOD)
        elif idle > shared.patience and shared.status is Status.RUNNING:
            shared.pause_unattended()
        if idle > max(KEPT, shared.patience) and not _works_unseen(shared):
            self.drop(shared.id)

    def idle(self) -> list[SharedRun]:
        """Return the runs that nobody looks at and that don't run, the one idle for longest first."""
        now = self._clock()
        unseen = [s for s in self._runs.values() if now - s.looked > UNATTENDED and s.status is not Status.RUNNING]
        return sorted((shared for shared in unseen if not _works_unseen(shared)), key=lambda shared: shared.looked)

    def _make_room(self) -> None:
        """Drop the runs that are idle for longest, until one more can be kept."""
        spare = sorted(self._runs.values(), key=lambda shared: (_works_unseen(shared), shared.looked))
        for shared in spare[: max(0, len(spare) + 1 - self._most)]:
            self.drop(shared.id)

    def drop(self, run_id: str) -> None:
        """Drop a run; the end of a process is waited for elsewhere."""
        shared = self._runs.pop(run_id)
        if shared.attended:
            shared.run.close()
        else:
            threading.Thread(target=shared.run.close).start()

    def __iter__(self) -> Iterator[SharedRun]:
        """Iterate over the runs as they are now."""
        return iter(list(self._runs.values()))

    def __len__(self) -> int:
        return len(self._runs)


def _works_unseen(shared: SharedRun) -> bool:
    return not shared.attended and shared.status in (Status.STARTING, Status.RUNNING)
