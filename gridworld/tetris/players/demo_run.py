"""A saved player's game as a run: the same commands and frames as a training, so that the same views show it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor

from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.runs.paced import PacedRun
from gridworld.runs.process.trainer import ProcessScene
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.game.watch import GameScene, demo
from gridworld.tetris.report import SCORES, TetrisBoard


class DemoRun(PacedRun):
    """One game of a linear player, a step a piece. `Reset` begins another game: of the same player, or of another one,
    given as a mapping with its `weights` and `features`.

    An executor compiles before the first piece; without one that happens in `Start`.
    """

    def __init__(
        self,
        weights: Sequence[float],
        features: Sequence[str] = BCTS_FEATURES,
        *,
        pace: Pace | None = None,
        seed: int = 0,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(pace or Pace(10.0), executor, clock)
        self._begin(weights, features, seed)

    def _begin(self, weights: Sequence[float], features: Sequence[str], seed: int) -> None:
        self._scenes: Iterator[GameScene] = demo(weights, features=features, seed=seed)
        self.weights, self.features, self.seed = tuple(weights), tuple(features), seed
        self.settings = {"weights": self.weights, "features": self.features}
        self._board: TetrisBoard | None = None
        self._score = 0
        self._reset_state(Status.READY)

    @property
    def step(self) -> int:
        return self._board.pieces if self._board else 0

    @property
    def episode(self) -> int:
        return int(self.finished)

    @property
    def finished(self) -> bool:
        return self._board is not None and self._board.over

    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        match command:
            case Reset(None):
                self._begin(self.weights, self.features, self.seed + 1)
            case Reset({"weights": weights, "features": features}):
                self._begin(weights, features, self.seed + 1)
            case _:
                raise ValueError("A demo can only begin another game, of the same player or of another one's weights.")
        self.epoch += 1

    def _frame(self) -> Frame:
        picture = ProcessScene(self._board, None) if self._board else None
        facts = {"error": self.error, "settings": self.settings, "pace": self.pace}
        return Frame(self.epoch, self.status, self.step, self.episode, picture, **facts)

    def _warm_up(self) -> Callable[[], GameScene] | None:
        return None if self._board else lambda: next(demo(self.weights, features=self.features))

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        last = self.step + steps
        while self.step < last and not self.finished and self._clock() < deadline:
            self._play()

    def _play(self) -> None:
        """Place a piece."""
        scene = next(self._scenes)
        before = self._board.lines if self._board else 0
        self._score += SCORES[scene.lines - before]
        counts = self._score, scene.lines, scene.pieces, 0, scene.over
        self._board = TetrisBoard(scene.cells, scene.piece, scene.next_piece, *counts)
