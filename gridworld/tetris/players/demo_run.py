"""Games of linear players as a run: the same commands and frames as a training, so that the same views show them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from gridworld.runs.commands import Configure, Edit, Extend, Load, Pace, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.runs.paced import PacedRun
from gridworld.runs.process.trainer import ProcessScene
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.game.watch import GameScene, WatchedGame, demo
from gridworld.tetris.report import SCORES, TetrisBoard


@dataclass(frozen=True, slots=True)
class DemoScene(ProcessScene):
    """The game that is shown, and the one beside it, if there is one. There are no metrics."""

    rival: TetrisBoard | None = None


class DemoRun(PacedRun):
    """A game of a linear player, a step a piece, and beside it one of another player on the same pieces.

    `Reset` begins the game again; a mapping with `weights` and `features`, and if wanted a `seed` and a `rival` (a pair
    of weights and features, or None), gives what another is of. `Configure` changes the weights and features of the
    player in the midst of its game.

    An executor compiles before the first piece; without one that happens in `Start`.
    """

    def __init__(
        self,
        weights: Sequence[float],
        features: Sequence[str] = BCTS_FEATURES,
        *,
        rival: tuple[Sequence[float], Sequence[str]] | None = None,
        pace: Pace | None = None,
        seed: int = 0,
        executor: Executor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(pace or Pace(10.0), executor, clock)
        self._begin(weights, features, seed, rival)

    def _begin(
        self,
        weights: Sequence[float],
        features: Sequence[str],
        seed: int,
        rival: tuple[Sequence[float], Sequence[str]] | None,
    ) -> None:
        self._game = _Game(demo(weights, features=features, seed=seed))
        self._other = None if rival is None else _Game(demo(rival[0], features=rival[1], seed=seed))
        self.weights, self.features, self.seed, self._rival = tuple(weights), tuple(features), seed, rival
        self._describe()
        self._reset_state(Status.READY)

    def _describe(self) -> None:
        self.settings = {"weights": self.weights, "features": self.features, "seed": self.seed}

    @property
    def _games(self) -> list[_Game]:
        return [game for game in (self._game, self._other) if game is not None]

    @property
    def step(self) -> int:
        return max(game.pieces for game in self._games)

    @property
    def episode(self) -> int:
        return int(self.finished)

    @property
    def finished(self) -> bool:
        return all(game.over for game in self._games)

    def _change(self, command: Configure | Edit | Extend | Reset | Load) -> None:
        match command:
            case Reset(None):
                self._begin(self.weights, self.features, self.seed, self._rival)
            case Reset(Mapping() as game) if {"weights", "features"} <= game.keys():
                self._begin(game["weights"], game["features"], game.get("seed", self.seed), game.get("rival"))
            case Configure({"weights": weights, "features": features}):
                self._game.scenes.change(weights, features)
                self.weights, self.features = tuple(weights), tuple(features)
                self._describe()
                return
            case _:
                raise ValueError("A demo can only begin another game, or go on with another player's weights.")
        self.epoch += 1

    def _frame(self) -> Frame:
        board, rival = self._game.board, self._other.board if self._other else None
        scene = DemoScene(board, None, rival) if board else None
        facts = {"error": self.error, "settings": self.settings, "pace": self.pace}
        return Frame(self.epoch, self.status, self.step, self.episode, scene, **facts)

    def _warm_up(self) -> Callable[[], GameScene] | None:
        return None if self._game.board else lambda: next(demo(self.weights, features=self.features))

    def _advance(self, steps: int, episodes: int, deadline: float) -> None:
        last = self.step + steps
        while self.step < last and not self.finished and self._clock() < deadline:
            for game in self._games:
                game.play()


class _Game:
    """A game and its newest board."""

    def __init__(self, scenes: WatchedGame) -> None:
        self.scenes = scenes
        self.board: TetrisBoard | None = None
        self._score = 0

    @property
    def pieces(self) -> int:
        """Pieces placed."""
        return self.board.pieces if self.board else 0

    @property
    def over(self) -> bool:
        """Whether the game is over."""
        return self.board is not None and self.board.over

    def play(self) -> None:
        """Place a piece, unless the game is over."""
        if self.over:
            return
        scene = next(self.scenes)
        before = self.board.lines if self.board else 0
        self._score += SCORES[scene.lines - before]
        counts = self._score, scene.lines, scene.pieces, 0, scene.over
        self.board = TetrisBoard(scene.cells, scene.piece, scene.next_piece, *counts)
