"""The game that a Tetris training shows while it learns."""

from __future__ import annotations

from collections.abc import Iterator

from gridworld.tetris.game.watch import GameScene
from gridworld.tetris.report import SCORES, TetrisBoard
from gridworld.tetris.search.trainer import TetrisTrainer

LONGEST_SHOW = 300  # pieces; then a newer player has its turn


class Show:
    """Games to look at: the present player plays on until its game is over, or `longest` pieces where a newer waits."""

    def __init__(self, trainer: TetrisTrainer, longest: int = LONGEST_SHOW) -> None:
        self._trainer, self._longest = trainer, longest
        self._shown = 0
        self._begin()

    def _begin(self) -> None:
        self._generation, self._score, self._lines = self._trainer.generation, 0, 0
        self._scenes: Iterator[GameScene] = self._trainer.play(seed=self._shown)
        self._shown += 1
        self._pieces, self._over = 0, False

    def next(self) -> TetrisBoard:
        """Return the game one piece later."""
        outdated = self._pieces >= self._longest and self._generation != self._trainer.generation
        if self._over or outdated:
            self._begin()
        scene = next(self._scenes)
        self._score += SCORES[scene.lines - self._lines]
        self._lines, self._pieces, self._over = scene.lines, scene.pieces, scene.over
        return TetrisBoard(
            scene.cells,
            scene.piece,
            scene.next_piece,
            self._score,
            scene.lines,
            scene.pieces,
            self._generation + 1,
            scene.over,
        )
