"""What drives a trainer in a worker process: slices of work, commands handled between them, and reports."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Callable
from dataclasses import replace

from gridworld.errors import CheckpointError
from gridworld.runs.commands import Command, Configure, Pace, Pause, Start, Step, Stop
from gridworld.runs.frame import Status
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.outbox import Outbox
from gridworld.runs.process.trainer import Trainer

SLICE = 0.01  # seconds of work between two looks at the commands
MAX_SLICE = 1 << 20  # steps
MAX_DEBT = 0.1  # seconds of steps that a paced trainer may be behind before they are forgiven


class Worker:
    """Lets a trainer work in slices, handles commands in between, and reports at the cadence asked for."""

    def __init__(
        self,
        trainer: Trainer,
        outbox: Outbox,
        commands: queue.SimpleQueue[Command],
        cadence: Cadence | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trainer, self.cadence = trainer, cadence or Cadence()
        self.status = Status.STARTING
        self._outbox, self._commands, self._clock = outbox, commands, clock
        self._pace = Pace()
        self._stopping = False
        self._until = math.inf, math.inf  # the step and the episode at which a command to step is fulfilled
        self._slice = 1  # steps at once
        self._credit = 0.0
        self._began = self._credited = self._saved = clock()
        self._reported = -math.inf
        self._saved_step = trainer.step
        self._counted = self._first_step = self._board_step = self._metrics_step = trainer.step

    def run(self) -> None:
        """Work until it is done or must stop, and save. What can't be saved is kept until it can, or must end."""
        while not self._stopping:
            self.trainer.work(self.attend)
            if self._stopping:
                return
            self._turn(Status.FINISHED)
            self._end(force=False)
            while self.status is Status.FINISHED and not self._stopping:
                self._obey(None)

    def attend(self) -> int:
        """Return the function that a trainer calls between steps: see `Attend`."""
        self._fit_slice()
        self._report()
        if self._clock() - self._saved >= self.cadence.save_every and (problem := self._save()):
            self._outbox.note("error", f"{problem} The training goes on.")
        while not self._commands.empty():
            self._obey(0.0)
        while not self._stopping:
            if steps := self._steps_due():
                self._began, self._first_step = self._clock(), self.trainer.step
                return steps
            self._obey(self._wait())
        return 0

    def _steps_due(self) -> int:
        if self.status is not Status.RUNNING:
            return 0
        step, episode = self._until
        left = step - self.trainer.step
        if left <= 0 or self.trainer.episode >= episode:
            self._turn(Status.PAUSED)
            return 0
        if episode < math.inf:
            return 1  # no step more than the episode has
        if self._pace.steps_per_second is not None and step == math.inf:
            self._earn(self._pace.steps_per_second)
            return int(max(self._credit, 0.0))
        return int(min(left, self._slice))

    def _fit_slice(self) -> None:
        """Double or halve the steps of a slice, so that one takes about `SLICE` seconds."""
        taken, done = self._clock() - self._began, self.trainer.step - self._first_step
        if taken > 2 * SLICE:
            self._slice = max(1, self._slice // 2)
        elif taken < SLICE / 2 and done >= self._slice:
            self._slice = min(2 * self._slice, MAX_SLICE)

    def _earn(self, rate: float) -> None:
        """Count the steps that are due by now at this rate, and those done."""
        now, step = self._clock(), self.trainer.step
        self._credit += rate * (now - self._credited) - (step - self._counted)
        self._credit = min(self._credit, max(1.0, rate * MAX_DEBT))
        self._credited, self._counted = now, step

    def _wait(self) -> float | None:
        """Return the seconds until the next step is due; None while none will be."""
        if self.status is not Status.RUNNING or self._pace.steps_per_second is None:
            return None
        return max(0.001, (1.0 - self._credit) / self._pace.steps_per_second)

    def _obey(self, timeout: float | None) -> None:
        """Wait for a command, and follow it."""
        try:
            command = self._commands.get(timeout=timeout)
        except queue.Empty:
            return
        match command:
            case Start():
                self._go(math.inf, math.inf)
            case Step(steps, episodes) if self.status is not Status.RUNNING and episodes:
                self._go(math.inf, self.trainer.episode + episodes)
            case Step(steps) if self.status is not Status.RUNNING:
                self._go(self.trainer.step + steps, math.inf)
            case Pause():
                self._turn(Status.PAUSED)
            case Pace():
                self._pace, self._credit, self._credited = command, 0.0, self._clock()
                self.cadence = replace(self.cadence, board_every=command.update_every)
            case Configure(changes):
                self.cadence, others = self.cadence.changed(changes)
                self.trainer.configure(others)
            case Stop(force):
                if self.status is not Status.FINISHED:
                    self._turn(Status.PAUSED, first=True)
                self._end(force)

    def _end(self, force: bool) -> None:
        """Save and stop; where that fails stay as it is, unless `force` is set, and report what would be lost."""
        problem = self._save()
        self._stopping = force or not problem
        lost = f"What was done since the previous checkpoint, at step {self._saved_step:,},"
        if problem and force:
            self._outbox.note("error", f"{problem} {lost} is lost.")
        elif problem:
            kept = f"{lost} would be lost, so it is kept in memory. Make room, then try again."
            self._outbox.note("unsaved", f"{problem} {kept}")

    def _go(self, step: float, episode: float) -> None:
        self._until = step, episode
        self._credit, self._credited, self._counted = 0.0, self._clock(), self.trainer.step
        if self.status is not Status.RUNNING:
            self._turn(Status.RUNNING)

    def _turn(self, status: Status, first: bool = False) -> None:
        """Report a new status at once, with all there is to see."""
        self.status = status
        self._tell(first)
        self._show()

    def _report(self) -> None:
        """Report what is new and show what is due, at the cadence; one that comes late lets the next be early."""
        now, period = self._clock(), 1.0 / self.cadence.frames_per_second
        if self.status is Status.STARTING or now < self._reported + period:
            return
        self._reported = max(self._reported + period, now - period)
        self._tell()
        self._show(
            board=self.trainer.step - self._board_step >= self.cadence.board_every,
            metrics=self.trainer.step - self._metrics_step >= self.cadence.metrics_every,
        )

    def _tell(self, first: bool = False) -> None:
        log = self.trainer.news()
        self._outbox.report(self.status, self.trainer.step, self.trainer.episode, log, first=first)

    def _show(self, board: bool = True, metrics: bool = True) -> None:
        if board and self.cadence.board_every and (picture := self.trainer.board()) is not None:
            self._board_step = self.trainer.step
            self._outbox.show("board", picture)
        if metrics and self.cadence.metrics_every and (numbers := self.trainer.metrics()) is not None:
            self._metrics_step = self.trainer.step
            self._outbox.show("metrics", numbers)

    def _save(self) -> str:
        """Save a checkpoint; return why that failed, or "". A full disk costs the checkpoint, not the training."""
        self._saved = self._clock()
        try:
            checkpoint = self.trainer.save()
        except (OSError, CheckpointError) as error:
            return f"The checkpoint could not be saved: {str(error).rstrip('.')}."
        self._saved_step = self.trainer.step
        if checkpoint is not None:
            self._outbox.note("checkpoint", checkpoint)
        return ""
