"""A saved player's game as a run: the same commands and frames as a training, so that the same views show it."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from gridworld.frame import Command, Frame, Load, Pace, Pause, Reset, Start, Status, Step, Stop
from gridworld.run import MAX_DEBT
from gridworld.tetris.demo import Scene, demo
from gridworld.tetris.report import SCORES, TetrisBoard
from gridworld.trainer import Picture


class DemoRun:
    """One game of a linear player, a step a piece. `Reset` begins another game, `Load` takes other weights.

    An executor compiles before the first piece; without one that happens in `Start`.
    """

    def __init__(
        self,
        weights: Sequence[float],
        *,
        pace: Pace | None = None,
        seed: int = 0,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.weights, self.seed = tuple(weights), seed
        self.pace = pace or Pace(10.0)
        self.epoch, self.settings = 0, {"weights": self.weights}
        self._executor, self._clock = executor, clock
        self._begin()

    def _begin(self) -> None:
        self._scenes: Iterator[Scene] = demo(self.weights, seed=self.seed)
        self._warming: Future[Scene] | None = None
        self.status = Status.READY
        self.error: str | None = None
        self._board: TetrisBoard | None = None
        self._score, self._owed, self._last = 0, 0.0, self._clock()
        self._news = True

    def send(self, command: Command) -> None:
        """Take a command; those that mean nothing to a game change nothing."""
        match command:
            case Start() if self.status in (Status.READY, Status.PAUSED):
                self._go()
            case Pause() | Stop() if self.status in (Status.RUNNING, Status.STARTING):
                self._turn(Status.PAUSED)
            case Step(steps) if self.status in (Status.READY, Status.PAUSED):
                self._turn(Status.PAUSED)
                self._guard(lambda: self._play(steps))
            case Pace():
                self.pace, self._owed = command, 0.0
            case Reset() | Load():
                if isinstance(command, Load):
                    self.weights = tuple(command.session)
                self.settings = {"weights": self.weights}
                self.seed, self.epoch = self.seed + 1, self.epoch + 1
                self._begin()

    def poll(self, budget: float) -> Frame | None:
        """Place the pieces that are due, within the budget."""
        if self.status is Status.STARTING and self._warming is not None and self._warming.done():
            self._last = self._clock()
            self._turn(Status.RUNNING)
        if self.status is Status.RUNNING:
            self._guard(lambda: self._work(budget))
        if not self._news:
            return None
        self._news = False
        pieces = self._board.pieces if self._board else 0
        picture = Picture(self._board, None) if self._board else None
        return Frame(self.epoch, self.status, pieces, int(self.status is Status.FINISHED), picture, {}, self.error)

    def close(self) -> None:
        """A game holds nothing open."""
        self._turn(Status.PAUSED)

    def _turn(self, status: Status) -> None:
        self.status, self._news = status, True

    def _guard(self, work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception:
            self.error = traceback.format_exc()
            self._turn(Status.FAILED)

    def _go(self) -> None:
        self._last, self._owed = self._clock(), 0.0
        if self._executor is None or self._board is not None:
            self._turn(Status.RUNNING)
            return
        self._warming = self._executor.submit(next, demo(self.weights))
        self._turn(Status.STARTING)

    def _work(self, budget: float) -> None:
        now = self._clock()
        elapsed, self._last = min(now - self._last, MAX_DEBT), now
        if self.pace.steps_per_second is None:
            due = 1 << 60
        else:
            self._owed += elapsed * self.pace.steps_per_second
            due = int(self._owed)
            self._owed -= due
        deadline = now + budget
        while due > 0 and self.status is Status.RUNNING and self._clock() <= deadline:
            self._play(1)
            due -= 1

    def _play(self, pieces: int) -> None:
        for _ in range(pieces):
            scene = next(self._scenes)
            before = self._board.lines if self._board else 0
            self._score += SCORES[scene.lines - before]
            self._board = TetrisBoard(
                scene.cells, scene.piece, scene.next_piece, self._score, scene.lines, scene.pieces, 0, scene.over
            )
            self._news = True
            if scene.over:
                self._turn(Status.FINISHED)
                return
