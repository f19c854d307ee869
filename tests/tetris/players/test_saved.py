"""Files of players, altered in any way, are refused in a sentence or are players; one bad file hides no other."""

import json
import os
import random
import time
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.errors import CheckpointError
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.evaluation.splitting import SplittingEstimate
from gridworld.tetris.game.features import BCTS_FEATURES, DT_FEATURES, FORMER_FEATURES, LEARNED_FEATURES
from gridworld.tetris.game.network import MOST_UNITS, n_weights
from gridworld.tetris.game.watch import demo
from gridworld.tetris.players.saved import LARGEST, SUFFIX, Player, Players, read_player, strength
from support.networks import as_network
from support.paths import TESTS

WEIGHTS = tuple(float(number) for number in range(len(BCTS_FEATURES)))
HUGE = int("9" * 400)
JUNK = [None, True, -1, 0, 3, 1 << 63, HUGE, -HUGE, 1e300, 1e-300, "", "x", "\0", "../up", "CON", [], [HUGE] * 8, {}]


LINEAR = Player("p", WEIGHTS, saved=1e9)
NETWORK = Player("p", as_network((1.0,) * 9, 3), features=LEARNED_FEATURES, saved=1e9)


def content(player=LINEAR, **changes) -> bytes:
    return json.dumps({**json.loads(player.to_text()), **changes}).encode()


def survives(altered: bytes) -> bool:
    """Return whether the content is a player; then it can be written, read, ranked and played."""
    try:
        player = read_player(altered)
    except CheckpointError as problem:
        if not str(problem).endswith("."):
            raise AssertionError(f"{problem} is not a sentence") from None
        return False
    list(islice(demo(player.weights, features=player.features, width=4, height=4), 9))
    time.strftime("%Y-%m-%d", time.localtime(player.saved))
    f"{player.generation:,} {player.placements:,} {strength(player):,.1f}"
    assert read_player(player.to_text().encode()) == player
    return True


@pytest.mark.parametrize("key", list(json.loads(content())))
@pytest.mark.parametrize("value", JUNK, ids=lambda value: f"{value!r:.20}")
def test_a_player_with_any_value_anywhere_is_refused_or_a_player(tmp_path, key, value):
    altered = content(**{key: value})
    survives(altered)
    players = Players(tmp_path)
    players.save(Player("mine", WEIGHTS))
    (tmp_path / f"odd{SUFFIX}").write_bytes(altered)
    assert "mine" in [player.name for player in players.leaderboard()]


@pytest.mark.parametrize("key", ["weights", "generation", "placements", "saved", "lines", "ratings"])
@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "-" + "9" * 400, "1e999", "NaN", "Infinity", "1e18"])
def test_a_number_that_is_too_long_is_refused_with_its_place(key, number):
    rating = {"10x10": {"games": 1, "finished": 1, "lines": -7.25}}
    value = [*WEIGHTS[1:], -7.25] if key == "weights" else rating if key == "ratings" else -7.25
    altered = content(**{key: value}).replace(b"-7.25", number.encode())
    with pytest.raises(CheckpointError) as caught:
        read_player(altered)
    assert key in str(caught.value) or "not JSON" in str(caught.value) or "out of range" in str(caught.value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
@pytest.mark.slow
def test_bytes_altered_at_random_are_refused_or_a_player(rng: random.Random):
    spoilt = bytearray(content(rng.choice([LINEAR, NETWORK])))
    for _ in range(rng.choice([1, 1, 2, 5])):
        at, length = rng.randrange(len(spoilt)), rng.randrange(1, 12)
        match rng.randrange(4):
            case 0:
                spoilt[at] = rng.choice(b'0123456789.e-+[]{}",:\\ \xff\0')
            case 1:
                del spoilt[at : at + length]
            case 2:
                spoilt[at:at] = spoilt[at : at + length] * rng.choice([1, 100])
            case 3:
                spoilt[at:at] = rng.choice([b"9" * 400, b"[" * 3_000, b"null", b'"\\ud800"', b"1e999"])
    survives(bytes(spoilt))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
@pytest.mark.slow
def test_any_bytes_are_refused(altered):
    assert not survives(altered)


def make_large(path) -> None:
    path.write_bytes(content() + b" " * LARGEST)


def make_link_to_nothing(path) -> None:
    path.symlink_to(path.with_name("nowhere"))


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, make_link_to_nothing, make_large])
@pytest.mark.parametrize("name", ["odd", os.fsdecode(b"caf\xe9"), "CON", "a:b"])
def test_what_is_no_player_hides_no_other(tmp_path, make, name):
    players = Players(tmp_path)
    players.save(Player("mine", WEIGHTS))
    make(tmp_path / f"{name}{SUFFIX}")
    assert [player.name for player in players.leaderboard()] == ["mine"]
    assert [player.name for player in Players(tmp_path).leaderboard()] == ["mine"]


def test_a_player_comes_back_with_its_features_and_ratings():
    ratings = {"10x10": LinesEstimate(9, 7, 10**9), "10x20": SplittingEstimate(16, 2e-7, 3e-15, 10, 12_000_000)}
    player = Player("p", (*WEIGHTS, 8.0), features=DT_FEATURES, ratings=ratings, saved=1e9)
    assert read_player(player.to_text().encode()) == player


def test_a_network_comes_back_and_the_largest_one_fits_into_a_file():
    size = n_weights(MOST_UNITS, len(LEARNED_FEATURES))
    player = replace(NETWORK, weights=tuple(-1.23456789e-14 for _ in range(size)))
    text = player.to_text().encode()
    assert len(text) < LARGEST
    assert read_player(text) == player
    assert not player.is_linear


def test_a_file_of_the_first_version_keeps_its_meaning():
    """Its wells count covered cells, and its rating was of another kind."""
    player = read_player((TESTS / "data" / "player-v1.player.json").read_bytes())
    assert player.features == FORMER_FEATURES
    assert player.ratings == {}
    assert (player.weights[5], player.generation, player.placements) == (-10.49, 3, 7)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"weights": [1.0] * 7}, "has 8 finite weights"),
        ({"weights": [1.0] * n_weights(3, 8)}, "has 8 finite weights"),
        ({"weights": [1.0] * 10_000}, "weights"),
        ({"features": ["holes"] * 8}, "must differ from one another"),
        ({"features": ["something"] * 8}, "must differ from one another"),
        ({"ratings": {"10x10": {"games": 1, "finished": 2, "lines": 3}}}, "more games are finished"),
        ({"ratings": {"10x20": {"estimates": 2, "total": 1e-300, "squares": 0.0}}}, "out of range"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, sentence):
    with pytest.raises(CheckpointError, match=sentence):
        read_player(content(**changes))
