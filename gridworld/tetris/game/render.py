"""Pictures of a board whose cells remember which piece they came from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gridworld.drawing.palette import EMPTY_COLOUR, LINE_COLOUR, PIECE_COLOURS
from gridworld.tetris.game.pieces import BITS, MAX_ROTATIONS, NAMES, ORIENTATIONS, SHAPES, WIDTH

TALLEST = 4  # rows of the tallest piece


def paint(cells: np.ndarray, piece: int, rotation: int, x: int, row: int) -> int:
    """Put a piece on a picture of the board, in place, take out full rows, and return how many those were.

    `cells` is uint8 [H, W], the top row first: 0 is empty, piece p is p + 1. The piece's lowest cell is `row` rows
    above the floor, its left edge in column x. It may stick out above the top, where it is cut off unless the rows that
    it completes make room.
    """
    shape, tall = SHAPES[MAX_ROTATIONS * piece + rotation], np.pad(cells, ((TALLEST, 0), (0, 0)))
    for k in range(shape[WIDTH]):
        for r in range(TALLEST):
            if shape[BITS + k] >> r & 1:
                tall[len(tall) - 1 - row - r, x + k] = piece + 1
    full = tall.all(axis=1)
    lines = int(full.sum())
    cells[:] = np.pad(tall[~full], ((lines, 0), (0, 0)))[TALLEST:]
    return lines


def as_text(cells: np.ndarray, piece: int, next_piece: int, lines: int) -> str:
    """Return the board in letters, one per cell, with the piece to place, the one after it, and the lines cleared."""
    letters = "." + NAMES
    rows = ["|" + "".join(letters[cell] for cell in row) + "|" for row in cells]
    head = f"piece {NAMES[piece]}  next {NAMES[next_piece]}  lines {lines}"
    return "\n".join([head, *rows, "+" + "-" * cells.shape[1] + "+"])


def as_image(cells: np.ndarray, piece: int, next_piece: int, pixels: int = 16) -> np.ndarray:
    """Return the board as a picture, uint8 [pixels * (H + 4), pixels * W, 3], below a band with the piece and the next
    one."""
    width = cells.shape[1]
    band = np.zeros((4, width), np.uint8)
    _sketch(band, piece, 0)
    if width >= 8:
        _sketch(band, next_piece, width - 4)
    palette = np.array([rgb(colour) for colour in (EMPTY_COLOUR, *PIECE_COLOURS)], np.uint8)
    image = palette[np.vstack([band, cells])].repeat(pixels, axis=0).repeat(pixels, axis=1)
    image[::pixels] = image[:, ::pixels] = rgb(LINE_COLOUR)
    image[: 4 * pixels][(band == 0).repeat(pixels, axis=0).repeat(pixels, axis=1)] = rgb(LINE_COLOUR)
    return image


def _sketch(band: np.ndarray, piece: int, x: int) -> None:
    for r, line in enumerate(ORIENTATIONS[piece][0].split("\n")):
        for c, mark in enumerate(line):
            if mark == "#":
                band[1 + r, x + c] = piece + 1


def rgb(colour: str) -> Sequence[int]:
    """Return red, green and blue, 0 to 255, of a colour written as #rrggbb."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
