"""The features of a placement that players look at, and its value by them.

Thiery and Scherrer (2009), "Building controllers for Tetris", ICGA Journal 32(1): the six features of Dellacherie and
two of their own. Gabillon, Ghavamzadeh and Scherrer (2013), "Approximate dynamic programming finally performs well in
the game of Tetris", NeurIPS 26: pattern diversity and five heights. Wells, depths and diversity are counted as in the
authors' program MDPTetris. All but the first two describe the afterstate: the board once the piece lies and full rows
are gone.
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gridworld.compiled import exp, rule
from gridworld.tetris.game.bits import bit_length, place_sum, popcount
from gridworld.tetris.game.board import clear, landing_row, put
from gridworld.tetris.game.network import MOST_UNITS, is_network_size, n_weights, network_value
from gridworld.tetris.game.pieces import BITS, HEIGHT, SHAPES, WIDTH


class Feature(NamedTuple):
    """A feature's name as written on the screen, and what it counts."""

    name: str
    doc: str


N_HEIGHTS = 5
LARGEST_STEP = 2
FEATURES = (
    Feature("landing height", "The height of the middle of the piece where it came to rest, in rows above the floor."),
    Feature("eroded piece cells", "Rows cleared, times the cells of the piece itself that went with them."),
    Feature("row transitions", "Changes between filled and empty along all rows; the walls count as filled."),
    Feature("column transitions", "Changes between filled and empty along all columns; the floor counts as filled."),
    Feature("holes", "Empty cells with a filled cell somewhere above them in their column."),
    Feature(
        "well sums",
        "For each empty cell that is filled to its left and right: 1 and the number of empty cells straight below it.",
    ),
    Feature("cells above holes", "Filled cells with a hole somewhere below them in their column."),
    Feature("rows with holes", "Rows that contain at least one hole."),
    Feature(
        "pattern diversity",
        f"How many different steps of at most {LARGEST_STEP} rows there are between the heights of adjacent columns.",
    ),
    *(
        Feature(f"mean height near {i}/4", f"How near the mean height of the columns is to {i}/4 of the board: 1 to 0.")
        for i in range(N_HEIGHTS)
    ),
    Feature(
        "board wells",
        "1 + 2 + ... + depth over runs of cells filled to the left and right: a feature of former players.",
    ),
    Feature("open wells", "The same over cells that are open from above: a feature of former players."),
    Feature("hole depth", "Filled cells above a hole, summed over all holes: a feature of former players."),
)
"""All features, in the order of a full row of weights."""

NAMES = tuple(feature.name for feature in FEATURES)
DIVERSITY, HEIGHTS, COVERED_WELLS, OPEN_WELLS, SUMMED_DEPTH = 8, 9, 14, 15, 16
BCTS_FEATURES, DT_FEATURES, HEIGHT_FEATURES = NAMES[:DIVERSITY], NAMES[:HEIGHTS], NAMES[:COVERED_WELLS]
_FORMER_DEPTH = NAMES[SUMMED_DEPTH], *NAMES[7:COVERED_WELLS]
OPEN_FEATURES = (*NAMES[:5], NAMES[OPEN_WELLS], *_FORMER_DEPTH)
FORMER_FEATURES = (*NAMES[:5], NAMES[COVERED_WELLS], *_FORMER_DEPTH[:2])
FEATURE_SETS = {
    "BCTS (8)": BCTS_FEATURES,
    "DT (9)": DT_FEATURES,
    "DT with heights (14)": HEIGHT_FEATURES,
    "former (8, open wells)": OPEN_FEATURES[:DIVERSITY],
    "former (9, open wells)": OPEN_FEATURES[:HEIGHTS],
    "former (14, open wells)": OPEN_FEATURES,
    "former (8, covered wells)": FORMER_FEATURES,
}
"""The features that a player can be made with, by the name of the set."""

LEARNED_FEATURES = OPEN_FEATURES[:HEIGHTS]
"""What the deep learners look at: those of DT with the former wells and depth, for which the stored networks were
made."""
MOST_WEIGHTS = n_weights(MOST_UNITS, len(LEARNED_FEATURES))
"""Of any player."""
LARGEST_WEIGHT = 1e15
"""A player's weights are nearer to 0, so that no value is infinite."""
HIDDEN = len(LEARNED_FEATURES) + 2 * MOST_UNITS
"""Numbers that a network takes to be computed."""
_N_FEATURES = len(FEATURES)


