"""A saved player's game as a run: the same commands and frames as a training, so that the same views show it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor

from gridworld.runs.commands import Command, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.paced import PacedRun
from gridworld.runs.process.trainer import Picture
from gridworld.tetris.game.watch import Scene, demo
from gridworld.tetris.report import SCORES, TetrisBoard


class DemoRun(PacedRun):
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
        super().__init__(pace or Pace(10.0), executor, clock)
        self.weights, self.seed = tuple(weights), seed
        self.settings = {"weights": self.weights}
        self._begin()

    def _begin(self) -> None:
        self._scenes: Iterator[Scene] = demo(self.weights, seed=self.seed)
        self._board: TetrisBoard | None = None
        self._score = 0
        self._stand(Status.READY)

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
                self._set_pace(command)
            case Reset() | Load():
                if isinstance(command, Load):
                    self.weights = tuple(command.session)
                self.settings = {"weights": self.weights}
                self.seed, self.epoch = self.seed + 1, self.epoch + 1
                self._begin()

    def poll(self, budget: float) -> Frame | None:
        """Place the pieces that are due, within the budget."""
        self._wake()
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

    def _warm_up(self) -> Callable[[], Scene] | None:
        return None if self._board else lambda: next(demo(self.weights))

    def _work(self, budget: float) -> None:
        now, elapsed = self._pass_time()
        due, deadline = self._due(elapsed), now + budget
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
