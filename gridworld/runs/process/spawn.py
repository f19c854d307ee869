"""A worker process: how its parent sees it, and what it runs.

It is a new interpreter with `main` below in it and nothing else: whatever program the parent is, server, notebook or
test, is not run again. The two share a pipe each way, and when the parent is gone the worker ends.
"""

from __future__ import annotations

import faulthandler
import importlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator

from gridworld.extensions import load_named
from gridworld.runs.commands import Command, Stop
from gridworld.runs.frame import Status
from gridworld.runs.process.messages import Message, WorkerOrder, read_messages, write_message
from gridworld.runs.process.outbox import Outbox
from gridworld.runs.process.trainer import Trainer
from gridworld.runs.process.worker import Worker

KILL_AFTER = 0.5  # seconds between a signal to terminate and one to kill
ORPHAN_GRACE = 2.0  # seconds that a worker has for its last checkpoint after its parent is gone
INBOX = 512  # messages that wait to be taken; the rest waits in the worker's outbox
BOOT = "import sys; sys.path[:] = {path!r}; from gridworld.runs.process.spawn import main; main()"


class WorkerProcess:
    """One worker process from start to exit: its pipes, and its messages that nobody has taken yet."""

    def __init__(self, order: WorkerOrder) -> None:
        self.run = order.run
        self.ending = self.forced = self._must_end = False
        self._deaf = False
        self._exit_code: int | None = None
        self._inbox: list[Message] = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-c", BOOT.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self.process.stdin is not None
        self._commands = self.process.stdin
        self.send(order)
        if hasattr(os, "set_blocking"):
            os.set_blocking(self._commands.fileno(), False)
        threading.Thread(target=self._read, name=f"worker {self.run}", daemon=True).start()

    def send(self, message: WorkerOrder | Command) -> bool:
        """Send a command; False if it has left too many unread. Those to a dead worker are lost with it."""
        with self._changed:
            if self._deaf or self._commands.closed:
                return not self._deaf
            try:
                write_message(self._commands.fileno(), pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
            except BlockingIOError:
                self._deaf = True  # perhaps in the midst of a message: nothing can follow it
            except OSError:
                pass
            return not self._deaf

    def take(self) -> tuple[list[Message], int | None]:
        """Return all that arrived since the last time, and the exit code if that is all there will ever be."""
        with self._changed:
            messages, self._inbox = self._inbox, []
            self._changed.notify_all()
            return messages, self._exit_code

    def stop(self, patience: float) -> None:
        """Ask it to save and stop; one that answers neither way within `patience` seconds is ended by force.

        One that can't save stays, and is then no longer `ending`.
        """
        with self._changed:
            self.ending = True
            self._changed.notify_all()
        answered = self.send(Stop())
        if answered:
            with self._changed:
                answered = self._changed.wait_for(lambda: not self.ending or self._exit_code is not None, patience)
        if not answered:
            self.end(0.0)

    def end(self, patience: float) -> None:
        """Ask it to stop, saved or not; after `patience` seconds terminate it, then kill it. When this returns it is
        gone."""
        with self._changed:
            self.ending = self._must_end = True
            self._changed.notify_all()
        if not self.send(Stop(force=True)):
            patience = 0.0
        for seconds, act in ((patience, self.process.terminate), (KILL_AFTER, self.process.kill)):
            try:
                self.process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                self.forced = True
                act()
        self.process.wait()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            for data in read_messages(pipe.fileno()):
                message = Message.from_bytes(data)
                with self._changed:
                    self._changed.wait_for(lambda: self.ending or len(self._inbox) < INBOX)
                    self._inbox.append(message)
                    if message.kind == "unsaved":
                        self.ending = self._must_end
                        self._changed.notify_all()
        exit_code = self.process.wait()
        with self._changed:
            self._commands.close()
            self._exit_code = exit_code
            self._changed.notify_all()


def main() -> None:
    """Run a worker process from its start to its end."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the server's to handle
    commands_pipe, reports_pipe = _claim_pipes()
    incoming = read_messages(commands_pipe)
    order: WorkerOrder = pickle.loads(next(incoming))
    outbox, commands = Outbox(order.run, order.streams), queue.SimpleQueue[Command]()
    threading.Thread(target=_listen, args=(incoming, commands), daemon=True).start()
    delivery = threading.Thread(target=_deliver, args=(outbox, reports_pipe), daemon=True)
    delivery.start()
    code = _work(order, outbox, commands)
    outbox.close()
    delivery.join()
    os._exit(code)  # whatever threads a trainer has left behind


def _work(order: WorkerOrder, outbox: Outbox, commands: queue.SimpleQueue[Command]) -> int:
    trainer = None
    try:
        load_named()
        module, _, function = order.factory.partition(":")
        trainer = getattr(importlib.import_module(module), function)(order.settings, order.checkpoint)
        Worker(trainer, outbox, commands, order.cadence).run()
    except BaseException:
        _tell_failure(outbox, trainer, traceback.format_exc())
        return 1
    return 0


def _tell_failure(outbox: Outbox, trainer: Trainer | None, error: str) -> None:
    """Report the end of a failed run, with the last words of its trainer."""
    try:
        step, episode, log = (trainer.step, trainer.episode, trainer.news()) if trainer else (0, 0, {})
        outbox.report(Status.FAILED, step, episode, log, first=True, error=error)
    except Exception:
        outbox.report(Status.FAILED, 0, 0, first=True, error=error)


def _claim_pipes() -> tuple[int, int]:
    """Return the pipes that came as standard input and output, out of the reach of anything that prints."""
    commands, reports = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    return commands, reports


def _listen(incoming: Iterator[bytes], commands: queue.SimpleQueue[Command]) -> None:
    """Pass commands on; when there will be no more, the parent is gone."""
    for message in incoming:
        commands.put(pickle.loads(message))
    commands.put(Stop(force=True))
    time.sleep(ORPHAN_GRACE)
    os._exit(1)


def _deliver(outbox: Outbox, pipe: int) -> None:
    try:
        while (message := outbox.take()) is not None:
            write_message(pipe, message.to_bytes())
    except OSError:
        return  # nobody reads any more: the commands end as well
