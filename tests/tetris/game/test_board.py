"""The pieces and the rules, on boards that can be checked by eye and against a picture of the board."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.tetris.game.board import UNIFORM, check_size, clear, draw_piece, filled_cells, is_legal, landing_row, put
from gridworld.tetris.game.pieces import BITS, BOTTOM, HEIGHT, NAMES, ORIENTATIONS, ROTATIONS, SHAPES, WIDTH
from gridworld.tetris.game.render import paint

WELL = """
......
#.....
####.#
.###.#
"""


def columns_of(text: str) -> list[int]:
    rows = text.split()[::-1]
    return [sum(1 << r for r, row in enumerate(rows) if row[x] == "#") for x in range(len(rows[0]))]


def text_of(columns: list[int], height: int) -> str:
    return "\n".join("".join(".#"[int(cell)] for cell in row) for row in filled_cells(np.array(columns), height))


def shape_of(name: str, rotation: int) -> int:
    return 4 * NAMES.index(name) + rotation


def drop(columns: list[int], name: str, rotation: int, x: int) -> int:
    """Play a placement in place and return the lines."""
    shape = shape_of(name, rotation)
    full = put(columns, columns, SHAPES.data, shape, x, landing_row(columns, SHAPES.data, shape, x))
    clear(columns, full)
    return full.bit_count()


def test_pieces_have_four_cells_and_their_known_number_of_orientations():
    assert dict(zip(NAMES, ROTATIONS, strict=True)) == {"I": 2, "O": 1, "T": 4, "S": 2, "Z": 2, "J": 4, "L": 4}
    assert all(drawing.count("#") == 4 for drawings in ORIENTATIONS for drawing in drawings)
    assert len({drawing for drawings in ORIENTATIONS for drawing in drawings}) == 19


def test_rotations_turn_clockwise():
    assert ORIENTATIONS[NAMES.index("T")] == (".#.\n###", "#.\n##\n#.", "###\n.#.", ".#\n##\n.#")


def test_a_shape_row_holds_where_the_cells_are():
    row = SHAPES[shape_of("S", 1)]  # #. over ## over .#
    assert (row[WIDTH], row[HEIGHT]) == (2, 3)
    assert row[BITS : BITS + 4].tolist() == [0b110, 0b011, 0, 0]
    assert row[BOTTOM : BOTTOM + 4].tolist() == [1, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "rotation", "x", "row"), [("I", 1, 4, 0), ("I", 0, 2, 2), ("O", 0, 0, 3), ("T", 3, 0, 2), ("S", 1, 0, 2)]
)
def test_a_piece_lands_on_what_is_under_it(name, rotation, x, row):
    assert landing_row(columns_of(WELL), SHAPES.data, shape_of(name, rotation), x) == row


def test_a_full_row_goes_and_the_rest_moves_down():
    columns = columns_of(WELL)
    assert drop(columns, "I", 1, 4) == 1
    assert text_of(columns, 4).split() == ["......", "....#.", "#...#.", ".#####"]


def test_full_rows_apart_from_each_other_all_go():
    columns = columns_of("""
        ...##.
        #####.
        .####.
        #####.
        #####.
    """)
    assert drop(columns, "I", 1, 5) == 3
    assert text_of(columns, 4).split() == ["......", "......", "...##.", ".#####"]


def test_four_rows_at_once_leave_an_empty_board():
    columns = columns_of("#####.\n" * 4)
    assert drop(columns, "I", 1, 5) == 4
    assert columns == [0] * 6


def test_a_placement_must_fit_before_rows_are_cleared_under_the_strict_rules():
    columns, shapes = columns_of("####.#\n" * 2), SHAPES.data
    upright, lying = shape_of("I", 1), shape_of("I", 0)
    assert is_legal(columns, shapes, upright, 4, 4, True)
    assert not is_legal(columns, shapes, upright, 4, 3, True)
    assert is_legal(columns, shapes, lying, 2, 3, True)
    assert not is_legal(columns, shapes, lying, 3, 3, True), "reaches beyond the right wall"


def test_a_piece_may_stick_out_where_clearing_brings_the_stack_back_inside():
    columns, shapes, upright = columns_of("####.#\n" * 2), SHAPES.data, shape_of("I", 1)
    assert is_legal(columns, shapes, upright, 4, 2, False), "two of its four rows go"
    assert not is_legal(columns, shapes, upright, 0, 5, False), "nothing is cleared there"
    blocked = columns_of("#.####\n####.#")
    assert not is_legal(blocked, shapes, upright, 4, 3, False), "its lower row goes, three of it stay on one"
    assert is_legal([1, 1, 1, 1], shapes, shape_of("I", 0), 0, 1, False), "on a board of four columns it is a row"


@given(st.lists(st.integers(0, 2**6 - 1), min_size=4, max_size=7), st.integers(0, 27), st.data())
@settings(max_examples=200, deadline=None)
def test_a_placement_is_legal_where_the_stack_is_inside_afterwards(columns, shape, data):
    height, full = 6, (1 << 6) - 1
    columns = [column & ~(1 << data.draw(st.integers(0, 5))) for column in columns]
    x = data.draw(st.integers(0, len(columns) - int(SHAPES[shape, WIDTH])))
    after = columns.copy()
    clear(after, put(columns, after, SHAPES.data, shape, x, landing_row(columns, SHAPES.data, shape, x)))
    whole_rows = [row for row in range(height) if all(column >> row & 1 for column in columns)]
    if not whole_rows:  # a board between two placements has none
        assert is_legal(columns, SHAPES.data, shape, x, height, False) == all(column <= full for column in after)


@given(st.lists(st.integers(0, 2**12 - 1), min_size=4, max_size=12), st.integers(0, 27), st.data())
@settings(max_examples=200, deadline=None)
def test_bits_and_picture_play_the_same_game(columns, shape, data):
    height, before = 20, columns.copy()
    x = data.draw(st.integers(0, len(columns) - int(SHAPES[shape, WIDTH])))
    cells = filled_cells(np.array(columns), height).astype(np.uint8)
    row = landing_row(columns, SHAPES.data, shape, x)
    full = put(columns, columns, SHAPES.data, shape, x, row)
    own = np.array(columns) - np.array(before)
    assert sum(int(bits).bit_count() for bits in own) == 4, "the piece lies on empty cells"
    clear(columns, full)
    assert paint(cells, shape // 4, shape % 4, x, row) == full.bit_count()
    assert np.array_equal(cells > 0, filled_cells(np.array(columns), height))


def test_a_bag_deals_every_piece_once_in_each_seven():
    rng, bag, left, dealt = np.random.default_rng(3), list(range(7)), 0, []
    for _ in range(7 * 30):
        piece, left = draw_piece(bag, left, rng)
        dealt.append(piece)
    bags = {tuple(dealt[i : i + 7]) for i in range(0, len(dealt), 7)}
    assert all(sorted(order) == list(range(7)) for order in bags)
    assert len(bags) > 25, "the orders differ"


def test_without_a_bag_pieces_are_drawn_evenly():
    rng = np.random.default_rng(4)
    dealt = [draw_piece(None, UNIFORM, rng) for _ in range(7000)]
    assert {left for _, left in dealt} == {UNIFORM}
    counts = np.bincount([piece for piece, _ in dealt], minlength=7)
    assert counts.min() > 850
    assert counts.max() < 1150


def test_twisted_pieces_come_as_often_as_asked_and_the_others_evenly():
    rng, left = np.random.default_rng(8), 3 * UNIFORM
    dealt = [draw_piece(None, left, rng) for _ in range(11_000)]
    assert {left for _, left in dealt} == {3 * UNIFORM}
    counts = np.bincount([piece for piece, _ in dealt], minlength=7)
    assert counts[[NAMES.index("S"), NAMES.index("Z")]] == pytest.approx([3000, 3000], abs=150)
    assert np.delete(counts, [NAMES.index("S"), NAMES.index("Z")]) == pytest.approx([1000] * 5, abs=100)


@pytest.mark.parametrize(("width", "height", "word"), [(3, 20, "width"), (33, 20, "width"), (10, 41, "height")])
def test_a_size_that_cannot_be_played_is_refused(width, height, word):
    with pytest.raises(ValueError, match=rf"board's {word} is \d+; give a whole number from 4 to"):
        check_size(width, height)
