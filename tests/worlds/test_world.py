"""Worlds from text: what the dynamics are, and which texts are refused."""

import re

import numpy as np
import pytest

from gridworld.errors import WorldError
from gridworld.worlds.layout import Kind
from gridworld.worlds.named import load_world, world_ids
from gridworld.worlds.text import parse_world
from gridworld.worlds.transition_model import Ending

UP, RIGHT, DOWN, LEFT = range(4)


def outcomes(model, state, action):
    """[(probability, successor, reward, ending)] of those that can happen."""
    return [
        (float(p), int(s), float(r), Ending(int(e)))
        for p, s, r, e in zip(
            model.probability[state, action],
            model.successor[state, action],
            model.reward[state, action],
            model.ending[state, action],
            strict=True,
        )
        if p > 0
    ]


SHAPES = {
    "easy": (5, 5),
    "medium": (5, 5),
    "hard": (7, 7),
    "cliff": (4, 12),
    "windy": (7, 10),
    "dyna_maze": (6, 9),
    "blocking_maze": (6, 9),
    "shortcut_maze": (6, 9),
    "four_rooms": (11, 11),
    "jumps": (5, 5),
    "corners": (4, 4),
    "open_12": (12, 12),
}


@pytest.mark.parametrize(("world_id", "shape"), SHAPES.items())
def test_named_worlds_have_their_sizes(world_id, shape):
    world = load_world(world_id)
    assert (world.rows, world.columns) == shape


def test_every_named_world_is_listed_with_its_size():
    assert set(world_ids()) | {"open_12"} == set(SHAPES)


def test_hard_has_six_walls():
    assert (load_world("hard").layouts[0][1].kinds == Kind.WALL).sum() == 6


def test_walls_and_edges_stop_a_move():
    model = parse_world("S#\n.G").model
    assert outcomes(model, 0, UP) == [(1.0, 0, -1.0, Ending.NONE)]
    assert outcomes(model, 0, RIGHT) == [(1.0, 0, -1.0, Ending.NONE)]
    assert outcomes(model, 0, DOWN) == [(1.0, 2, -1.0, Ending.NONE)]


def test_goal_and_pit_end_the_episode_with_their_own_rewards():
    model = parse_world("step reward: -0.5\nG: goal 7\n\nPSG").model
    assert outcomes(model, 1, RIGHT) == [(1.0, 2, 7.0, Ending.SUCCESS)]
    assert outcomes(model, 1, LEFT) == [(1.0, 0, -1.0, Ending.FAILURE)]


def test_slip_goes_to_the_two_sides_half_each():
    model = parse_world("slip: 0.2\n\n...\n.S.\n..G").model
    found = outcomes(model, 4, UP)
    assert [(round(p, 12), s) for p, s, _, _ in found] == [(0.8, 1), (0.1, 5), (0.1, 3)]


def test_cliff_sends_to_each_start_evenly_without_ending():
    model = parse_world("C: cliff -100\n\nS.S\nCCG").model
    assert outcomes(model, 0, DOWN) == [(0.5, 0, -100.0, Ending.NONE), (0.5, 2, -100.0, Ending.NONE)]
    assert model.start.tolist() == [0.5, 0, 0.5, 0, 0, 0]


def test_jump_pays_and_leads_to_its_cell_whatever_the_action():
    model = load_world("jumps").model
    for action in range(4):
        assert outcomes(model, 1, action) == [(1.0, 21, 10.0, Ending.NONE)]
        assert outcomes(model, 3, action) == [(1.0, 13, 5.0, Ending.NONE)]
    assert outcomes(model, 0, UP) == [(1.0, 0, -1.0, Ending.NONE)], "a bump costs 1"
    assert outcomes(model, 5, RIGHT) == [(1.0, 6, 0.0, Ending.NONE)]


def test_exit_ends_with_its_reward_whatever_the_action():
    model = parse_world("step reward: 0\nE: exit 1\nF: exit -1\n\nS.E\n..F").model
    assert outcomes(model, 2, LEFT) == [(1.0, 2, 1.0, Ending.SUCCESS)]
    assert outcomes(model, 5, UP) == [(1.0, 5, -1.0, Ending.FAILURE)]


def test_floor_with_a_reward_pays_when_entered():
    model = parse_world("step reward: -1\n1: floor 0.5\n\nS1G").model
    assert outcomes(model, 0, RIGHT) == [(1.0, 1, 0.5, Ending.NONE)]


@pytest.mark.parametrize(
    ("state", "action", "successor"),
    [
        (30, RIGHT, 31),  # no wind in the first columns
        (33, RIGHT, 24),  # one row up from column 3
        (36, RIGHT, 17),  # two rows up from column 6
        (63, DOWN, 63),  # down against a wind of one, on the bottom row
        (6, UP, 6),  # the edge stops the wind too
    ],
)
def test_wind_of_the_column_left_lifts_the_move(state, action, successor):
    assert outcomes(load_world("windy").model, state, action)[0][1] == successor


