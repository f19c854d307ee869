"""The eight features of a placement that the BCTS player looks at, and their linear value.

Thiery and Scherrer (2009), "Building controllers for Tetris", ICGA Journal 32(1): the six features of Dellacherie and
two of their own. All but the first two describe the afterstate: the board once the piece lies and full rows are gone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gridworld.compiled import rule
from gridworld.tetris.game.bits import bit_length, place_sum, popcount
from gridworld.tetris.game.board import clear, landing_row, put
from gridworld.tetris.game.pieces import BITS, HEIGHT, SHAPES, WIDTH


class Feature(NamedTuple):
    """A feature's name as written on the screen, and what it counts."""

    name: str
    doc: str


FEATURES = (
    Feature("landing height", "The height of the middle of the piece where it came to rest, in rows above the floor."),
    Feature("eroded piece cells", "Rows cleared, times the cells of the piece itself that went with them."),
    Feature("row transitions", "Changes between filled and empty along all rows; the walls count as filled."),
    Feature("column transitions", "Changes between filled and empty along all columns; the floor counts as filled."),
    Feature("holes", "Empty cells with a filled cell somewhere above them in their column."),
    Feature("board wells", "1 + 2 + ... + depth over wells: empty cells in a column, filled to the left and right."),
    Feature("hole depth", "Filled cells above a hole in its column, summed over all holes."),
    Feature("rows with holes", "Rows that contain at least one hole."),
)


@rule
def board_features(columns, height):
    """Return features three to eight: row and column transitions, holes, wells, hole depth, rows with holes."""
    wall = (1 << height) - 1
    row_changes, column_changes, holes, wells, depth, hole_rows = 0, 0, 0, 0, 0, 0
    left, width = wall, len(columns)
    for x in range(width):
        column = columns[x]
        right = columns[x + 1] if x + 1 < width else wall
        row_changes += popcount(left ^ column)
        column_changes += popcount(column ^ (column << 1 | 1))
        covered = ((1 << bit_length(column)) - 1) ^ column
        if covered != 0:
            filled = popcount(column)
            holes += popcount(covered)
            hole_rows |= covered
            # The i-th filled cell from below (from 0), in row r, has r - i holes under it.
            depth += place_sum(column) - (filled * (filled - 1) >> 1)
        well = left & right & ~column
        while well != 0:
            wells += popcount(well)
            well &= well >> 1
        left = column
    row_changes += popcount(left ^ wall)
    return row_changes, column_changes, holes, wells, depth, popcount(hole_rows)


@rule
def eroded_cells(shapes, shape, row, full):
    """Return rows cleared times the piece's own cells in them; `full` has the full rows as bits."""
    own = 0
    for k in range(shapes[shape, WIDTH]):
        own += popcount((shapes[shape, BITS + k] << row) & full)
    return popcount(full) * own


@rule
def value(columns, after, shapes, shape, x, row, height, weights):
    """Return the linear value of a piece dropped at column x, landing in `row`. Leave the afterstate in `after`."""
    full = put(columns, after, shapes, shape, x, row)
    total = weights[0] * (row + 0.5 * shapes[shape, HEIGHT])
    if full != 0:
        total += weights[1] * eroded_cells(shapes, shape, row, full)
        clear(after, full)
    row_changes, column_changes, holes, wells, depth, hole_rows = board_features(after, height)
    total += weights[2] * row_changes
    total += weights[3] * column_changes
    total += weights[4] * holes
    total += weights[5] * wells
    total += weights[6] * depth
    total += weights[7] * hole_rows
    return total


def placement_features(columns: np.ndarray, height: int, piece: int, rotation: int, x: int) -> list[float]:
    """Return the eight features, in the order of `FEATURES`, of dropping a piece on a board.

    Parameters: columns, int64 [W], one number of bits per column; piece 0 .. 6 in the order of `pieces.NAMES`; rotation
    0 .. 3 in quarter turns clockwise; x, the column of the piece's left edge.
    """
    board, shape, shapes = [int(column) for column in columns], 4 * piece + rotation, SHAPES.data
    after = board.copy()
    row = landing_row(board, shapes, shape, x)
    full = put(board, after, shapes, shape, x, row)
    clear(after, full)
    eroded = eroded_cells(shapes, shape, row, full)
    return [row + 0.5 * shapes[shape, HEIGHT], eroded, *board_features(after, height)]
