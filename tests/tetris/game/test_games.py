"""Games of linear players: compiled equals plain, slices change nothing, random play is as bad as it should be."""

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.game.board import LITERATURE, STRICT
from gridworld.tetris.game.features import COVERED_WELLS, DT_FEATURES, FEATURES, FORMER_FEATURES, full_weights
from gridworld.tetris.game.games import ACTION, CUT_OFF, LINES, OVER, PIECES, RUNNING, TOPPED_OUT, Games, random_words

GOOD = full_weights(np.array([-12.6, 6.6, -9.2, -19.8, -13.1, -10.5, -1.6, -24.0]))
BCTS = np.array([-12.63, 6.60, -9.22, -19.77, -13.08, -10.49, -1.61, -24.04])
FOREVER = np.iinfo(np.int64).max


def make_games(n: int, seed: int = 0, **options) -> Games:
    rng = np.random.default_rng(seed)
    return Games(random_words(rng, n), random_words(rng, n), **options)


def states(games: Games) -> list[np.ndarray]:
    return [getattr(games, name) for name in Games.ARRAYS]


def players(n: int) -> np.ndarray:
    """Good ones, indifferent ones, and ones with whole weights, whose values tie often."""
    weights = np.tile(GOOD, (n, 1))
    weights[1::3] = 0.0
    weights[2::3] = np.round(GOOD / 10)
    weights[3::4, :COVERED_WELLS] += np.linspace(-2, 2, COVERED_WELLS)  # the features of DT and the heights too
    return weights


@pytest.mark.skipif(not CAN_COMPILE, reason="needs numba")
@pytest.mark.parametrize(
    "options",
    [{}, {"bag": True, "width": 6, "height": 8, "rules": STRICT}, {"width": 13, "height": 40}, {"twisted": 3}],
)
def test_compiled_and_plain_play_identical_games(options):
    fast, plain = (make_games(6, fast=fast, **options) for fast in (True, False))
    for budget in (1, 7, 200):
        order = fast.unfinished()
        assert fast.play(players(6), order, limit=60, budget=budget) == plain.play(
            players(6), order, limit=60, budget=budget
        )
        assert all(np.array_equal(a, b) for a, b in zip(states(fast), states(plain), strict=True))
    assert fast.status[:, LINES].sum() > 0


def test_slices_change_nothing():
    whole, sliced = make_games(5), make_games(5)
    placed = whole.play(players(5), np.arange(5), limit=300, budget=FOREVER)
    total = 0
    for budget in [1, 2, 3] * 10 + [17] * 200:
        total += sliced.play(players(5), sliced.unfinished()[::-1].copy(), limit=300, budget=budget)
    assert total == placed == whole.status[:, PIECES].sum()
    assert all(np.array_equal(a, b) for a, b in zip(states(whole), states(sliced), strict=True))


def test_a_game_does_not_depend_on_its_neighbours():
    together, alone = make_games(4), make_games(4)
    together.play(players(4), np.arange(4), limit=200, budget=FOREVER)
    alone.play(players(4), np.array([2]), limit=200, budget=FOREVER)
    assert np.array_equal(together.columns[2], alone.columns[2])
    assert alone.status[:, OVER].tolist() == [RUNNING, RUNNING, together.status[2, OVER], RUNNING]
    assert alone.status[0, PIECES] == 0


def test_games_end_by_topping_out_or_by_the_limit():
    games = make_games(3)
    games.play(players(3), np.arange(3), limit=500, budget=FOREVER)
    assert games.status[:2, OVER].tolist() == [CUT_OFF, TOPPED_OUT]
    assert games.status[0, PIECES] == 500
    assert len(games.unfinished()) == 0
    before = [array.copy() for array in states(games)]
    assert games.play(players(3), np.arange(3), limit=1000, budget=FOREVER) == 0
    assert all(np.array_equal(a, b) for a, b in zip(states(games), before, strict=True))


def test_no_cell_is_lost():
    games = make_games(3, width=8, height=12)
    games.play(players(3), np.arange(3), limit=200, budget=FOREVER)
    cells = np.array([[int(column).bit_count() for column in board] for board in games.columns]).sum(axis=1)
    assert np.array_equal(cells, 4 * games.status[:, PIECES] - 8 * games.status[:, LINES])


