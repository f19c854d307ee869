"""Runs that belong to the server: found by an id, worked by whoever looks first, kept for a while."""

from __future__ import annotations

import logging
import secrets
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

from dashboards.hub.autosave import Autosaver, id_of_autosave
from dashboards.hub.pacing import PERIOD
from dashboards.hub.recent import RecentRuns
from gridworld.runs.commands import Command, Load, Pace, Pause, Reset, Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.run import Run
from gridworld.storage.keyframes import Keyframes
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

STEP_SECONDS = 0.005  # of computing at once for a command to step; the rest is done in looks
UNATTENDED = 30.0  # seconds without a viewer after which a run pauses by itself
KEPT = 3600.0  # seconds for which a run is kept with nobody looking
MOST_RUNS = 64
LOG = logging.getLogger(__name__)
UNSEEN_PERIOD = 1.0  # seconds between two polls of a run in a process of its own while nobody looks


class SharedRun:
    """One run, its journal, and what is known of its viewers. It holds no document.

    Parameters
    ----------
    run
        What learns or plays.
    attended
        Whether it pauses when nobody looks. One in a process of its own does not: it goes on by itself.
    episodes
        What its episodes are called.
    run_id
        The id of a run that was here before; a new one if None.
    """

    def __init__(
        self,
        run: Run[TrainingSession],
        *,
        attended: bool = True,
        episodes: str = "episodes",
        run_id: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = run_id or secrets.token_hex(4)
        self.run, self.attended = run, attended
        self._clock, self._episodes = clock, episodes
        self.journal = Journal(run.streams)
        self.looked = self._worked = clock()
        self.patience = UNATTENDED
        self.on_replaced: Callable[[TrainingSession], None] = lambda session: None
        self.keyframes, self._remembered_epoch = Keyframes(), -1
        self._raised, self._trouble = False, ""
        self._take_news(0.0)

    @property
    def frame(self) -> Frame:
        """The newest frame."""
        assert self.journal.frame is not None
        return self.journal.frame

    @property
    def status(self) -> Status:
        """The status last reported."""
        return self.frame.status

    @property
    def settings(self) -> Any:
        """The settings in force; their type is the run's."""
        return self.frame.settings

    @property
    def session(self) -> TrainingSession | None:
        """The session of a run of this process; None of one that computes elsewhere or learns nothing."""
        return self.run.session

    def _remember(self) -> None:
        """Keep a keyframe where one is due; another life of the run has keyframes of its own."""
        if self.session is None or self.status is Status.FAILED:
            return
        if self.frame.epoch != self._remembered_epoch:
            self.keyframes = Keyframes(most_bytes=self.keyframes.most_bytes)
            self._remembered_epoch = self.frame.epoch
        self.keyframes.offer(self.session, keep=self.status is not Status.RUNNING)

    def look(self, budget: float) -> None:
        """Do the work that is due, if nobody did since the last period, for `budget` seconds at the most."""
        self.looked = self._clock()
        self.work(budget, 0.8 * PERIOD)

    def work(self, budget: float, rest: float) -> None:
        """Poll the run, unless it was polled within the last `rest` seconds."""
        now = self._clock()
        if now - self._worked < rest:
            return
        self._worked = now
        before = self.status
        self._take_news(budget)
        if self.status is not before:
            self._note_end()

    def _take_news(self, budget: float) -> None:
        """Poll the run. One that raises has failed, and is left alone until it is sent another command."""
        if self._raised:
            return
        try:
            if self.journal.add(self.run.poll(budget), self._clock()):
                self._note_trouble()
                self._remember()
        except Exception:
            self._raised = True
            frame = self.journal.frame or Frame(0, Status.FAILED, 0, 0)
            self.journal.add(replace(frame, status=Status.FAILED, error=traceback.format_exc()))

    def _note_trouble(self) -> None:
        """Write down, once, what goes wrong with a run that goes on."""
        trouble = "" if self.status is Status.FAILED else self.frame.error or ""
        if trouble and trouble != self._trouble:
            self.journal.note("warning", trouble)
        self._trouble = trouble

    def _note_end(self) -> None:
        """Write down that the run failed or finished."""
        if self.status is Status.FAILED:
            self.journal.note("run-failed", (self.frame.error or "no reason is known").strip().splitlines()[-1])
        elif self.status is Status.FINISHED:
            self.journal.note("finished", f"Finished after {self.frame.episode:,} {self._episodes}")

    def pause_unattended(self) -> None:
        """Pause because nobody looks."""
        self.send(Pause(), "paused-unattended", "Paused: nobody was looking")

    def send(self, command: Command, code: str, text: str, about: str = "") -> None:
        """Hand a command to the run, note it, and take in what it changes at once.

        Notes `about` the same thing that follow one another quickly are one event.

        Raises
        ------
        ValueError
            If the command makes no sense; then nothing has changed.
        """
        before, session = self.status, self.session
        if isinstance(command, Reset) and command.settings is not None:
            self._check_lock()
        self.run.send(command)
        if session is not None and session is not self.session:
            self.on_replaced(session)
        budget = STEP_SECONDS if isinstance(command, Step) else 0.0
        self._raised = False
        self._take_news(budget)
        self.journal.note(code, text, about)
        if self.status in (Status.FAILED, Status.FINISHED) and self.status is not before:
            self._note_end()

    def _check_lock(self) -> None:
        """Refuse other settings while the run goes on, wherever they come from."""
        if self.status in (Status.RUNNING, Status.STARTING):
            raise ValueError("World and agent are locked while the run goes on. Pause it first, or press Reset.")

    def replace(self, run: Run[TrainingSession], code: str, text: str) -> None:
        """Go on with another run that works elsewhere, in a later epoch; the present one ends meanwhile.

        Raises ValueError while the present one goes on.
        """
        self._check_lock()
        threading.Thread(target=self.run.close).start()
        self.run, self._raised = run, False
        self._take_news(0.0)
        self.journal.note(code, text)


class RunRegistry:
    """The runs of this server, at most so many; the one idle for longest goes first."""

    def __init__(
        self,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
        autosaver: Autosaver | None = None,
        most: int = MOST_RUNS,
    ) -> None:
        self._runs: dict[str, SharedRun] = {}
        self.recent = RecentRuns()
        self._executor, self._clock, self._autosaver, self._most = executor, clock, autosaver, most

    def create(self, settings: Settings) -> SharedRun:
        """Return a new run. Raises ValueError for settings that make no sense."""
        return self.go_on(TrainingSession(settings))

    def go_on(self, session: TrainingSession, run_id: str | None = None) -> SharedRun:
        """Return a run of its own that goes on with a session, such as one that was stored."""
        run = LocalRun(session, executor=self._executor, pace=Pace(100.0, 10), clock=self._clock)
        return self.add(SharedRun(run, run_id=run_id, clock=self._clock))

    def open(self, name: str, session: TrainingSession) -> SharedRun:
        """Return a run that goes on with a session of the library; an autosave keeps the id it had, if that is free."""
        run_id = id_of_autosave(name)
        shared = self.go_on(session, None if run_id in self._runs else run_id)
        shared.journal.note("opened", f"Opened “{name}” at episode {session.episode:,}")
        return shared

    def add(self, shared: SharedRun) -> SharedRun:
        """Keep a run; gives it back."""
        self._make_room()
        self._runs[shared.id] = shared
        shared.on_replaced = partial(self.recent.keep, shared.id)
        return shared

    def undo(self, shared: SharedRun) -> None:
        """Go on with what a run held before. What it holds now is kept in its place, so that undo can be undone.

        Raises
        ------
        ValueError
            If nothing is kept of it.
        """
        former = self.recent.newest_of(shared.id)
        if former is None:
            raise ValueError("There is no earlier training of this run to go back to.")
        shared.send(Load(self.recent.take(former.id).session), "undone", "Back to the training before")

    def open_recent(self, former_id: str) -> SharedRun:
        """Return a run of its own that goes on with a recent training. Raises ValueError if it is no longer kept."""
        former = self.recent.take(former_id)
        shared = self.go_on(former.session)
        shared.journal.note("opened", f"Goes on with what run {former.run_id} held before")
        return shared

    def get(self, run_id: str) -> SharedRun | None:
        """Return the run of that id, if it is still here; nothing changes by that."""
        return self._runs.get(run_id)

    def wait_for(self, run_id: str, seconds: float = UNATTENDED) -> None:
        """Take so long without a look for absence: in a notebook any cell that computes holds up its viewers."""
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

    def sweep(self) -> None:
        """Save what is due, pause what nobody looks at, and let go of what is idle for too long.

        A run that works on by itself is heard now and then, and is let go only when others need its place.
        """
        for shared in list(self._runs.values()):
            try:
                self._tend(shared)
            except Exception:
                LOG.exception("Looking after run %s failed; the other runs are looked after.", shared.id)

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
        """Let go of the runs that are idle for longest, until one more can be kept."""
        spare = sorted(self._runs.values(), key=lambda shared: (_works_unseen(shared), shared.looked))
        for shared in spare[: max(0, len(spare) + 1 - self._most)]:
            self.drop(shared.id)

    def drop(self, run_id: str) -> None:
        """Let go of a run; the end of a process is waited for elsewhere."""
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
