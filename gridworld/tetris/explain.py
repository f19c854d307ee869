"""Why a player chooses a placement: the features of every legal one, times the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gridworld.tetris.game.board import LITERATURE, is_legal, is_strict, landing_row
from gridworld.tetris.game.features import BCTS_FEATURES, FEATURES, HIDDEN, NAMES, placement_features, player_row
from gridworld.tetris.game.network import network_value
from gridworld.tetris.game.pieces import MAX_ROTATIONS, ROTATIONS, SHAPES


class PlacementValue(NamedTuple):
    """A legal placement: its rotation, its left column and the row of its lowest cell from the floor, the player's
    features there, float64 [D], what each adds to the value (feature times weight), float64 [D], empty where the value
    is by a network, and the value."""

    rotation: int
    column: int
    row: int
    features: np.ndarray
    parts: np.ndarray
    value: float


def explain(
    cells: np.ndarray,
    piece: int,
    weights: Sequence[float] | np.ndarray,
    features: Sequence[str] = BCTS_FEATURES,
    rules: str = LITERATURE,
) -> list[PlacementValue]:
    """Return the legal placements of a piece, the best first.

    `cells` is [H, W], the top row first, 0 where a cell is empty; piece 0 .. 6 in the order of `pieces.NAMES`.
    """
    player, strict = player_row(weights, features)[0].tolist(), is_strict(rules)
    chosen = [NAMES.index(name) for name in features]
    height, width = cells.shape
    columns = [sum(1 << row for row in np.flatnonzero(column[::-1]).tolist()) for column in cells.T]
    found = []
    for rotation in range(ROTATIONS[piece]):
        for x in range(width):
            shape = MAX_ROTATIONS * piece + rotation
            if is_legal(columns, SHAPES.data, shape, x, height, strict):
                row = landing_row(columns, SHAPES.data, shape, x)
                values = np.array(placement_features(np.array(columns), height, piece, rotation, x))[chosen]
                if len(player) > len(FEATURES):
                    parts, hidden = np.zeros(0), [*values.tolist(), *[0.0] * HIDDEN]
                    value = network_value(player, len(FEATURES), hidden, len(values))
                else:
                    parts = values * np.asarray(weights)
                    value = float(parts.sum())
                found.append(PlacementValue(rotation, x, row, values, parts, value))
    return sorted(found, key=lambda placement: -placement.value)
