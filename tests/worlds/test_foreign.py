"""Maps of other tools."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.toy_text.frozen_lake import MAPS
from hypothesis import given
from hypothesis import strategies as st

from gridworld.errors import WorldError
from gridworld.worlds.edit import usable
from gridworld.worlds.foreign import (
    MAX_LETTERS,
    foreign_rows,
    frozen_lake,
    is_frozen_lake,
    letters_of,
    likely_meaning,
    translated,
)
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol


@pytest.mark.parametrize("name", MAPS)
def test_a_map_of_frozen_lake_is_that_lake(name):
    rows = foreign_rows("\n".join(MAPS[name]))
    assert rows == foreign_rows(repr(MAPS[name]))
    assert is_frozen_lake(rows)
    world = usable(frozen_lake(rows))
    lake = gym.make("FrozenLake-v1", map_name=name, is_slippery=False).unwrapped
    going = {0: 3, 1: 2, 2: 1, 3: 0}  # left, down, right, up
    for state, actions in lake.P.items():
        for action, outcomes in actions.items():
            (_, successor, reward, ended), ours = outcomes[0], going[action]
            if lake.desc.ravel()[state] not in b"GH":
                assert world.model.successor[state, ours, 0] == successor
                assert world.model.reward[state, ours, 0] == reward
                assert bool(world.model.ending[state, ours, 0]) == ended


def test_a_blank_is_floor_and_short_rows_are_filled_up():
    rows = foreign_rows("\n#####\n#s e\n#####\n")
    assert letters_of(rows) == ["#", "s", " ", "e"]
    assert likely_meaning(" ") == SYMBOLS["."]
    meaning = {"#": SYMBOLS["#"], " ": SYMBOLS["."], "s": SYMBOLS["S"], "e": Symbol(Kind.GOAL, 5.0)}
    world = usable(translated(rows, meaning, "Corridor"))
    assert world.maps[0][1] == ("#####", "#S.e.", "#####")
    assert dict(world.symbols)["e"] == Symbol(Kind.GOAL, 5.0)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=40), st.text(max_size=40))
@pytest.mark.slow
def test_any_text_is_read_or_refused_in_a_sentence(line, more):
    try:
        rows = foreign_rows(f"{line}\n{more}")
    except WorldError:
        return
    assert len({len(row) for row in rows}) == 1
    draft = translated(rows, {letter: likely_meaning(letter) for letter in letters_of(rows)})
    assert (draft.rows, draft.columns) == (len(rows), len(rows[0]))
    assert [[Kind(kind) for kind in row] for row in draft.layouts[0][1].kinds[0]] == [
        [likely_meaning(letter).kind for letter in row] for row in rows
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There is no map"),
        ("[]", "There is no map"),
        ("a\tb", "can't be seen"),
        ("x" * 300_000, "at most 200,000"),
        ("".join(chr(0x4E00 + i) for i in range(MAX_LETTERS + 1)), "different letters"),
    ],
)
def test_what_is_no_map_is_refused(text, says):
    with pytest.raises(WorldError, match=says):
        foreign_rows(text)


def test_a_letter_without_a_meaning_is_named():
    with pytest.raises(WorldError, match="'Q'"):
        translated(("SQ",), {"S": SYMBOLS["S"]})


def test_each_meaning_has_a_letter_of_its_own():
    draft = translated(("S123",), {"S": SYMBOLS["S"], **{str(i): Symbol(Kind.FLOOR, float(i)) for i in (1, 2, 3)}})
    assert np.unique(list(draft.maps[0][1][0])).size == 4
