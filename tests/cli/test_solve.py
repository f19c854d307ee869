"""`gridworld solve`: published values."""

from pathlib import Path

import pytest

from support.command_line import BOOK_GRID, call, read_json


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("jumps --discount 0.9", [22.0, 24.4, 22.0, 19.4, 17.5], [14.4, 16.0, 14.4, 13.0, 11.7]),
        ("jumps --discount 0.9 --policy uniform", [3.3, 8.8, 4.4, 5.3, 1.5], [-1.9, -1.3, -1.2, -1.4, -2.0]),
        ("corners --discount 1 --policy uniform", [0, -14, -20, -22], [-22, -20, -14, 0]),
    ],
)
def test_values_of_the_book(line, first, last):
    values = read_json(f"solve {line}")["values"]
    assert values[: len(first)] == pytest.approx(first, abs=0.0501)
    assert values[-len(last) :] == pytest.approx(last, abs=0.0501)


@pytest.mark.parametrize(
    ("line", "start", "within"),
    [
        ("cliff --discount 1", -13, 1e-9),
        ("cliff --discount 1 --policy epsilon-greedy", -50.80, 0.005),
        ("cliff --discount 1 --policy epsilon-greedy --epsilon 0", -13, 1e-9),
        ("windy --discount 1", -15, 1e-9),
        ("windy --discount 1 --policy epsilon-greedy --epsilon 0.1", -17.05, 0.005),
        ("dyna_maze --discount 1 --policy uniform --step-reward -1", -866.7, 0.06),
        ("FrozenLake-v1 --discount 1 --horizon 100", 0.7442, 5e-5),
        ("FrozenLake-v1", 0.5420, 5e-5),
        ("'FrozenLake-v1?is_slippery=false' --discount 1", 1, 1e-9),
    ],
)
def test_value_of_the_start(line, start, within):
    assert read_json(f"solve {line}")["start_value"] == pytest.approx(start, abs=within)


def test_a_world_file_as_in_the_course():
    Path("book.txt").write_text(BOOK_GRID)
    data = read_json("solve book.txt --discount 0.9")
    rows = [0.64, 0.74, 0.85, 1.00, 0.57, 0, 0.57, -1.00, 0.49, 0.43, 0.48, 0.28]
    assert [round(value, 2) for value in data["values"]] == rows
    assert data["world"] == "book"
    text = call("solve book.txt --discount 0.9").stdout
    assert [line.split() for line in text.splitlines()[2:5]] == [
        ["0.64", "0.74", "0.85", "1.00"],
        ["0.57", "#", "0.57", "-1.00"],
        ["0.49", "0.43", "0.48", "0.28"],
    ]


def test_solve_prints_json():
    data = read_json("solve cliff --discount 1")
    assert list(data) == ["world", "policy", "discount", "values", "start_value"]
    assert (data["world"], data["policy"], data["discount"], len(data["values"])) == (
        "cliff",
        "optimal",
        1,
        48,
    )
    assert data["values"][37:] == [0] * 11


def test_the_start_value_averages_and_large_worlds_give_no_values():
    assert read_json("solve corners --discount 1")["start_value"] == pytest.approx(-(4 * 1 + 6 * 2 + 4 * 3) / 14)
    data = read_json("solve open_101 --discount 1")
    assert data["values"] is None
    assert data["start_value"] == pytest.approx(1 - 0.01 * 199)


def test_unreachable_cells_and_walls_are_worth_nothing():
    Path("cut.txt").write_text("S.G#.\n####.\n")
    assert read_json("solve cut.txt --discount 1")["values"] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("world", ["Taxi-v4", "FrozenLake-v1", "hard", "blocking_maze"])
def test_solve_prints_any_world(world):
    assert "Value of the start" in call(f"solve {world}").stdout
