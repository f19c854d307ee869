"""A run whose trainer works in a process of its own, which is sent commands and whose reports become frames."""

from __future__ import annotations

import threading
import uuid
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gridworld.runs.commands import Command, Configure, Edit, Extend, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import Stream
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.messages import Message, WorkerOrder
from gridworld.runs.process.reports import Reports, exit_reason
from gridworld.runs.process.spawn import WorkerProcess
from gridworld.runs.process.trainer import Recipe

NO_CHECKPOINT = "This training has ended and left no checkpoint to go on from; Reset begins a new one."


class ProcessRun:
    """A run of any trainer in a worker process, which is spawned by Start and goes on whether it is polled or not.

    Status: `starting` from Start to the trainer's first step. `Stop` ends the worker; the run stays to be looked at,
    `paused`. A worker that can't save stays as well, `unsaved`, until it can or `Stop(force=True)` ends it. A later
    Start goes on from the last checkpoint, and is refused if there is none; the same holds after a failure. What goes
    on from a checkpoint reports its whole log again, in the next epoch. `Reset` begins again. A worker that does not
    follow Stop is terminated after `patience` seconds and killed half a second later; the run has then failed.

    Parameters
    ----------
    recipe
        What the trainer is made from.
    cadence
        How often it shows itself and saves.
    pace
        As fast as it goes, with the cadence's pictures, if None.
    patience
        Seconds.
    checkpoint
        The checkpoint that the first Start continues from, by name.
    past
        What that checkpoint holds, shown until a worker reports its log.
    epoch
        The first one: above the last one of a run whose place this one takes.
    """

    session = None

    def __init__(
        self,
        recipe: Recipe,
        *,
        cadence: Cadence | None = None,
        pace: Pace | None = None,
        patience: float = 1.5,
        checkpoint: str | None = None,
        past: Frame | None = None,
        epoch: int = 0,
    ) -> None:
        recipe.check(recipe.settings)
        self.recipe, self.settings = recipe, dict(recipe.settings)
        self.cadence, self.patience, self.epoch = cadence or Cadence(), patience, epoch
        self._take_pace(pace or Pace(None, self.cadence.board_every))
        self._worker: WorkerProcess | None = None
        self._processes: list[WorkerProcess] = []  # the worker and those that are about to end
        weakref.finalize(self, _end_all, self._processes, patience)
        self._news = True
        self._begin(checkpoint, past)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The logs of this run: what its journal is made with."""
        return self.recipe.streams

    @property
    def pid(self) -> int | None:
        """The number of the worker process while there is one."""
        return self._worker.process.pid if self._worker else None

    def send(self, command: Command) -> None:
        """Take a command. Raises ValueError, and changes nothing, if it makes no sense."""
        self._receive()
        match command:
            case Start() | Step():
                self._go(command)
            case Pause():
                self._forward(command)
            case Pace():
                self._forward(command)
                self._take_pace(command)
                self._news = True
            case Configure(changes):
                self._configure(changes)
            case Reset(None):
                self._reset(self.settings)
            case Reset(Mapping() as settings):
                self._reset(settings)
            case Stop(force):
                self._stop(force)
            case Extend():
                raise ValueError("This training can't be limited to a number of episodes; set another target instead.")
            case Edit():
                raise ValueError("A training in a process of its own has no grid world that could be edited.")
            case Reset() | Load():
                raise ValueError(
                    "A training in a process of its own is made from settings by name; it can't continue a session."
                )

    def poll(self, budget: float = 0.0) -> Frame | None:
        """Return one frame of all that the worker reported since the last poll. It works meanwhile: the budget is not
        used."""
        self._receive()
        if not self._news:
            return None
        self._news = False
        scene, log = self._reports.scene(), self._reports.take_log()
        facts = self.settings, self.pace, self.checkpoint is not None, self.pid, self.unsaved
        return Frame(self.epoch, self.status, self._step, self._episode, scene, log, self.error, *facts)

    def close(self) -> None:
        """End the worker. When this returns its process is gone, after at most `patience` and half a second."""
        _end_all(self._processes, self.patience)

    def _begin(self, checkpoint: str | None, past: Frame | None = None) -> None:
        self.status = Status.READY if checkpoint is None else Status.PAUSED
        self.error: str | None = None
        self.unsaved = False
        self.checkpoint = checkpoint
        self._step: int = past.step if past else 0
        self._episode: int = past.episode if past else 0
        self._reports = Reports(self.streams, past)
        self._reports_again = False  # whether the next worker's first message begins an epoch
        self._next: Start | Step | None = None  # to be done by another worker when this one is gone
        self._news = True

    def _reset(self, settings: Mapping[str, Any]) -> None:
        self.recipe.check(settings)
        self._let_go()
        self.settings = dict(settings)
        self.epoch += 1
        self._begin(None)

    def _take_pace(self, pace: Pace) -> None:
        self.pace, self.cadence = pace, replace(self.cadence, board_every=pace.update_every)

    def _go(self, command: Start | Step) -> None:
        if self._worker is not None and self._worker.ending:
            self._next = command
        elif self._worker is not None:
            self._forward(command)
        elif self.status is Status.READY or (self.status is not Status.FINISHED and self.checkpoint is not None):
            self._spawn(command)
        elif self.status is not Status.FINISHED:
            raise ValueError(NO_CHECKPOINT)

    def _spawn(self, command: Start | Step) -> None:
        self._reports_again, self._next = self.checkpoint is not None, None
        made_from = (self.recipe.factory, self.settings, self.checkpoint, self.streams, self.cadence)
        self._news = True
        try:
            self._worker = WorkerProcess(WorkerOrder(uuid.uuid4().hex[:12], *made_from))
        except OSError as problem:
            self.status, self.error = Status.FAILED, f"The trainer's process could not be started: {problem}."
            return
        self._processes[:] = [p for p in self._processes if p.process.returncode is None] + [self._worker]
        self.status, self.error = Status.STARTING, None
        for word in (self.pace, command):
            self._worker.send(word)

    def _forward(self, command: Command) -> None:
        if self._worker is not None and not self._worker.ending and not self._worker.send(command):
            raise ValueError("The trainer takes no more commands, because it does not respond; Stop ends it.")

    def _configure(self, changes: Mapping[str, Any]) -> None:
        cadence, others = self.cadence.changed(changes)
        settings = {**self.settings, **others}
        self.recipe.check(settings)
        fixed = [name for name in others if name not in self.recipe.live]
        if fixed and self.status is not Status.READY:
            raise ValueError(
                f"A training keeps its {' and '.join(fixed)} from beginning to end; Reset begins a new one."
            )
        self._forward(Configure(changes))
        self.cadence, self.settings, self._news = cadence, settings, True
        self.pace = replace(self.pace, update_every=cadence.board_every)
        if others and self.status is Status.FINISHED and self.checkpoint is not None:
            self.status = Status.PAUSED

    def _stop(self, force: bool) -> None:
        self._next = None
        if self._worker is None or self._worker.ending:
            return
        if self.status is Status.STARTING:
            self._let_go()
            self.status, self._news = Status.READY if self.checkpoint is None else Status.PAUSED, True
        elif force:
            self._end(self.patience)
        else:
            self._in_a_thread(self._worker.stop, self.patience)

    def _let_go(self) -> None:
        """End the worker and take no more of its messages. One that has not begun has nothing to save."""
        if self._worker is not None:
            self._end(0.0 if self.status is Status.STARTING else self.patience)
            self._worker = None

    def _end(self, patience: float) -> None:
        """End the worker, saved or not."""
        assert self._worker is not None
        self._in_a_thread(self._worker.end, patience)

    def _in_a_thread(self, end: Callable[[float], None], patience: float) -> None:
        """End the worker in a thread, which the interpreter waits for."""
        assert self._worker is not None
        self._worker.ending = True
        threading.Thread(target=end, args=(patience,)).start()

    def _receive(self) -> None:
        """Take what has arrived from the worker, and record its exit if it is gone."""
        if self._worker is None:
            return
        messages, exit_code = self._worker.take()
        for message in messages:
            if message.run == self._worker.run:
                self._take(message)
        if exit_code is not None:
            self._record_exit(exit_code)

    def _take(self, message: Message) -> None:
        if self._reports_again and message.status is not Status.FAILED:
            self.epoch += 1
            self._reports_again = False
            self._reports.clear()
        self.status, self._step, self._episode = message.status, message.step, message.episode
        self.unsaved = self.unsaved and message.status is not Status.RUNNING
        self._news = True
        self._reports.add(message)
        match message.kind:
            case "error":
                self.error = message.payload.decode()
            case "unsaved":
                self.error, self.unsaved = message.payload.decode(), True
                if self._next is not None:
                    self._forward(self._next)
                    self._next = None
            case "checkpoint":
                self.checkpoint, self.error, self.unsaved = message.payload.decode(), None, False

    def _record_exit(self, exit_code: int) -> None:
        """Record the end of the worker, after its last message."""
        assert self._worker is not None
        unexpected = exit_code != 0 or self.status in (Status.STARTING, Status.RUNNING)
        if unexpected and self.status is not Status.FAILED:
            self.error = exit_reason(exit_code, self.patience if self._worker.forced else None)
            self.status = Status.FAILED
        self._worker, self.unsaved, self._news = None, False, True
        if self._next is not None and self.checkpoint is not None:
            self._spawn(self._next)
        elif self._next is not None:
            self.error, self._next = NO_CHECKPOINT, None


def _end_all(processes: list[WorkerProcess], patience: float) -> None:
    for process in processes:
        process.end(patience)
    processes.clear()
