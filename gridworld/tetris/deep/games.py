"""The games that stable-baselines3 learns from, watched: the built-in one, and that of tetris-gymnasium."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from gridworld.tetris.deep.settings import PLACEMENTS, THEIRS, DeepHyperparameters
from gridworld.tetris.game.board import LITERATURE, STRICT
from gridworld.tetris.game.env import TetrisEnv
from gridworld.tetris.game.pieces import MAX_ROTATIONS
from gridworld.tetris.game.placements import SCALES, placement_table
from gridworld.tetris.report import SCORES, TetrisBoard

SHOWN = (20, 10)  # rows and columns of the board on the page


class Game(NamedTuple):
    """A finished training game."""

    score: int
    lines: int
    pieces: int
    total: float  # its return, undiscounted
    cut_off: bool


class Picture(NamedTuple):
    """A board with the colours of its pieces, uint8 [H, W], 0 empty and p + 1 a cell of piece p, and what is next."""

    cells: np.ndarray
    piece: int
    next_piece: int


class OurGame(TetrisEnv):
    """`Tetris-v0`, with a reward for every piece, and with its picture."""

    def __init__(self, width: int, height: int, bag: bool, piece_reward: float, rules: str = STRICT) -> None:
        super().__init__(width, height, bag, rules)
        self.piece_reward = piece_reward

    def step(self, action: int | np.int64) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Place the piece."""
        observation, reward, terminated, truncated, info = super().step(action)
        bonus = 0.0 if terminated else self.piece_reward
        return observation, reward + bonus, terminated, truncated, info

    def picture(self) -> Picture:
        """Return the board now."""
        return Picture(self._cells.copy(), self._piece, self._next_piece)


class PlacementGame(OurGame):
    """The same by the literature's rules, seen through the features of each placement: see `placement_table`.

    An action that is no legal placement stands for the next one that is.
    """

    def __init__(self, width: int, height: int, bag: bool, piece_reward: float) -> None:
        super().__init__(width, height, bag, piece_reward, LITERATURE)
        shape = (MAX_ROTATIONS * width, len(SCALES) + 1)
        space: Any = spaces.Box(0.0, np.inf, shape, np.float32)
        self.observation_space = space

    def step(self, action: int | np.int64) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Place the piece."""
        legal = np.flatnonzero(self._legal)
        place = np.searchsorted(legal, action) % len(legal)
        return super().step(legal[place])

    def _observation(self) -> Any:
        table = placement_table(self._columns, self.height, self._piece, strict=self._strict)
        table[:, :-1] /= SCALES
        return table.astype(np.float32)


class TheirGame(gym.Wrapper[Any, Any, Any, Any]):
    """The game of tetris-gymnasium with whole placements as actions, seen through its features of each placement.

    It observes float32 [4 * width, width + 3], scaled to [0, 1]. A placement that is outside of the board costs its
    `invalid_action` reward and a row of falling; it does not end the game.
    """

    def __init__(self, width: int, height: int) -> None:
        from tetris_gymnasium.envs.tetris import Tetris
        from tetris_gymnasium.wrappers.grouped import GroupedActionsObservations
        from tetris_gymnasium.wrappers.observation import FeatureVectorObservation

        game = Tetris(width=width, height=height)
        seen = [FeatureVectorObservation(game)]
        self.grouped = GroupedActionsObservations(game, seen, terminate_on_illegal_action=False)
        super().__init__(gym.wrappers.RescaleObservation(self.grouped, np.float32(0), np.float32(1)))
        self._lines = self._pieces = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a game."""
        observation, _ = self.env.reset(seed=seed, options=options)
        self._lines = self._pieces = 0
        return observation, self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Place the piece."""
        fits = bool(self.grouped.legal_actions_mask[action])
        observation, reward, terminated, truncated, info = self.env.step(action)
        self._lines += int(info["lines_cleared"])
        self._pieces += fits
        return observation, float(reward), bool(terminated), bool(truncated), self._info()

    def action_masks(self) -> np.ndarray:
        """Return the placements inside the board, bool [4 * width]."""
        return self.grouped.legal_actions_mask.astype(bool)

    def picture(self) -> Picture:
        """Return the board now."""
        return playable_area(self)

    def _info(self) -> dict[str, Any]:
        return {"lines": self._lines, "pieces": self._pieces}


def playable_area(env: gym.Env[Any, Any]) -> Picture:
    """Return the visible part of a game of tetris-gymnasium, through any wrappers and without the walls around its
    board.

    Its cells are numbered 0 empty, 1 wall, p + 2 piece p; the pieces are in the order of the built-in game.
    """
    game: Any = env.unwrapped
    inside = game.board[: -game.padding, game.padding : -game.padding]
    cells = np.where(inside > 1, inside - 1, 0).astype(np.uint8)
    return Picture(cells, int(game.active_tetromino.id) - 2, int(game.queue.get_queue()[0]))


def make_game(hyper: DeepHyperparameters) -> Watched:
    """Return the game that these settings describe."""
    if hyper.environment == THEIRS:
        return Watched(TheirGame(hyper.width, hyper.height))
    made = PlacementGame if hyper.sees == PLACEMENTS else OurGame
    return Watched(made(hyper.width, hyper.height, hyper.bag, hyper.piece_reward))


class Watched(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps the score of a game and shows it. `finished` has the games that ended since someone emptied it."""

    def __init__(self, game: OurGame | TheirGame) -> None:
        super().__init__(game)
        self.game = game
        self.finished: list[Game] = []
        self._last: TetrisBoard | None = None
        self._started = False
        self._begin()

    def _begin(self) -> None:
        self.score = self.lines = self.pieces = 0
        self._total = 0.0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin a game."""
        self._begin()
        self._started = True
        return self.env.reset(seed=seed, options=options)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Place the piece."""
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.score += SCORES[info["lines"] - self.lines]
        self.lines, self.pieces = info["lines"], info["pieces"]
        self._total += float(reward)
        if terminated or truncated:
            cut_off = truncated and not terminated
            self.finished.append(Game(self.score, self.lines, self.pieces, self._total, cut_off))
            self._last = self._board(over=True)
        return observation, reward, terminated, truncated, info

    def action_masks(self) -> np.ndarray:
        """Return the placements that fit."""
        return self.game.action_masks()

    def board(self, generation: int) -> TetrisBoard | None:
        """Return the present game, None before the first; one that is over is shown until the next one has a piece."""
        if not self._started:
            return None
        if self.pieces == 0 and self._last is not None:
            return replace(self._last, generation=generation)
        return replace(self._board(over=False), generation=generation)

    def _board(self, over: bool) -> TetrisBoard:
        cells, piece, next_piece = self.game.picture()
        shown = np.zeros(SHOWN, np.uint8)
        left = (SHOWN[1] - cells.shape[1]) // 2
        shown[SHOWN[0] - cells.shape[0] :, left : left + cells.shape[1]] = cells
        return TetrisBoard(shown, piece, next_piece, self.score, self.lines, self.pieces, 0, over)
