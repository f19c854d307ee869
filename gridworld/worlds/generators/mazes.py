"""Walls of mazes and rooms: bool [rows, columns], True where there is a wall.

Cells in even rows and even columns are always free; walls stand in odd rows and columns.
"""

from __future__ import annotations

import numpy as np

Random = np.random.Generator
Walls = np.ndarray


def perfect_maze(rows: int, columns: int, density: float, random: Random) -> Walls:
    """Return a maze with exactly one way between any two free cells: a depth-first walk that turns at random.

    Source: the recursive backtracker, J. Buck, Mazes for Programmers (2015), chapter 5.
    """
    walls = np.ones((rows, columns), bool)
    walls[0, 0] = False
    walk = [(0, 0)]
    while walk:
        row, column = walk[-1]
        ahead = [
            (row + 2 * down, column + 2 * right)
            for down, right in ((-1, 0), (0, 1), (1, 0), (0, -1))
            if 0 <= row + 2 * down < rows and 0 <= column + 2 * right < columns
        ]
        ahead = [cell for cell in ahead if walls[cell]]
        if not ahead:
            walk.pop()
            continue
        chosen = ahead[random.integers(len(ahead))]
        walls[(row + chosen[0]) // 2, (column + chosen[1]) // 2] = walls[chosen] = False
        walk.append(chosen)
    if rows % 2 == 0:  # dead ends, which close no loop
        walls[-1] = walls[-2]
        walls[-1, 1::2] = True
    if columns % 2 == 0:
        walls[:, -1] = walls[:, -2]
        walls[1::2, -1] = True
    return walls


def maze_with_loops(rows: int, columns: int, density: float, random: Random) -> Walls:
    """Return a perfect maze of whose inner walls only the share `density` is kept."""
    walls = perfect_maze(rows, columns, density, random)
    row, column = np.indices(walls.shape)
    inner = walls & ((row + column) % 2 == 1) & (row < rows - 1 + rows % 2) & (column < columns - 1 + columns % 2)
    walls[inner & (random.random(walls.shape) >= density)] = False
    return walls


def rooms(rows: int, columns: int, density: float, random: Random) -> Walls:
    """Return rooms joined by doors: each is divided by a wall with one door, with the probability `density`.

    The first is divided in any case, unless the density is 0. Source: recursive division, J. Buck, Mazes for
    Programmers (2015), chapter 10.
    """
    walls = np.zeros((rows, columns), bool)
    undivided = [(0, rows, 0, columns)]
    while undivided:
        top, bottom, left, right = undivided.pop()
        is_tall = bottom - top > right - left or (bottom - top == right - left and random.random() < 0.5)
        begin, end, first, last = (top, bottom, left, right) if is_tall else (left, right, top, bottom)
        lines = np.arange(begin + 1 + begin % 2, end - 1, 2)
        if len(lines) == 0 or (random.random() >= density and (walls.any() or density == 0)):
            continue
        line, door = int(random.choice(lines)), int(random.choice(np.arange(first + first % 2, last, 2)))
        if is_tall:
            walls[line, left:right], walls[line, door] = True, False
            undivided += [(top, line, left, right), (line + 1, bottom, left, right)]
        else:
            walls[top:bottom, line], walls[door, line] = True, False
            undivided += [(top, bottom, left, line), (top, bottom, line + 1, right)]
    return walls
