"""The features: one placement worked out by hand, and a slow reading of the definitions on random boards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.tetris.game.board import filled_cells, landing_row
from gridworld.tetris.game.features import (
    BCTS_FEATURES,
    COVERED_WELLS,
    DT_FEATURES,
    FEATURES,
    FORMER_FEATURES,
    NAMES,
    OPEN_FEATURES,
    OPEN_WELLS,
    SUMMED_DEPTH,
    board_features,
    check_weights,
    former_features,
    full_weights,
    pattern_diversity,
    placement_features,
    value,
)
from gridworld.tetris.game.pieces import SHAPES, WIDTH


def test_a_placement_worked_out_by_hand():
    # #.....                ....#.
    # ####.#  I upright in  #...#.
    # .###.#  the gap:      .#####  one row has gone, and one of the piece's cells with it
    columns = np.array([0b110, 0b011, 0b011, 0b011, 0b000, 0b011])
    features = placement_features(columns, 6, piece=0, rotation=1, x=4)
    assert features[:9] == [2.0, 1, 16, 8, 1, 1 + 1 + 2, 1, 1, 4]
    former = features[COVERED_WELLS], features[OPEN_WELLS], features[SUMMED_DEPTH]
    assert former == (4, 3, 1), "the hole under the left column lies in a well, which is covered"
    mean = (2 + 1 + 1 + 1 + 3 + 1) / 6
    heights = [np.exp(-((mean - i * 6 / 4) ** 2) / (2 * (6 / 5) ** 2)) for i in range(5)]
    assert features[9:14] == pytest.approx(heights, rel=1e-12)


def test_an_empty_board_has_only_the_walls_transitions():
    assert board_features([0] * 5, 8) == (16, 5, 0, 0, 0, 0)


def test_a_cell_above_several_holes_counts_once():
    columns = [0b11101, 0b11000, 0b00001, 0b00111]
    _, _, holes, _, above, rows = board_features(columns, 8)
    assert (holes, above, rows) == (1 + 3, 3 + 2, 3)
    assert former_features(columns, 8)[-1] == 3 + 3 * 2, "former players count it once for each hole"


def test_the_example_in_the_documentation_of_mdptetris():
    rows = ["...X....", "...XX...", ".X.XX...", ".XXXXX.X", ".XXXXX.X", "XXXXX..X", "...XXX.X", "X.X..X.X"]
    columns = [sum(1 << r for r, row in enumerate(reversed(rows)) if row[x] == "X") for x in range(8)]
    assert board_features(columns, 10)[3] == 6 + 1 + 1 + 12, "a well goes on below where its sides end"


def slow_board_features(cells: np.ndarray) -> list[int]:
    """The definitions cell by cell; `cells` is bool [H, W] with the floor first."""
    height, width = cells.shape
    walled = np.pad(cells, ((0, 0), (1, 1)), constant_values=True)
    floored = np.pad(np.pad(cells, ((1, 0), (0, 0)), constant_values=True), ((0, 1), (0, 0)))
    hole = np.array([[not cells[r, x] and cells[r:, x].any() for x in range(width)] for r in range(height)])
    well = ~cells & walled[:, :-2] & walled[:, 2:]
    sums, above = 0, sum(int(cells[r, x] and hole[:r, x].any()) for r in range(height) for x in range(width))
    for r, x in np.argwhere(well):
        below = cells[:r, x][::-1]
        sums += 1 + (int(below.argmax()) if below.any() else int(r))
    changes = [int((board[1:] != board[:-1]).sum()) for board in (walled.T, floored)]
    return [*changes, int(hole.sum()), sums, above, int(hole.any(axis=1).sum())]


def slow_former_features(cells: np.ndarray) -> list[int]:
    """The same for what former players look at."""
    height, width = cells.shape
    walled = np.pad(cells, ((0, 0), (1, 1)), constant_values=True)
    hole = np.array([[not cells[r, x] and cells[r:, x].any() for x in range(width)] for r in range(height)])
    wells = []
    for counted in (~cells, ~cells & ~hole):
        total = 0
        for x in range(width):
            run = 0
            for r in range(height):
                run = run + 1 if counted[r, x] and walled[r, x] and walled[r, x + 2] else 0
                total += run
        wells.append(total)
    return [*wells, sum(int(cells[r:, x].sum()) for r, x in np.argwhere(hole))]


boards = st.integers(4, 40).flatmap(
    lambda height: st.tuples(
        st.just(height), st.lists(st.integers(0, 2**height - 1) | st.integers(0, 15), min_size=4, max_size=12)
    )
)


@given(boards)
@settings(max_examples=150, deadline=None)
def test_board_features_follow_their_definitions(board):
    height, columns = board
    cells = filled_cells(np.array(columns), height)[::-1]
    assert list(board_features(columns, height)) == slow_board_features(cells)
    assert list(former_features(columns, height)) == slow_former_features(cells)


@given(st.lists(st.integers(0, 2**10 - 1), min_size=4, max_size=10), st.integers(0, 27), st.data())
@settings(max_examples=100, deadline=None)
def test_the_value_is_the_features_times_the_weights(columns, shape, data):
    x = data.draw(st.integers(0, len(columns) - int(SHAPES[shape, WIDTH])))
    row = landing_row(columns, SHAPES.data, shape, x)
    features = placement_features(np.array(columns), 20, shape // 4, shape % 4, x)
    for i in range(len(FEATURES)):
        weights = [2.0 if i == j else 0.0 for j in range(len(FEATURES))]
        assert value(columns, columns.copy(), [], SHAPES.data, shape, x, row, 20, weights) == pytest.approx(
            2 * features[i]
        )


def test_diversity_counts_the_different_small_steps_of_the_surface():
    assert pattern_diversity([0b1, 0b1, 0b11, 0b111, 0b1]) == 3, "level, one up twice, two down"
    assert pattern_diversity([0b1111, 0b1, 0b1111, 0]) == 0, "steps of three and four rows"


def test_former_players_keep_the_feature_that_they_were_made_with():
    full = full_weights(np.arange(1.0, 9.0), FORMER_FEATURES)
    assert full[COVERED_WELLS] == 6.0
    assert full[5] == 0.0
    assert full_weights(np.arange(1.0, 9.0), BCTS_FEATURES)[5] == 6.0
    assert full_weights(np.arange(1.0, 15.0), OPEN_FEATURES)[[5, 6, OPEN_WELLS, SUMMED_DEPTH]].tolist() == [0, 0, 6, 7]
    assert full_weights(np.ones((2, 9)), DT_FEATURES).sum() == 18


@pytest.mark.parametrize("features", [(), ("holes", "holes"), ("holes", "no such"), NAMES])
def test_a_player_needs_a_weight_for_each_of_its_different_features(features):
    with pytest.raises(ValueError, match=r"must differ from one another|A player with these features has 17"):
        check_weights([1.0, 2.0], features)


def test_every_feature_is_named_and_documented():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES) == 17
    assert all(feature.doc.endswith(".") for feature in FEATURES)
