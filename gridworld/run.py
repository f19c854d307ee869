"""A run: commands go in, frames come out, and a journal keeps what was told."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from gridworld.evaluation import Evaluator
from gridworld.frame import (
    Command,
    Configure,
    Extend,
    Frame,
    Load,
    Pace,
    Pause,
    Reset,
    Start,
    Status,
    Step,
    Stop,
)
from gridworld.history import EPISODES, EVALUATIONS, History, Stream
from gridworld.session import Settings, TrainingSession

if TYPE_CHECKING:
    import pandas as pd

MAX_DEBT = 0.1  # seconds of steps that a slow page may be behind before they are forgiven


class Run(Protocol):
    """Something that learns: a session in this process, one in another, or a recording."""

    def send(self, command: Command) -> None:
        """Take a command. Raises ValueError, and changes nothing, if it makes no sense."""

    def poll(self, budget: float) -> Frame | None:
        """Work for at most `budget` seconds and report what is new; None if nothing is."""

    def close(self) -> None:
        """Let go of processes and threads."""


class LocalRun:
    """A session that computes inside `poll`, at the pace asked for and within the budget given."""

    def __init__(
        self,
        session: TrainingSession | Settings | None = None,
        *,
        pace: Pace | None = None,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session = session if isinstance(session, TrainingSession) else TrainingSession(session)
        self.status = self.session.frame().status
        self.session.retell()
        self.epoch = 0
        self.pace = pace or Pace()
        self.error: str | None = None
        self._executor, self._clock = executor, clock
        self._evaluator = Evaluator(executor)
        self._warming: Future | None = None
        self._last = clock()
        self._owed = 0.0
        self._news = True
        self._chunk = 256

    def send(self, command: Command) -> None:
        """Take a command; it shows in the next frame."""
        match command:
            case Start():
                self._start()
            case Pause():
                if self.status in (Status.RUNNING, Status.STARTING):
                    self._turn(Status.PAUSED)
            case Step(steps, episodes):
                self._step(steps, episodes)
            case Pace():
                self.pace, self._owed = command, 0.0
            case Configure(changes):
                self.session.configure(changes)
            case Extend(episodes):
                self._extend(episodes)
            case Reset(settings):
                self._replace(TrainingSession(settings or self.session.settings))
            case Load(session):
                session.retell()
                self._replace(session)
            case Stop():
                self._turn(Status.PAUSED)

    def poll(self, budget: float) -> Frame | None:
        """Do the steps that are due, at most `budget` seconds of them, and report what is new."""
        if self.status is Status.STARTING and self._warming is not None and self._warming.done():
            self._last = self._clock()
            self._turn(Status.RUNNING)
        if self.status is Status.RUNNING:
            self._guard(lambda: self._work(budget))
        evaluation = self._evaluator.poll(self.session, self.status is not Status.RUNNING)
        if not self._news and evaluation is None:
            return None
        self._news = False
        frame = self.session.frame()
        log = frame.log if evaluation is None else {**frame.log, EVALUATIONS.name: evaluation}
        return replace(frame, epoch=self.epoch, status=self.status, error=self.error, log=log)

    def close(self) -> None:
        """Nothing is held that would outlive the run."""
        self._turn(Status.PAUSED)

    def _turn(self, status: Status) -> None:
        if self.status is not Status.FAILED:
            self.status, self._news = status, True

    def _start(self) -> None:
        if self.status not in (Status.READY, Status.PAUSED):
            return
        self._last, self._owed = self._clock(), 0.0
        if self._executor is None or self.session.is_compiled:
            self._turn(Status.RUNNING)
            return
        self._warming = self._executor.submit(self.session.compile)
        self._turn(Status.STARTING)

    def _step(self, steps: int, episodes: int) -> None:
        if self.status not in (Status.READY, Status.PAUSED):
            return
        self._guard(lambda: self._advance_by(steps, episodes))

    def _advance_by(self, steps: int, episodes: int) -> None:
        if episodes:
            self.session.advance_episodes(episodes)
        else:
            self.session.advance(steps)
        self._turn(Status.FINISHED if self.session.finished else Status.PAUSED)

    def _extend(self, episodes: int) -> None:
        self.session.extend(episodes)
        if self.session.finished:
            self._turn(Status.FINISHED)
        elif self.status is Status.FINISHED:
            self._turn(Status.PAUSED)

    def _replace(self, session: TrainingSession) -> None:
        self.session, self.error = session, None
        self.status, self._news = session.frame().status, True
        session.retell()
        self.epoch += 1
        self._evaluator = Evaluator(self._executor)

    def _guard(self, work: Callable[[], None]) -> None:
        """A step that raises ends this run, and says why; nothing else is disturbed."""
        try:
            work()
        except Exception:
            self.error = traceback.format_exc()
            self.status, self._news = Status.FAILED, True

    def _work(self, budget: float) -> None:
        now = self._clock()
        elapsed, self._last = min(now - self._last, MAX_DEBT), now
        if self.pace.steps_per_second is None:
            self._flat_out(now + budget)
        else:
            self._paced(elapsed, now + budget)
        if self.session.finished:
            self._turn(Status.FINISHED)

    def _paced(self, elapsed: float, deadline: float) -> None:
        """The steps owed since the last poll, in whole updates."""
        every = self.pace.update_every
        self._owed += elapsed * (self.pace.steps_per_second or 0.0)
        due = int(self._owed) // every * every
        self._owed = min(self._owed - due, float(max(every, due)))
        done = self._advance_until(due, deadline)
        if done < due:
            self._owed = 0.0

    def _flat_out(self, deadline: float) -> None:
        self._advance_until(1 << 60, deadline)

    def _advance_until(self, steps: int, deadline: float) -> int:
        """Do up to so many steps, in chunks of an eighth to a half of the time there is; gives how many were done.

        The last one has as many steps as fit at the pace of the one before.
        """
        first, began, taken, chunk = self.session.step, self._clock(), 0.0, 0
        budget = deadline - began
        while began < deadline and not self.session.finished:
            left = steps - (self.session.step - first)
            fitting = int(chunk * (deadline - began) / taken) if taken > 0 else self._chunk
            if left <= 0 or fitting <= chunk // 8:
                break
            chunk = min(left, fitting, self._chunk)
            self.session.advance(chunk)
            now = self._clock()
            taken, began = now - began, now
            if taken > budget / 2:
                self._chunk = max(1, self._chunk // 2)
            elif taken < budget / 8 and chunk == self._chunk:
                self._chunk *= 2
        done = self.session.step - first
        self._news = self._news or done > 0
        return done


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was pressed, changed or went wrong: when, at which step of the run, a stable code, a sentence."""

    time: float  # seconds since 1970
    step: int
    code: str
    text: str


