"""A run that several pages show: its journal, its keyframes, and who looks at it."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboards.hub.pacing import PERIOD
from gridworld.runs.commands import Command, Load, Pause, Reset, Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.run import Run
from gridworld.storage.keyframes import Keyframes
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

STEP_SECONDS = 0.005  # of computing at once for a command to step; the rest is done in looks
UNATTENDED = 30.0  # seconds without a viewer after which a run pauses by itself


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
        self.admit: Callable[[TrainingSession], None] = lambda session: None  # raises where there is no room for one
        self.keyframes, self._remembered_epoch = Keyframes(), -1
        self._raised, self._problem = False, ""
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
                self._note_problem()
                self._remember()
        except Exception:
            self._raised = True
            frame = self.journal.frame or Frame(0, Status.FAILED, 0, 0)
            self.journal.add(replace(frame, status=Status.FAILED, error=traceback.format_exc()))

    def _note_problem(self) -> None:
        """Write down, once, what goes wrong with a run that goes on."""
        problem = "" if self.status is Status.FAILED else self.frame.error or ""
        if problem and problem != self._problem:
            self.journal.note("warning", problem)
        self._problem = problem

    def _note_end(self) -> None:
        """Write down that the run failed or finished."""
        if self.status is Status.FAILED:
            self.journal.note("run-failed", self.frame.reason or "no reason is known")
        elif self.status is Status.FINISHED:
            self.journal.note("finished", f"Finished after {self.frame.episode:,} {self._episodes}")

    def pause_unattended(self) -> None:
        """Pause because nobody looks."""
        self.send(Pause(), "paused-unattended", "Paused: no page was open")

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
            if isinstance(command.settings, Settings):
                command = Load(TrainingSession(command.settings))
        if isinstance(command, Load):
            self.admit(command.session)
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
            raise ValueError("World and agent can't be changed while the run goes on. Pause it first, or press Reset.")

    def replace(self, run: Run[TrainingSession], code: str, text: str) -> None:
        """Go on with another run that works elsewhere, in a later epoch; the present one ends meanwhile.

        Raises ValueError while the present one goes on.
        """
        self._check_lock()
        threading.Thread(target=self.run.close).start()
        self.run, self._raised = run, False
        self._take_news(0.0)
        self.journal.note(code, text)
