"""Tetris as a Gymnasium environment: one step is one piece, placed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from gridworld import compiled
from gridworld.compiled import CAN_COMPILE, checksum, compile_loop
from gridworld.tetris.game import bits, board, pieces
from gridworld.tetris.game.board import (
    STRICT,
    UNIFORM,
    check_size,
    clear,
    draw_piece,
    filled_cells,
    is_legal,
    is_strict,
    landing_row,
    put,
)
from gridworld.tetris.game.pieces import MAX_ROTATIONS, ROTATIONS, SHAPES, WIDTH
from gridworld.tetris.game.render import as_image, as_text, paint


class TetrisEnv(gym.Env[dict[str, Any], np.int64]):
    """Tetris in which each action is the whole placement of a piece: a rotation and a column.

    A piece is dropped straight down from above; full rows vanish and what lies above them moves down. There is no
    sliding under overhangs and no time. With pieces that are drawn evenly every game ends sooner or later (Burgiel
    1997), but a good player makes it last for millions of pieces.

    ## Action Space
    `Discrete(4 * width)`. Action `width * rotation + column` turns the piece `rotation` quarter turns clockwise from
    its drawing in `pieces.DRAWINGS` and drops it with its left edge in that column.

    Pieces have one, two or four distinct rotations, and wide ones have fewer columns. `info["action_mask"]` and
    `action_masks()`, int8 and bool `[4 * width]`, mark each distinct placement that fits once. An unmarked action does
    not fail: further rotations repeat the distinct ones, a column too far right becomes the last possible one, and a
    placement that would reach above the board tops out.

    ## Observation Space
    `Dict` of
    - `board`: `Box(0, 1, (height, width), int8)`, 1 where a cell is filled, the top row first;
    - `piece`: `Discrete(7)`, the piece to place, in the order I O T S Z J L;
    - `next_piece`: `Discrete(7)`, the one after it.

    ## Rewards
    The number of rows cleared by the placement: 0 to 4.

    ## Starting State
    An empty board and two random pieces.

    ## Episode End
    The episode terminates when a placement tops out (the piece is not put down, the reward is 0), or after a placement
    that leaves no room for the next piece. Under the strict rules a placement must fit inside the board before full
    rows are cleared, under the literature's it may stick out if clearing brings the stack back inside. It is never
    truncated by the environment itself; `gymnasium.make("Tetris-v0", max_episode_steps=...)` does that.

    ## Information
    `reset` and `step` return `action_mask` as above, `lines` and `pieces`: rows cleared and pieces placed so far.

    ## Arguments
    - `width=10`: columns, 4 to 32;
    - `height=20`: rows, 4 to 40;
    - `bag=False`: draw each piece evenly from the seven; with `True`, deal all seven in random order, then again;
    - `rules="strict"`: `"strict"` or `"literature"`, see Episode End;
    - `render_mode=None`: `"ansi"` gives a string of letters, `"rgb_array"` a picture with 16 pixels to a cell.

    ## References
    Thiery and Scherrer (2009), "Building controllers for Tetris", ICGA Journal 32(1), for this simplified game.
    Burgiel (1997), "How to lose at Tetris", The Mathematical Gazette 81(491).

    ## Version History
    - v0: first version.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012 - Gymnasium's declaration

    def __init__(
        self,
        width: int = 10,
        height: int = 20,
        bag: bool = False,
        rules: str = STRICT,
        render_mode: str | None = None,
    ) -> None:
        check_size(width, height)
        self._strict, self.rules = is_strict(rules), rules
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise ValueError(f"render_mode is {render_mode!r}; give 'ansi', 'rgb_array' or None.")
        self.width, self.height, self.bag, self.render_mode = width, height, bag, render_mode
        self.action_space = spaces.Discrete(MAX_ROTATIONS * width)
        self.observation_space = spaces.Dict(
            {
                "board": spaces.Box(0, 1, (height, width), np.int8),
                "piece": spaces.Discrete(7),
                "next_piece": spaces.Discrete(7),
            }
        )
        self._columns = np.zeros(width, np.int64)
        self._cells = np.zeros((height, width), np.uint8)
        self._legal = np.zeros(MAX_ROTATIONS * width, np.int8)
        self._started = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Empty the board and draw two pieces. There are no options."""
        super().reset(seed=seed)
        self._columns[:] = 0
        self._cells[:] = 0
        self._lines, self._pieces, self._started = 0, 0, True
        self._bag, self._bag_left = list(range(7)), 0 if self.bag else UNIFORM
        self._piece, self._next_piece = self._draw(), self._draw()
        self._mark_legal()
        return self._observation(), self._info()

    def step(self, action: int | np.int64) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Place the piece. Raises ValueError for a number that is no action, ResetNeeded before the first reset."""
        if not self._started:
            raise gym.error.ResetNeeded("Call reset() before the first step().")
        if not 0 <= action < MAX_ROTATIONS * self.width:
            raise ValueError(f"The action is {action}; give a whole number from 0 to {MAX_ROTATIONS * self.width - 1}.")
        rotation, x = divmod(int(action), self.width)
        shape = MAX_ROTATIONS * self._piece + rotation
        x = min(x, self.width - int(SHAPES[shape, WIDTH]))
        columns, shapes = self._columns.data, SHAPES.data
        row = landing_row(columns, shapes, shape, x)
        if not is_legal(columns, shapes, shape, x, self.height, self._strict):
            self._legal[:] = 0
            return self._observation(), 0.0, True, False, self._info()
        clear(columns, put(columns, columns, shapes, shape, x, row))
        lines = paint(self._cells, self._piece, rotation, x, row)
        self._lines += lines
        self._pieces += 1
        self._piece, self._next_piece = self._next_piece, self._draw()
        self._mark_legal()
        return self._observation(), float(lines), not self._legal.any(), False, self._info()

    def action_masks(self) -> np.ndarray:
        """Return the actions that are distinct placements and fit, bool [4 * width]. sb3-contrib asks for it by this
        name."""
        return self._legal.astype(bool)

    def render(self) -> Any:
        """Return the board as text or as a picture, uint8 [16 * (height + 4), 16 * width, 3], by `render_mode`."""
        if self.render_mode == "ansi":
            return as_text(self._cells, self._piece, self._next_piece, self._lines)
        if self.render_mode == "rgb_array":
            return as_image(self._cells, self._piece, self._next_piece)
        gym.logger.warn("render() shows nothing: make the environment with render_mode='ansi' or 'rgb_array'.")
        return None

    def _draw(self) -> int:
        piece, self._bag_left = draw_piece(self._bag, self._bag_left, self.np_random)
        return piece

    def _mark_legal(self) -> None:
        mark = legal_loop(CAN_COMPILE)
        mark(self._columns, self._legal, SHAPES, ROTATIONS[self._piece], self._piece, self.height, self._strict)

    def _observation(self) -> dict[str, Any]:
        cells = filled_cells(self._columns, self.height).astype(np.int8)
        return {"board": cells, "piece": np.int64(self._piece), "next_piece": np.int64(self._next_piece)}

    def _info(self) -> dict[str, Any]:
        return {"action_mask": self._legal.copy(), "lines": self._lines, "pieces": self._pieces}


def make_legal_loop(stamp: int) -> Callable[..., None]:
    """Return the loop that marks the legal actions; `stamp` as in `game.make_loop`."""

    def mark_legal(columns, legal, shapes, rotations, piece, height, strict):
        stamp  # noqa: B018 - a closure cell
        width = len(columns)
        for action in range(len(legal)):
            rotation = action // width
            shape = MAX_ROTATIONS * piece + rotation
            legal[action] = rotation < rotations and is_legal(columns, shapes, shape, action % width, height, strict)

    return mark_legal


@cache
def legal_loop(fast: bool) -> Callable[..., None]:
    """Return `mark_legal`, compiled or plain."""
    loop = make_legal_loop(checksum(*(str(module.__file__) for module in (compiled, bits, board, pieces)), __file__))
    return compile_loop(loop) if fast else loop