@rule
def board_features(columns, height):
    """Return row and column transitions, holes, well sums, cells above holes, and rows with holes."""
    wall = (1 << height) - 1
    row_changes, column_changes, holes, wells, above, hole_rows = 0, 0, 0, 0, 0, 0
    left, width = wall, len(columns)
    for x in range(width):
        column = columns[x]
        right = columns[x + 1] if x + 1 < width else wall
        row_changes += popcount(left ^ column)
        column_changes += popcount(column ^ (column << 1 | 1))
        covered = ((1 << bit_length(column)) - 1) ^ column
        if covered != 0:
            holes += popcount(covered)
            hole_rows |= covered
            above += popcount(column & (column + 1))  # all but the run of filled cells that stands on the floor
        well = left & right & ~column
        while well != 0:
            wells += popcount(well)
            well = (well >> 1) & ~column
        left = column
    row_changes += popcount(left ^ wall)
    return row_changes, column_changes, holes, wells, above, popcount(hole_rows)


@rule
def former_features(columns, height):
    """Return wells with covered cells, open wells, and the depth summed over holes: what former players look at."""
    wall = (1 << height) - 1
    covered_wells, open_wells, depth = 0, 0, 0
    left, width = wall, len(columns)
    for x in range(width):
        column = columns[x]
        right = columns[x + 1] if x + 1 < width else wall
        covered = ((1 << bit_length(column)) - 1) ^ column
        if covered != 0:
            filled = popcount(column)
            # The i-th filled cell from below (from 0), in row r, has r - i holes under it.
            depth += place_sum(column) - (filled * (filled - 1) >> 1)
        well = left & right & ~column
        open_well = well & ~covered
        while well != 0:
            covered_wells += popcount(well)
            open_wells += popcount(open_well)
            well &= well >> 1
            open_well &= open_well >> 1
        left = column
    return covered_wells, open_wells, depth


@rule
def pattern_diversity(columns):
    """Return how many different steps, of `LARGEST_STEP` rows at most, the surface has between adjacent columns."""
    seen = 0
    for x in range(len(columns) - 1):
        step = bit_length(columns[x + 1]) - bit_length(columns[x])
        if -LARGEST_STEP <= step <= LARGEST_STEP:
            seen |= 1 << (step + LARGEST_STEP)
    return popcount(seen)


@rule
def mean_height(columns):
    """Return the mean height of the columns, in rows."""
    total = 0
    for x in range(len(columns)):
        total += bit_length(columns[x])
    return total / len(columns)


@rule
def nearness(mean, i, height):
    """Return exp(-(mean - i h / 4)^2 / (2 (h / 5)^2)) for a board of height h: the i-th of the five heights."""
    away = (mean - i * height / 4.0) / (height / 5.0)
    return exp(-0.5 * away * away)


@rule
def eroded_cells(shapes, shape, row, full):
    """Return rows cleared times the piece's own cells in them; `full` has the full rows as bits."""
    own = 0
    for k in range(shapes[shape, WIDTH]):
        own += popcount((shapes[shape, BITS + k] << row) & full)
    return popcount(full) * own


