"""Games to their end: one order one result, whatever the threads and the interruptions."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError
from gridworld.storage.archive import Archive, pack_archive
from gridworld.tetris.evaluation.evaluation import SLOTS, Evaluation
from gridworld.tetris.game.features import DT_FEATURES, full_weights
from gridworld.tetris.game.games import LINES, Games, random_words
from gridworld.tetris.players.builtin import BUILT_IN, PUBLISHED, SOURCES

BCTS = BUILT_IN["bcts"]
pytestmark = pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")


def make(**options) -> Evaluation:
    return Evaluation(BCTS.weights, BCTS.features, **{"width": 8, "height": 8, "seed": 3, **options})


def finish(played: Evaluation, pool=None) -> Evaluation:
    while not played.finished:
        played.advance(pool)
    return played


def test_every_game_comes_to_its_end_and_counts_once():
    played = finish(make(games=3 * SLOTS))
    found = played.estimate
    assert (found.games, found.finished) == (3 * SLOTS, 3 * SLOTS)
    rngs = [np.random.default_rng([3, number]) for number in range(3 * SLOTS)]
    deals = [(random_words(rng, 1), random_words(rng, 1)) for rng in rngs]
    games = Games(*(np.vstack(kind) for kind in zip(*deals, strict=True)), width=8, height=8)
    weights = np.tile(full_weights(np.array(BCTS.weights)), (3 * SLOTS, 1))
    games.play(weights, np.arange(3 * SLOTS), limit=2**62, budget=2**62)
    assert found.lines == games.status[:, LINES].sum()
    assert 100 < found.mean < 220


def test_one_order_is_one_result_whatever_the_threads():
    alone = finish(make(games=100))
    with ThreadPoolExecutor(3) as pool:
        assert finish(make(games=100), pool).estimate == alone.estimate
    assert finish(make(games=100, seed=4)).estimate != alone.estimate
    assert finish(make(games=100, rules="strict")).estimate.mean < alone.estimate.mean


@pytest.mark.slow
def test_games_that_go_on_count_for_what_they_have():
    played = Evaluation(BCTS.weights, width=10, height=20, seed=1)
    played.advance()
    found = played.estimate
    assert (found.games, found.finished) == (SLOTS, 0)
    assert found.lines > SLOTS * 3_900
    assert found.mean is None


@pytest.mark.slow
def test_an_evaluation_goes_on_from_its_file(tmp_path):
    path = tmp_path / "games.npz"
    interrupted = make(games=None, height=10)
    for _ in range(3):
        interrupted.advance()
    interrupted.save(path)
    resumed = Evaluation.load(path)
    assert resumed.order == interrupted.order
    for _ in range(3):
        interrupted.advance()
        resumed.advance()
        assert resumed.estimate == interrupted.estimate
        assert resumed.placements == interrupted.placements


def altered(path, name=None, value=None, **changes):
    """Write the file again with other entries in its document, or another array."""
    with path.open("rb") as file:
        archive = Archive(file)
        document = json.loads(archive.text("evaluation"))
        arrays = {each: archive.array(each) for each in archive.array_names}
    if name:
        arrays[name] = value
    buffer = io.BytesIO()
    pack_archive(buffer, "evaluation", {**document, **changes}, arrays)
    path.write_bytes(buffer.getvalue())


@pytest.mark.parametrize(
    "changes",
    [
        {"width": 3},
        {"height": 10**9},
        {"rules": "none"},
        {"weights": [1.0]},
        {"features": ["nothing"] * 8},
        {"games": 0},
        {"games": 7},
        {"ended": -1},
        {"version": 2},
        {"format": "other"},
        {"more": 1},
        {"name": "columns", "value": np.full((5, 8), 1 << 40)},
        {"name": "status", "value": np.full((5, 7), 99)},
        {"name": "bags", "value": np.zeros((5, 7))},
    ],
    ids=str,
)
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, changes):
    path = tmp_path / "games.npz"
    make(games=5).save(path)
    altered(path, **changes)
    with pytest.raises(CheckpointError) as caught:
        Evaluation.load(path)
    assert str(caught.value).endswith(".")


def test_built_in_players_name_their_source_and_features():
    assert set(BUILT_IN) == set(SOURCES) == set(PUBLISHED)
    assert {name: len(player.weights) for name, player in BUILT_IN.items()} == {"bcts": 8, "dt10": 9, "dt20": 9}
    assert BUILT_IN["dt10"].features == DT_FEATURES
