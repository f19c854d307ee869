"""The board as one whole number per column, and the rules of the game on it.

Bit r of a column is the cell in row r, counted from the floor. The rules run compiled on int64 arrays and plain on
memoryviews of the same arrays, with the same result.
"""

from __future__ import annotations

import numpy as np

from gridworld.compiled import below, rule
from gridworld.tetris.game.bits import bit_length, popcount
from gridworld.tetris.game.pieces import BITS, BOTTOM, HEIGHT, NAMES, WIDTH

MIN_SIZE, MAX_WIDTH, MAX_HEIGHT = 4, 32, 40
LITERATURE, STRICT = "literature", "strict"
RULES = (LITERATURE, STRICT)
"""When a placement is legal: where the stack is inside the board once full rows are cleared (as in the literature), or
only where the piece comes to rest inside the board before they are (the stricter rule that this program began with)."""

UNIFORM, MOST_TWISTED = -1, 9
"""The value in place of the number of pieces left in the bag when pieces are drawn without a bag; k times it where each
of S and Z is k times as likely as any other piece, which ends games sooner. The largest k."""
FIRST_TWISTED = NAMES.index("S")  # Z follows it


@rule
def landing_row(columns, shapes, shape, x):
    """Return the row where a dropped piece's lowest cell comes to rest, with its left edge in column x."""
    row = 0
    for k in range(shapes[shape, WIDTH]):
        row = max(row, bit_length(columns[x + k]) - shapes[shape, BOTTOM + k])
    return row


@rule
def is_legal(columns, shapes, shape, x, height, strict):
    """Return whether the dropped piece may come to rest here: inside the board, or, unless `strict`, above its top if
    the rows that it completes bring the stack back inside."""
    if x + shapes[shape, WIDTH] > len(columns):
        return False
    row = landing_row(columns, shapes, shape, x)
    above = row + shapes[shape, HEIGHT] - height
    if above <= 0:
        return True
    return not strict and popcount(full_rows(columns, shapes, shape, x, row)) >= above


@rule
def full_rows(columns, shapes, shape, x, row):
    """Return as bits the rows that are full once the piece is added."""
    full = -1
    for i in range(len(columns)):
        column = columns[i]
        if x <= i < x + shapes[shape, WIDTH]:
            column |= shapes[shape, BITS + i - x] << row
        full &= column
    return full


@rule
def put(columns, after, shapes, shape, x, row):
    """Copy the board to `after`, add the piece, and return the full rows as bits."""
    for i in range(len(columns)):
        after[i] = columns[i]
    for k in range(shapes[shape, WIDTH]):
        after[x + k] |= shapes[shape, BITS + k] << row
    full = after[0]
    for i in range(1, len(columns)):
        full &= after[i]
    return full


@rule
def clear(columns, full):
    """Remove the full rows; what lies above them moves down."""
    while full != 0:
        lowest = full & -full
        keep = lowest - 1
        for i in range(len(columns)):
            columns[i] = (columns[i] & keep) | ((columns[i] >> 1) & ~keep)
        full = (full ^ lowest) >> 1


@rule
def draw_piece(bag, left, rng):
    """Return the next piece and how many are left in the bag, from one uniform draw.

    `left` is `UNIFORM` for seven equal chances each time, or a multiple of it; else the seven pieces come in a random
    order, then again.
    """
    if left < 0:
        drawn = below(5 - 2 * left, rng)
        return (drawn if drawn < 7 else FIRST_TWISTED + (drawn - 7) % 2), left
    if left == 0:
        left = 7
    i = below(left, rng)
    left -= 1
    piece = bag[i]
    bag[i] = bag[left]
    bag[left] = piece
    return piece, left


def is_strict(rules: str) -> bool:
    """Return whether these are the strict rules; ValueError for a name that is not one of `RULES`."""
    if rules not in RULES:
        raise ValueError(f"The rules are {rules!r}; give one of {', '.join(RULES)}.")
    return rules == STRICT


def check_size(width: int, height: int) -> None:
    """Raise ValueError where a board of this size cannot be played."""
    for name, size, largest in (("width", width, MAX_WIDTH), ("height", height, MAX_HEIGHT)):
        if not MIN_SIZE <= size <= largest:
            raise ValueError(f"The board's {name} is {size}; give a whole number from {MIN_SIZE} to {largest}.")


def filled_cells(columns: np.ndarray, height: int) -> np.ndarray:
    """Return the board as it is seen: bool [height, width], the top row first."""
    rows = np.arange(height - 1, -1, -1)
    return (np.asarray(columns)[None, :] >> rows[:, None] & 1).astype(bool)
