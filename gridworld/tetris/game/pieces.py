"""The seven tetrominoes: written as text, turned into the table of bits that the board works with."""

from __future__ import annotations

import numpy as np

NAMES = "IOTSZJL"
DRAWINGS = ("####", "##\n##", ".#.\n###", ".##\n##.", "##.\n.##", "#..\n###", "..#\n###")
MAX_ROTATIONS = 4

# Columns of SHAPES: the width, the height, the bits of the four columns, the empty cells under each of them.
WIDTH, HEIGHT, BITS, BOTTOM = 0, 1, 2, 6


def turned(drawing: str) -> str:
    """Return the drawing a quarter turn clockwise."""
    rows = drawing.split("\n")
    return "\n".join("".join(column) for column in zip(*rows[::-1], strict=True))


def orientations(drawing: str) -> list[str]:
    """Return the distinct orientations of a piece, one to four of them, each a quarter turn clockwise from the one
    before."""
    found = [drawing]
    while (drawing := turned(drawing)) not in found:
        found.append(drawing)
    return found


def shape_row(drawing: str) -> list[int]:
    """Return one orientation as a row of `SHAPES`. Bit r of a column is the cell r rows above the lowest row of the
    piece."""
    rows = drawing.split("\n")[::-1]
    columns = [[r for r, row in enumerate(rows) if row[c] == "#"] for c in range(len(rows[0]))]
    columns += [[]] * (4 - len(columns))
    bits = [sum(1 << r for r in filled) for filled in columns]
    return [len(rows[0]), len(rows), *bits, *(min(filled, default=0) for filled in columns)]


ORIENTATIONS = tuple(tuple(orientations(drawing)) for drawing in DRAWINGS)
ROTATIONS = tuple(len(drawings) for drawings in ORIENTATIONS)
"""How many distinct orientations each of the seven pieces has."""

SHAPES = np.array(
    [shape_row(drawings[r % len(drawings)]) for drawings in ORIENTATIONS for r in range(MAX_ROTATIONS)], np.int64
)
"""int64 [28, 10]: row 4 * piece + rotation. A rotation beyond the distinct ones repeats them."""
SHAPES.flags.writeable = False
