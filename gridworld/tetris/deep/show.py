"""The game that a training with stable-baselines3 shows: what its network plays when it does not explore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.tetris.deep.games import Watched
from gridworld.tetris.report import TetrisBoard


class NetworkShow:
    """Games to look at, apart from those that are learned from: a piece more for each picture, by the network as it is.

    `choose(observation, legal)` returns the network's best action. Game number n is dealt by the seed n.
    """

    def __init__(self, game: Watched, choose: Callable[[Any, np.ndarray], Any]) -> None:
        self._game, self._choose = game, choose
        self._games, self._observation = 0, None

    def next(self, generation: int) -> TetrisBoard | None:
        """Return the game one piece later; one that is over is shown once, then another begins."""
        if self._observation is None:
            self._begin()
        action = self._choose(self._observation, self._game.action_masks())
        self._observation, _, terminated, truncated, _ = self._game.step(action)
        if terminated or truncated:
            self._begin()
        self._game.finished.clear()
        return self._game.board(generation)

    def _begin(self) -> None:
        self._observation, _ = self._game.reset(seed=self._games)
        self._games += 1
