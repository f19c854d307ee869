"""Obstacles scattered at random, with a way through them: bool [rows, columns], True where there is one."""

from __future__ import annotations

import numpy as np
import scipy


def scattered(rows: int, columns: int, density: float, random: np.random.Generator) -> np.ndarray:
    """Return obstacles, each cell one with the probability `density`; the way with the fewest of them is cleared.

    The way leads from the first cell to the last one; where one is free already, nothing is cleared.
    """
    cells = rows * columns
    obstacles = random.random((rows, columns)) < density
    obstacles[0, 0] = obstacles[-1, -1] = False
    cost = 1.0 + random.random(cells) + np.where(obstacles.ravel(), 2.0 * cells, 0.0)  # one costs more than any detour
    tails, heads = neighbours(rows, columns)
    both = np.concatenate((tails, heads)), np.concatenate((heads, tails))
    steps = scipy.sparse.csr_array((cost[both[1]], both), (cells, cells))
    _, before = scipy.sparse.csgraph.dijkstra(steps, indices=0, return_predecessors=True)
    at = cells - 1
    while at > 0:
        obstacles[divmod(at, columns)] = False
        at = int(before[at])
    return obstacles


def neighbours(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of cells that lie beside or below one another, int64 [n] each."""
    cell = np.arange(rows * columns).reshape(rows, columns)
    return (
        np.concatenate((cell[:, :-1].ravel(), cell[:-1].ravel())),
        np.concatenate((cell[:, 1:].ravel(), cell[1:].ravel())),
    )