class RecordedRun:
    """Frames told before, played back: `Start` plays on, `Step` shows one more, `Reset` begins anew."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = list(frames)
        if not self.frames:
            raise ValueError("A recording without frames has nothing to show; record at least one.")
        self.position = 0
        self.epoch = 0
        self._running = False
        self._due = 1

    def send(self, command: Command) -> None:
        """Start, Pause, Step and Reset move through the recording; other commands change nothing in it."""
        match command:
            case Start():
                self._running = True
            case Pause() | Stop():
                self._running, self._due = False, max(self._due, 1)
            case Step(steps):
                self._due += steps
            case Reset():
                self.position, self._due, self._running = 0, 1, False
                self.epoch += 1

    def poll(self, budget: float) -> Frame | None:
        """The next frame, if one is due."""
        due = self._running or self._due > 0
        self._due = max(0, self._due - 1)
        if not due or self.position == len(self.frames):
            return None
        frame = self.frames[self.position]
        self.position += 1
        return replace(frame, epoch=self.epoch)

    def close(self) -> None:
        """A recording holds nothing open."""


class Journal:
    """What a run has told so far: the newest frame and its whole log, bounded. Readers keep their own place in it."""

    def __init__(self, streams: Iterable[Stream] = (EPISODES, EVALUATIONS), capacity: int = 4096) -> None:
        self.frame: Frame | None = None
        self.revision = 0
        self.events: deque[Event] = deque(maxlen=500)
        self._streams, self._capacity = tuple(streams), capacity
        self._begin()

    def _begin(self) -> None:
        self.histories: Mapping[str, History] = {s.name: History(s, self._capacity) for s in self._streams}
        self._pace: deque[tuple[float, int]] = deque(maxlen=64)

    def add(self, frame: Frame | None, now: float | None = None) -> bool:
        """Take in a frame; gives whether anything is new. An older epoch is dropped, a newer one starts afresh."""
        if frame is None or (self.frame is not None and frame.epoch < self.frame.epoch):
            return False
        if self.frame is not None and frame.epoch > self.frame.epoch:
            self._begin()
        for name, columns in frame.log.items():
            self.histories[name].append(columns)
        self.frame = replace(self.frame.then(frame) if self.frame else frame, log={})
        self.revision += 1
        self._pace.append((time.monotonic() if now is None else now, frame.step))
        return True

    def note(self, code: str, text: str) -> None:
        """Write an event down at the present step."""
        self.events.append(Event(time.time(), self.frame.step if self.frame else 0, code, text))
        self.revision += 1

    @property
    def steps_per_second(self) -> float:
        """Measured over the frames of the last second or so; 0 while nothing moves."""
        if self.frame is None or self.frame.status is not Status.RUNNING or len(self._pace) < 2:
            return 0.0
        newest = self._pace[-1]
        oldest = next(sample for sample in self._pace if newest[0] - sample[0] <= 1.0)
        if oldest is newest:
            oldest = self._pace[-2]
        seconds = newest[0] - oldest[0]
        return (newest[1] - oldest[1]) / seconds if seconds > 0 else 0.0

    @property
    def interventions(self) -> list[tuple[int, str]]:
        """(episodes before it, what changed) for each change in mid-run."""
        changes = getattr(self.frame and self.frame.scene, "interventions", ())
        return [(c.episode, ", ".join(f"{name} = {value}" for name, value in c.changes.items())) for c in changes]

    def columns(self, stream: str = EPISODES.name) -> dict[str, Any]:
        """The whole log of a stream: name -> float64 [n]."""
        return self.histories[stream].since()

    def to_frame(self, stream: str = EPISODES.name) -> pd.DataFrame:
        """The whole log of a stream as a table with a row each, for which pandas must be installed."""
        import pandas as pd

        return pd.DataFrame(self.columns(stream))
