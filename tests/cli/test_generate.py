"""`gridworld generate`: worlds drawn at random, which other commands take, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridworld.worlds.generators import GENERATORS, generate_world
from gridworld.worlds.text import parse_world
from support.command_line import call, mistake


@pytest.mark.parametrize("kind", GENERATORS)
def test_the_text_is_that_of_the_world_that_is_drawn(kind):
    text = call(f"generate {kind} --rows 7 --columns 9 --seed 4 --success 0.8").stdout
    wanted = generate_world(kind, 7, 9, seed=4, success=0.8)
    world = parse_world(text, "drawn")
    assert (world.maps, world.slip, world.step_reward) == (wanted.maps, wanted.slip, wanted.step_reward)
    assert call(f"generate {kind} --rows 7 --columns 9 --seed 4 --success 0.8").stdout == text


def test_a_file_can_be_trained_in():
    assert "Written: rooms.txt" in call("generate rooms rooms.txt --rows 5 --columns 5 --density 0.5").stderr
    call("train rooms.txt --episodes 2")
    assert parse_world(Path("rooms.txt").read_text(), "rooms").rows == 5


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("castle", "'castle' is not one of 'maze', 'loops', 'rooms', 'lake', 'walls'"),
        ("maze --rows 1", "'1' is not allowed; give a whole number from 2 to 200"),
        ("maze --columns 999999999999", "give a whole number from 2 to 200"),
        ("walls --density 1.5", "'1.5' is not allowed; give a number from 0 to 1"),
        ("walls --density nan", "'nan' is not allowed; give a number from 0 to 1"),
        ("maze --density 0.5", "--density 0.5 means nothing for maze"),
        ("lake --seed -1", "'-1' is not allowed"),
        ("maze nowhere/maze.txt", "there is no such folder"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(asked, sentence):
    assert sentence in mistake(f"generate {asked}")
    assert not list(Path().iterdir())
