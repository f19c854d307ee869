"""Watching a player: one game, piece by piece, with its colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.game.board import LITERATURE, landing_row
from gridworld.tetris.game.features import BCTS_FEATURES, player_row
from gridworld.tetris.game.games import ACTION, LINES, NEXT_PIECE, OVER, PIECE, PIECES, TOPPED_OUT, Games, random_words
from gridworld.tetris.game.pieces import MAX_ROTATIONS, SHAPES
from gridworld.tetris.game.render import paint


@dataclass(frozen=True)
class GameScene:
    """A game between two placements; the first one shows the empty board.

    `cells` is uint8 [H, W], the top row first: 0 empty, p + 1 a cell of piece p. `action` is the placement that led
    here (`width * rotation + column` as in `TetrisEnv`, or -1), `piece` and `next_piece` are the ones to come, `over`
    means that there is no room for `piece`.
    """

    cells: np.ndarray
    action: int
    piece: int
    next_piece: int
    lines: int
    pieces: int
    over: bool


def demo(
    weights: Sequence[float] | np.ndarray,
    *,
    features: Sequence[str] = BCTS_FEATURES,
    width: int = 10,
    height: int = 20,
    bag: bool = False,
    rules: str = LITERATURE,
    seed: int = 0,
    fast: bool = CAN_COMPILE,
) -> WatchedGame:
    """Play one game with a player and yield a scene for each piece, until the game is over.

    `weights` has one for each of `features`, or they are those of a network. A good player's game may last for
    millions of pieces: take as many scenes as are wanted.
    """
    rng = np.random.default_rng(seed)
    deals, ties = random_words(rng, 1), random_words(rng, 1)
    game = Games(deals, ties, width=width, height=height, bag=bag, rules=rules, fast=fast)
    return WatchedGame(game, weights, features)


class WatchedGame(Iterator[GameScene]):
    """One game, scene by scene; the player's weights may change while it lasts."""

    def __init__(self, game: Games, weights: Sequence[float] | np.ndarray, features: Sequence[str]) -> None:
        self._player = player_row(weights, features)
        self._scenes = self._play(game)

    def __next__(self) -> GameScene:
        return next(self._scenes)

    def change(self, weights: Sequence[float] | np.ndarray, features: Sequence[str]) -> None:
        """Let the pieces to come be placed by other weights; ValueError where they are no player's."""
        self._player = player_row(weights, features)

    def _play(self, game: Games) -> Iterator[GameScene]:
        status, columns, order = game.status[0], game.columns[0], np.zeros(1, np.int64)
        cells = np.zeros((game.height, len(columns)), np.uint8)
        unlimited = np.iinfo(np.int64).max
        game.play(self._player, order, limit=unlimited, budget=0)
        scene = _scene(cells, status)
        while True:
            before, piece = columns.copy().data, int(status[PIECE])
            game.play(self._player, order, limit=unlimited, budget=1)
            if status[OVER] == TOPPED_OUT:
                yield replace(scene, over=True)
                return
            yield scene
            rotation, x = divmod(int(status[ACTION]), len(columns))
            paint(cells, piece, rotation, x, landing_row(before, SHAPES.data, MAX_ROTATIONS * piece + rotation, x))
            scene = _scene(cells, status)


def _scene(cells: np.ndarray, status: np.ndarray) -> GameScene:
    action, piece, next_piece, lines, pieces = status[[ACTION, PIECE, NEXT_PIECE, LINES, PIECES]].tolist()
    return GameScene(cells.copy(), action, piece, next_piece, lines, pieces, over=False)
