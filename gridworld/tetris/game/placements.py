"""The features of every placement of a piece at once, for learners that look at what each action leads to."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from gridworld import compiled
from gridworld.compiled import CAN_COMPILE, checksum, compile_loop
from gridworld.tetris.game import bits, board, features, pieces
from gridworld.tetris.game.board import clear, is_legal, landing_row, put
from gridworld.tetris.game.features import (
    board_features,
    eroded_cells,
    former_features,
    pattern_diversity,
)
from gridworld.tetris.game.pieces import HEIGHT, MAX_ROTATIONS, ROTATIONS, SHAPES

SCALES = np.array((10.0, 4.0, 40.0, 40.0, 10.0, 10.0, 20.0, 5.0, 5.0))
"""What `LEARNED_FEATURES` are divided by, so that they are near 1 on a board that is played well."""


def make_table_loop(stamp: int) -> Callable[..., None]:
    """Return the loop over placements; `stamp` as in `games.make_loop`."""

    def fill_table(columns, after, table, shapes, rotations, piece, height, strict):
        stamp  # noqa: B018 - a closure cell
        width = len(columns)
        for action in range(len(table)):
            rotation, x = action // width, action % width
            shape = MAX_ROTATIONS * piece + rotation
            table[action, -1] = 0.0
            if rotation < rotations and is_legal(columns, shapes, shape, x, height, strict):
                row = landing_row(columns, shapes, shape, x)
                full = put(columns, after, shapes, shape, x, row)
                table[action, 0] = row + 0.5 * shapes[shape, HEIGHT]
                table[action, 1] = eroded_cells(shapes, shape, row, full)
                clear(after, full)
                counts = board_features(after, height)
                table[action, 2] = counts[0]
                table[action, 3] = counts[1]
                table[action, 4] = counts[2]
                _, open_wells, depth = former_features(after, height)
                table[action, 5] = open_wells
                table[action, 6] = depth
                table[action, 7] = counts[5]
                table[action, 8] = pattern_diversity(after)
                table[action, 9] = 1.0

    return fill_table


@cache
def table_loop(fast: bool) -> Callable[..., None]:
    """Return `fill_table`, compiled or plain."""
    texts = (str(module.__file__) for module in (compiled, bits, board, features, pieces))
    loop = make_table_loop(checksum(*texts, __file__))
    return compile_loop(loop) if fast else loop


def placement_table(
    columns: np.ndarray, height: int, piece: int, *, strict: bool, fast: bool = CAN_COMPILE
) -> np.ndarray:
    """Return what is known of each placement, float64 [4 * W, 10]: the nine `LEARNED_FEATURES`, and 1 where it
    is legal.

    `columns` is int64 [W]; a row of an illegal placement is 0. Row `W * rotation + x` as in `TetrisEnv`.
    """
    table = np.zeros((MAX_ROTATIONS * len(columns), len(SCALES) + 1))
    if fast:
        after = np.zeros_like(columns)
        table_loop(True)(columns, after, table, SHAPES, ROTATIONS[piece], piece, height, strict)
    else:
        board = [int(column) for column in columns]
        table_loop(False)(board, board.copy(), table, SHAPES.data, ROTATIONS[piece], piece, height, strict)
    return table
