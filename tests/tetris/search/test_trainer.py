"""The trainer: it learns, one seed is one run whatever the slices and threads, and a run can be saved anywhere."""

import io
import json

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris import TetrisHyperparameters, TetrisTrainer
from gridworld.tetris.game.board import STRICT
from gridworld.tetris.game.features import BCTS_FEATURES, DT_FEATURES, full_weights
from gridworld.tetris.game.games import LINES, Games, random_words
from gridworld.tetris.records import MEAN_PLAYER, Progress
from gridworld.tetris.report import GAMES, GENERATIONS
from gridworld.tetris.search.generation import AGAIN, EVALUATION, FIRST
from gridworld.tetris.search.methods import CovarianceMatrixAdaptation
from gridworld.tetris.search.settings import CMA_ES, CROSS_ENTROPY
from gridworld.tetris.search.storage import read_settings
from gridworld.tetris.search.worker import WorkerTrainer
from support.paths import TESTS

needs_numba = pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
SMALL = {"population": 10, "elite": 0.3, "evaluations": 2, "width": 6, "height": 6}


@pytest.fixture(params=[CROSS_ENTROPY, CMA_ES])
def method(request) -> str:
    if request.param == CMA_ES:
        try:
            CovarianceMatrixAdaptation(2, 20, 5.0)
        except ModuleNotFoundError:
            pytest.skip("needs the library cma")
    return request.param


def make(seed: int = 0, threads: int = 1, fast: bool = CAN_COMPILE, **options) -> TetrisTrainer:
    return TetrisTrainer(TetrisHyperparameters(**SMALL | options), seed=seed, threads=threads, fast=fast)


def run(trainer: TetrisTrainer, generations: int, slices=(500,)) -> Progress:
    """Advance until `generations` are over; return what was reported, cut at the end of the last one."""
    placements, games, finished = 0, [], []
    while len(finished) < generations:
        news = trainer.advance(slices[placements % len(slices)])
        placements, games, finished = (
            placements + news.placements,
            games + news.games,
            finished + news.generations,
        )
    last = finished[generations - 1].generation
    return Progress(0, [game for game in games if game.generation <= last], finished[:generations])


def mean_lines(weights: np.ndarray, *, height: int, games: int, limit: int, seed: int = 1234) -> float:
    rng = np.random.default_rng(seed)
    batch = Games(random_words(rng, games), random_words(rng, games), height=height)
    features = {8: BCTS_FEATURES, 9: DT_FEATURES}[len(weights)]
    batch.play(np.tile(full_weights(weights, features), (games, 1)), np.arange(games), limit=limit, budget=2**60)
    return float(batch.status[:, LINES].mean())


def same_state(one: TetrisTrainer, other: TetrisTrainer) -> bool:
    (arrays, meta), (others, other_meta) = one.state(), other.state()
    return (
        meta == other_meta
        and arrays.keys() == others.keys()
        and all(np.array_equal(arrays[name], others[name], equal_nan=True) for name in arrays)
    )


def through_files(trainer: TetrisTrainer) -> tuple[dict[str, np.ndarray], dict]:
    """The state as it comes back from an npz file without pickles and from JSON."""
    arrays, meta = trainer.state()
    file = io.BytesIO()
    np.savez(file, **arrays)
    file.seek(0)
    with np.load(file, allow_pickle=False) as loaded:
        return dict(loaded), json.loads(json.dumps(meta, allow_nan=False))


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("seed", [0, 1])
def test_three_hundred_thousand_placements_are_enough_for_500_lines_on_ten_by_ten(seed):
    trainer = TetrisTrainer(seed=seed)
    assert mean_lines(trainer.weights, height=10, games=500, limit=10**6) < 0.3, "it starts as random play"
    while trainer.placements < 300_000:
        trainer.advance(20_000)
    assert mean_lines(trainer.weights, height=10, games=40, limit=10**6) > 500
    assert trainer.best_lines > 100


@needs_numba
def test_either_search_learns(method):
    trainer = TetrisTrainer(TetrisHyperparameters(method=method, population=30), seed=2)
    trainer.advance(100_000)
    assert mean_lines(trainer.weights, height=10, games=40, limit=2000) > 100


@needs_numba
def test_neither_slices_nor_threads_change_a_run(method):
    reference = run(make(method=method), 8)
    for threads, slices in ((1, (1, 2, 3)), (2, (999,)), (3, (7, 5000, 1)), (2, (100_000,))):
        trainer = make(method=method, threads=threads)
        assert run(trainer, 8, slices)[1:] == reference[1:]
        trainer.close()
    assert run(make(seed=1, method=method), 8)[1:] != reference[1:]


@needs_numba
def test_compiled_and_plain_learn_the_same(method):
    fast, plain = (run(make(method=method, fast=fast), 2) for fast in (True, False))
    assert fast == plain
    assert sum(game.lines for game in fast.games) > 0