def test_changing_world_opens_and_closes_its_gap():
    (first, before), (later, after) = load_world("blocking_maze").layouts
    assert (first, later) == (0, 1000)
    assert before.kinds[0, 3].tolist() == [Kind.WALL] * 8 + [Kind.FLOOR]
    assert after.kinds[0, 3].tolist() == [Kind.FLOOR] + [Kind.WALL] * 8


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("S..\n..G.", "row 1, counted from 0, has 4 cells; the first row has 3"),
        ("...\n..G", "no start"),
        ("S#G", "no goal can be reached from the start in row 0, column 0"),
        ("S.G\n.?.", "row 1, column 1: '?' is not defined"),
        ("slip: 2\n\nS.G", "slip is 2; it must be a number from 0 to 1"),
        ("speed: 3\n\nS.G", "line 1: the key 'speed' is not one of title"),
        ("wind: 1 0\n\nS.G", "the wind has 2 numbers; the map has 3 columns"),
        ("step limit: 0\n\nS.G", "the step limit is 0"),
        ("A: jump b 3\n\nSAG", "leads to 'b', which is not on the map"),
        ("A: jump 3\n\nSAG", "which is not on the map"),
        ("A: leap b 3\n\nSAG", "'leap' is not a kind of cell"),
        ("S.G\n--- from step 10\nS.", "row 0, counted from 0, has 2 cells; the first row has 3"),
        ("S.G\n--- from step 0\nS.G", "the first begins at 0 and the others follow in order"),
        ("slip: much\n\nS.G", "line 1: 'much' is not a number"),
        ("", "there is no map"),
        ("S. G\n...", "row 0, column 2: ' ' is not defined; write . where nothing is"),
        ("S .G", "row 0, column 1: ' ' is not defined; write . where nothing is"),
        (
            "G: goal nan\n\nS.G",
            "the reward of 'G' is nan; it must be a number from -1,000,000,000,000 to 1,",
        ),
        ("G: goal 1e308\n\nS.G", "the reward of 'G' is 1e+308"),
        ("step reward: inf\n\nS.G", "the step reward is inf"),
        ("bump reward: nan\n\nS.G", "the bump reward is nan"),
        ("wind: 900000000000 0 0\n\nS.G", "the wind of a column is 900,000,000,000; it must be a whole number from"),
        (f"wind: {'9' * 20} 0 0\n\nS.G", "the wind of a column is 99,999,"),
        (f"step limit: {'9' * 400}\n\nS.G", "the step limit is 9,999,"),
        (f"step limit: {'9' * 5000}\n\nS.G", "line 1: '9999"),
        (f"S.G\n--- from step {'9' * 30}\nS.G", "the first step of a map is 999,999,"),
        ("S" + "." * 1_000_000 + "G", "the map has 1,000,002 cells; at most 1,000,000 are allowed"),
        ("S" * 2_000 + "CG", "outcomes of actions; at most 12,000,000 are allowed"),
        ("S.G" + "".join(f"\n--- from step {step}\nS.G" for step in range(1, 300)), "there are 300 maps"),
        (" " * 5_000_000, "the text has 5,000,000 characters"),
        (
            "\n".join(f"{chr(0x4E00 + letter)}: floor" for letter in range(10_000)) + "\n\nS.G",
            "the header defines 10,006 letters; at most 10,000 are allowed",
        ),
    ],
)
def test_a_world_that_makes_no_sense_is_refused_with_the_place(text, says):
    with pytest.raises(WorldError, match="^mine.*" + re.escape(says)):
        parse_world(text, "mine")


@pytest.mark.parametrize("size", ["open_1", "open_1001", "open_99999999999999999999"])
def test_an_open_world_has_a_bounded_size(size):
    with pytest.raises(WorldError, match="between 2 and 1000"):
        load_world(size)


def test_a_continuing_world_without_a_goal_is_legal():
    model = parse_world("S..\n...").model
    assert not model.ending.any()


def test_numbers_can_be_replaced():
    world = load_world("easy").with_numbers(slip=0.25, step_reward=-2, step_limit=9)
    assert (world.slip, world.step_reward, world.step_limit) == (0.25, -2, 9)
    assert world.with_numbers(step_limit=0).step_limit is None
    np.testing.assert_allclose(world.model.probability.sum(-1), 1)


def test_a_strong_wind_carries_to_the_edge_or_to_the_wall_before_it():
    model = parse_world("wind: 100000 -100000\n\n..\n#.\nS.\n..").model
    assert outcomes(model, 6, RIGHT)[0][1] == 1, "to the right, then up to the edge"
    assert outcomes(model, 4, UP)[0][1] == 4, "the wall is next"
    assert outcomes(model, 1, LEFT)[0][1] == 0, "the wind of the column it leaves blows down, onto the wall"


def test_each_start_needs_a_way_to_a_goal_and_many_are_searched_at_once():
    rows = ["S" * 200] * 199
    assert parse_world("\n".join([*rows, "S" * 199 + "G"])).model.start.max() == pytest.approx(1 / 39_999)
    with pytest.raises(WorldError, match="from the start in row 2, column 3; open a way"):
        parse_world("S..G\n####\nP#.S\n####")


def test_a_way_may_lead_over_a_cliff_or_by_a_jump():
    assert parse_world("SCCS\n####\n...G".replace("####", "###.")).model.n_states == 12
    assert parse_world("A: jump a\n\nSA#G\n###a").model.n_states == 8


def test_thousands_of_letters_and_hundreds_of_maps_have_their_meaning():
    letters = "".join(chr(0x4E00 + i) for i in range(2_000))
    header = "".join(f"{letter}: floor {i}\n" for i, letter in enumerate(letters))
    model = parse_world(f"{header}\nS{letters}G").model
    assert model.reward[:2_000, RIGHT, 0].tolist() == list(range(2_000))
    later = "".join(f"\n--- from step {step}\nS.G" for step in range(1, 200))
    assert len(parse_world(f"S.G{later}").phases) == 200


def test_a_world_with_the_same_numbers_is_not_checked_again():
    world = parse_world("S#\n.G")
    assert world.with_numbers() is world
    assert world.with_numbers(slip=0.1).slip == 0.1