@rule
def value(columns, after, hidden, shapes, shape, x, row, height, weights):
    """Return the value of a piece dropped at column x, landing in `row`. Leave the afterstate in `after`.

    `weights` has a weight for each of `FEATURES`, and behind them those of a network that the value is by, if it has
    one, which fills `hidden`, float64 [`HIDDEN`]. Features beyond the eighth cost nothing where their weight is 0.
    """
    full = put(columns, after, shapes, shape, x, row)
    landing, eroded = row + 0.5 * shapes[shape, HEIGHT], 0
    total = weights[0] * landing
    if full != 0:
        eroded = eroded_cells(shapes, shape, row, full)
        total += weights[1] * eroded
        clear(after, full)
    row_changes, column_changes, holes, wells, above, hole_rows = board_features(after, height)
    covered_wells, open_wells, depth, steps, is_network = 0, 0, 0, 0, len(weights) > _N_FEATURES
    if is_network or weights[COVERED_WELLS] != 0.0 or weights[OPEN_WELLS] != 0.0 or weights[SUMMED_DEPTH] != 0.0:
        covered_wells, open_wells, depth = former_features(after, height)
    if is_network or weights[DIVERSITY] != 0.0:
        steps = pattern_diversity(after)
    if is_network:
        hidden[0], hidden[1], hidden[2], hidden[3], hidden[4] = landing, eroded, row_changes, column_changes, holes
        hidden[5], hidden[6], hidden[7], hidden[8] = open_wells, depth, hole_rows, steps
        return network_value(weights, _N_FEATURES, hidden, HEIGHTS)
    total += weights[2] * row_changes
    total += weights[3] * column_changes
    total += weights[4] * holes
    total += weights[5] * wells
    total += weights[6] * above
    total += weights[OPEN_WELLS] * open_wells
    total += weights[COVERED_WELLS] * covered_wells
    total += weights[SUMMED_DEPTH] * depth
    total += weights[7] * hole_rows
    total += weights[DIVERSITY] * steps
    mean = -1.0
    for i in range(N_HEIGHTS):
        if weights[HEIGHTS + i] != 0.0:
            if mean < 0.0:
                mean = mean_height(after)
            total += weights[HEIGHTS + i] * nearness(mean, i, height)
    return total


def placement_features(columns: np.ndarray, height: int, piece: int, rotation: int, x: int) -> list[float]:
    """Return all features, in the order of `FEATURES`, of dropping a piece on a board.

    Parameters
    ----------
    columns
        The board, int64 [W]: one number of bits per column.
    height
        The rows of the board.
    piece, rotation
        0 to 6 in the order of `pieces.NAMES`, and 0 to 3 quarter turns clockwise.
    x
        The column of the piece's left edge.
    """
    board, shape, shapes = [int(column) for column in columns], 4 * piece + rotation, SHAPES.data
    after = board.copy()
    row = landing_row(board, shapes, shape, x)
    full = put(board, after, shapes, shape, x, row)
    clear(after, full)
    mean = mean_height(after)
    heights = [nearness(mean, i, height) for i in range(N_HEIGHTS)]
    last = row + 0.5 * shapes[shape, HEIGHT], eroded_cells(shapes, shape, row, full)
    counts = *board_features(after, height), pattern_diversity(after)
    return [*last, *counts, *heights, *former_features(after, height)]


def check_weights(weights: Sequence[float] | np.ndarray, features: Sequence[str] = BCTS_FEATURES) -> np.ndarray:
    """Return the weights of a player as float64 [D], one for each of its features, or those of a network of
    `LEARNED_FEATURES`; ValueError where they are not, or where features are not distinct names of `FEATURES`."""
    if not features or len(set(features)) < len(features) or not set(features) <= set(NAMES):
        raise ValueError(
            f"The features of a player must differ from one another and be among these: {', '.join(NAMES)}."
        )
    checked = np.array(weights, np.float64)
    is_network = tuple(features) == LEARNED_FEATURES and is_network_size(checked.size, len(features))
    fits = checked.ndim == 1 and (len(checked) == len(features) or is_network)
    if not fits or not (np.abs(checked) < LARGEST_WEIGHT).all():
        raise ValueError(
            f"A player with these features has {len(features)} finite weights; got {reprlib.repr(weights)}."
        )
    return checked


def full_weights(weights: np.ndarray, features: Sequence[str] = BCTS_FEATURES) -> np.ndarray:
    """Return rows of weights [..., D] of these features as rows for all `FEATURES`, 0 where there is none."""
    full = np.zeros((*weights.shape[:-1], len(FEATURES)))
    full[..., [NAMES.index(name) for name in features]] = weights
    return full


def player_row(weights: Sequence[float] | np.ndarray, features: Sequence[str]) -> np.ndarray:
    """Return a player as `games.Games.play` takes it, float64 [1, F], longer for a network; ValueError where these are
    no player's."""
    checked = check_weights(weights, features)
    if len(checked) == len(features):
        return full_weights(checked, features)[None]
    return np.concatenate([np.zeros(len(FEATURES)), checked])[None]