def test_ties_are_broken_evenly():
    """The first piece of an indifferent player: all its placements are equally good, so all come equally often."""
    games = make_games(6000, width=4, height=4)
    games.play(np.zeros((6000, len(FEATURES))), np.arange(6000), limit=1, budget=6000)
    assert (games.status[:, PIECES] == 1).all()
    placements = games.columns.view([("", np.int64)] * 4)[:, 0]
    boards, counts = np.unique(placements, return_counts=True)
    flat_i, upright_i = (counts[boards == np.array([board], boards.dtype)] for board in ((0,) * 4, (15, 0, 0, 0)))
    assert abs(counts[boards == np.array((3, 3, 0, 0), boards.dtype)][0] - 6000 / 7 / 3) < 60
    assert abs(upright_i[0] - 6000 / 7 / 5) < 50
    assert abs(flat_i[0] - 6000 / 7 / 5) < 50, "the lying I clears its row"


@pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
def test_random_play_clears_about_a_tenth_of_a_line_a_game():
    games = make_games(10_000, seed=5, rules=STRICT)
    games.play(np.zeros((10_000, len(FEATURES))), np.arange(10_000), limit=FOREVER, budget=FOREVER)
    assert games.status[:, LINES].mean() == pytest.approx(0.095, abs=0.015)
    assert games.status[:, PIECES].mean() == pytest.approx(25.5, abs=0.5)


@pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
def test_a_good_player_lasts():
    games = make_games(2, seed=6)
    games.play(np.tile(GOOD, (2, 1)), np.arange(2), limit=20_000, budget=FOREVER)
    assert games.status[:, OVER].tolist() == [CUT_OFF, CUT_OFF]
    assert (games.status[:, LINES] > 7_980).all()
    assert (games.status[:, ACTION] >= 0).all()


@pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
def test_former_players_replay_their_games_under_the_strict_rules():
    """Lines and pieces as they were before there was a choice of rules and features."""
    games = make_games(4, seed=7, height=10, rules=STRICT)
    games.play(np.tile(full_weights(BCTS, FORMER_FEATURES), (4, 1)), np.arange(4), limit=10**6, budget=FOREVER)
    assert games.status[:, LINES].tolist() == [699, 3256, 3660, 373]
    assert games.status[:, PIECES].tolist() == [1768, 8160, 9170, 953]


def test_the_literatures_rules_let_games_last_longer():
    lines = {}
    for rules in (STRICT, LITERATURE):
        games = make_games(60, seed=3, width=6, height=6, rules=rules)
        games.play(np.tile(GOOD, (60, 1)), np.arange(60), limit=FOREVER, budget=FOREVER)
        assert (games.columns < 1 << 6).all(), "nothing stays above the board"
        lines[rules] = games.status[:, LINES].mean()
    assert lines[LITERATURE] > lines[STRICT]


@pytest.mark.parametrize(
    ("array", "value"), [("columns", 1 << 20), ("columns", -1), ("status", 7), ("status", -2), ("bags", 9)]
)
def test_arrays_that_are_no_games_are_refused(array, value):
    games = make_games(2)
    getattr(games, array)[1, 0] = value
    with pytest.raises(ValueError, match="are out of bounds"):
        games.check()


@pytest.mark.slow
@pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
def test_published_players_reach_what_the_papers_report_on_ten_by_ten():
    """BCTS about 4,200 and DT-10 about 5,000 lines, within four standard errors of 1,000 games."""
    dt10 = full_weights(np.array([-2.18, 2.42, -2.17, -3.31, 0.95, -2.22, -0.81, -9.65, 1.27]), DT_FEATURES)
    for weights, lines in ((full_weights(BCTS), 4_200), (dt10, 5_000)):
        games = make_games(1000, seed=1, height=10)
        games.play(np.tile(weights, (1000, 1)), np.arange(1000), limit=FOREVER, budget=FOREVER)
        assert games.status[:, LINES].mean() == pytest.approx(lines, rel=4 / 1000**0.5)