@pytest.mark.parametrize("cut", [1, 57, 1234, 5000])
def test_a_saved_run_goes_on_bit_for_bit(method, cut):
    whole = make(method=method)
    whole.advance(cut)
    resumed, threaded = (TetrisTrainer.from_state(*through_files(whole), threads=threads) for threads in (1, 2))
    assert same_state(whole, resumed)
    for _ in range(3):
        assert whole.advance(1000) == resumed.advance(1000)
        assert same_state(whole, resumed)
    resumed_records = run(threaded, 3).generations
    records = run(make(method=method), resumed_records[-1].generation + 1).generations
    assert resumed_records == records[-3:]
    threaded.close()


def test_a_state_is_a_copy():
    trainer = make()
    arrays, meta = trainer.state()
    before = {name: array.copy() for name, array in arrays.items()}
    run(trainer, 2)
    assert all(np.array_equal(arrays[name], before[name]) for name in arrays)
    assert same_state(TetrisTrainer.from_state(arrays, meta, threads=1), make())


def test_the_records_add_up():
    trainer = make(games=2, again=0)
    news = run(trainer, 4)
    for record in news.generations:
        games = [game for game in news.games if game.generation == record.generation]
        assert [game.candidate for game in games] == [n // 2 for n in range(20)] + [MEAN_PLAYER] * 2
        scores = np.array([game.lines for game in games[:20]]).reshape(10, 2).mean(axis=1)
        figures = (record.mean_lines, record.std_lines, record.best_lines)
        assert figures == (scores.mean(), scores.std(), scores.max())
        assert record.player_lines == np.mean([game.lines for game in games[20:]])
        assert record.placements == sum(game.pieces for game in news.games if game.generation <= record.generation)
        assert len(record.weights) == len(record.deviation) == len(trainer.features) == 9
    assert news.generations[0].weights == (0.0,) * 9
    best = max(reversed(news.generations), key=lambda record: record.player_lines)
    assert trainer.generation == 4, "the slices of this test end within the fifth generation"
    assert (trainer.best_lines, trainer.best_weights.tolist()) == (best.player_lines, [*best.weights])


def test_the_best_candidates_play_again_before_the_elite_is_chosen():
    trainer = make(again=3)
    news = run(trainer, 3)
    for record in news.generations:
        games = [game for game in news.games if game.generation == record.generation]
        first = np.array([game.lines for game in games[:10]])
        finalists = np.argsort(-first, kind="stable")[:6]  # twice the elite of three
        again = games[12:]
        assert [game.candidate for game in again] == [n for n in finalists for _ in range(3)]
        scores = first.astype(float)
        scores[finalists] += np.array([game.lines for game in again]).reshape(6, 3).sum(axis=1)
        scores[finalists] /= 4
        assert record.best_lines == scores.max()
        assert record.mean_lines == pytest.approx(scores.mean())


@pytest.mark.parametrize("cut", [1, 57, 1234, 5000])
@pytest.mark.parametrize(
    ("version", "former"),
    [
        (1, {"rules": STRICT, "again": 0, "features": "former (8, covered wells)"}),
        (2, {"again": 2, "features": "former (14, open wells)"}),
    ],
)
def test_a_training_of_a_former_version_goes_on_bit_for_bit(version, former, cut):
    """Two checkpoints each, written before there was a choice of features, and before wells were counted otherwise."""
    others = {"seed": 0, "threads": 1, "folder": None, "target_lines": 0}
    paths = [TESTS / "data" / name for name in (f"tetris-v{version}.npz", f"tetris-v{version}-later.npz")]
    earlier, later = (WorkerTrainer.load(path, others) for path in paths)
    assert former.items() <= earlier.trainer.settings.items()
    assert former.items() <= read_settings(paths[0]).items()
    earlier.work(lambda: min(cut, later.step - earlier.step))
    assert same_state(earlier.trainer, later.trainer)
    for stream in (GAMES.name, GENERATIONS.name):
        np.testing.assert_array_equal(earlier.histories[stream].rows, later.histories[stream].rows)


def test_candidates_of_a_generation_are_dealt_the_same_pieces():
    words = make(games=2).state()[0]["games_piece_words"]
    assert len(np.unique(words[0:20:2], axis=0)) == len(np.unique(words[1:20:2], axis=0)) == 1
    assert len(np.unique(words, axis=0)) == 4, "two deals for the candidates, two for the evaluation games"


@needs_numba
def test_hard_sequences_are_dealt_in_training_and_survive_a_file():
    usual, hard = make(seed=3), make(seed=3, twisted=4)
    pieces = [np.mean([game.pieces for game in run(trainer, 5).games]) for trainer in (usual, hard)]
    assert pieces[1] < pieces[0], "they end games sooner"
    hard.advance(50)
    resumed = TetrisTrainer.from_state(*through_files(hard), threads=1)
    for trainer in (hard, resumed):
        trainer.advance(1000)
    assert same_state(resumed, hard)


@needs_numba
@pytest.mark.parametrize("again", [0, 2])
def test_the_final_phase_is_played_on_high_boards_and_evaluated_on_the_usual_one(again):
    options = {"final": 3000, "again": again, "evaluations": 3}
    reference = run(make(**options), 12)
    before = [record for record in reference.generations if record.placements < 3000]
    games = [game for game in reference.games if game.candidate != MEAN_PLAYER]
    usual = np.mean([game.lines for game in games if game.generation <= len(before)])
    hard = np.mean([game.lines for game in games if game.generation > len(before)])
    assert 0 < len(before) < 10
    assert hard > 2 * usual, "on 20 rows games last longer, even with many S and Z"
    assert max(record.player_lines for record in reference.generations) < hard, "the evaluation is on six rows"
    assert all(np.isfinite(record.player_lines) for record in reference.generations)
    assert before == run(make(**options | {"final": 0}), 12).generations[: len(before)], "until then nothing changes"
    threaded = make(**options, threads=2)
    assert run(threaded, 12, (7, 900, 1))[1:] == reference[1:]
    threaded.close()


@needs_numba
def test_each_round_of_the_final_phase_survives_a_file():
    trainer, rounds = make(final=1, again=2, evaluations=3, population=4), set()
    run(trainer, 1)
    for _ in range(60):
        trainer.advance(40)
        rounds.add(trainer._games.round)
        whole, resumed = (TetrisTrainer.from_state(*through_files(trainer), threads=1) for _ in range(2))
        assert whole.advance(300) == resumed.advance(300)
        assert same_state(whole, resumed)
    assert rounds == {FIRST, AGAIN, EVALUATION}
    arrays, meta = trainer.state()
    with pytest.raises(ValueError, match="round that this phase has not"):
        TetrisTrainer.from_state({**arrays, "evaluating": np.array(True)}, {**meta, "hard": False}, threads=1)


@pytest.mark.slow
def test_the_cap_rises_when_the_elite_reaches_it():
    trainer = TetrisTrainer(TetrisHyperparameters(population=20, elite=0.2, evaluations=1, height=20), seed=0)
    caps = [record.cap for record in run(trainer, 5, (20_000,)).generations]
    assert caps[0] == 2000
    assert caps[-1] > 2000
    assert set(np.divide(caps[1:], caps[:-1])) <= {1.0, 2.0}


def test_advance_does_about_as_much_as_it_was_asked_for():
    trainer = make(threads=3)
    for placements in (1, 10, 1000):
        before = trainer.placements
        assert placements <= trainer.advance(placements).placements == trainer.placements - before <= placements + 2
    trainer.close()


def test_a_player_can_be_watched_while_it_learns():
    watched, alone = make(), make()
    watched.advance(700)
    scenes = list(watched.play(width=6, height=6, seed=3))
    assert scenes[-1].over
    alone.advance(700)
    assert same_state(watched, alone), "watching costs the training nothing"
    assert next(watched.play(best=True, width=6, height=6)).pieces == 0


def test_later_changes_of_the_hyperparameters_do_not_concern_a_trainer():
    hyperparameters = TetrisHyperparameters(**SMALL)
    trainer = TetrisTrainer(hyperparameters, threads=1)
    hyperparameters.population = 50
    assert trainer.settings["population"] == 10
    assert len(trainer.state()[0]["candidates"]) == 10


def test_every_hyperparameter_describes_what_it_is():
    for name, parameter in TetrisHyperparameters.param.objects().items():
        if name != "name":
            assert parameter.doc.endswith("."), name
            assert parameter.label[0].isupper() or parameter.label[0].isdigit(), name
            assert getattr(parameter, "bounds", None) or hasattr(parameter, "objects") or parameter.default is False


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"seed": -1}, "seed is -1; give"),
        ({"seed": 1.5}, "seed is 1.5; give"),
        ({"threads": 0}, "threads is 0; give 1"),
    ],
)
def test_arguments_are_checked(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        TetrisTrainer(**options)
    with pytest.raises(ValueError, match="placements is 0; give 1"):
        make().advance(0)


def test_a_state_that_is_none_is_refused():
    arrays, meta = make().state()
    with pytest.raises(ValueError, match="version 99"):
        TetrisTrainer.from_state(arrays, meta | {"version": 99})
    with pytest.raises(ValueError, match="lacks 'cap'"):
        TetrisTrainer.from_state(arrays, {name: value for name, value in meta.items() if name != "cap"})
    with pytest.raises(ValueError, match=r"'candidates' is missing or is not float64 \[10, 9\]"):
        TetrisTrainer.from_state(arrays | {"candidates": np.zeros(3)}, meta)


@pytest.mark.slow
@needs_numba
@pytest.mark.parametrize("seed", [0, 1])
def test_the_whole_learning_curve(seed):
    trainer = TetrisTrainer(seed=seed)
    for placements, lines in ((2_000_000, 2000), (15_000_000, 3000)):
        while trainer.placements < placements:
            trainer.advance(100_000)
        assert mean_lines(trainer.best_weights, height=10, games=200, limit=10**7) > lines
    assert mean_lines(trainer.best_weights, height=20, games=20, limit=60_000) > 23_000
