"""The Tetris trainer in a process of its own: what it reports, shows, saves and goes on from."""

import itertools
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.runs.commands import Configure, Pause, Start, Stop
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.messages import MAX_PAYLOAD
from gridworld.runs.process.outbox import Outbox
from gridworld.storage.archive import CheckpointError
from gridworld.tetris import TetrisHyperparameters, TetrisTrainer
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.records import GenerationRecord
from gridworld.tetris.report import GAMES, GENERATIONS, game_columns, generation_columns
from gridworld.tetris.search.show import Show
from gridworld.tetris.search.worker import BEST, FINAL, LATEST, WorkerTrainer, check_settings, make_run, make_trainer
from support.mid_save import BETWEEN
from support.paths import TESTS

pytestmark = pytest.mark.skipif(not CAN_COMPILE, reason="too long for the plain loop")
SMALL = {"population": 10, "elite": 0.3, "evaluations": 2, "width": 6, "height": 6, "seed": 4, "threads": 1}


def make(folder=None, **settings) -> WorkerTrainer:
    folder = None if folder is None else str(folder)
    return make_trainer({**SMALL, "folder": folder, **settings}, None)


def work(trainer: WorkerTrainer, placements: int, size: int = 300) -> None:
    """Train until this many pieces are placed in all."""
    trainer.work(lambda: min(size, placements - trainer.step))


def reported(trainer: WorkerTrainer) -> dict[str, np.ndarray]:
    return {name: np.column_stack(list(columns.values())) for name, columns in trainer.news().items()}


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.fixture
def start_run():
    runs = []

    def start(**settings):
        run = make_run({**SMALL, **settings}, cadence=Cadence(board_every=1, save_every=0.2))
        run.journal = Journal(run.streams)
        run.send(Start())
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.close()


def watch(run, until, seconds=60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run.journal.add(run.poll(0.0))
        if until(run.journal.frame):
            return run.journal.frame
        time.sleep(0.002)
    raise AssertionError(f"It took more than {seconds} seconds; the last frame is {run.journal.frame}.")


def test_it_reports_every_game_and_generation():
    trainer = make()
    work(trainer, 6000)
    log, rows = trainer.news(), trainer.metrics()
    games, generations = log["games"], log["generations"]
    assert games["game"].tolist() == list(range(1, trainer.episode + 1))
    assert generations["generation"].tolist() == list(range(1, trainer.trainer.generation + 1))
    assert games["evaluations"].sum() == pytest.approx(len(games["game"]) / 18, abs=2)
    assert rows.best_lines == games["lines"].max()
    assert rows.mean_lines == games["lines"][-100:].mean()
    assert rows.player_lines == generations["player_lines"][-1]
    assert rows.best_player_lines == generations["player_lines"].max()
    assert trainer.news() == {}


def test_the_columns_are_in_the_order_of_the_records():
    numbers = tuple(float(i) for i in range(16))
    record = GenerationRecord(6, 70, 2000, 1.0, 2.0, 3.0, 4.0, numbers[:8], numbers[8:])
    columns = {name: column.tolist() for name, column in generation_columns([record], BCTS_FEATURES).items()}
    assert tuple(columns) == tuple(GENERATIONS.columns)
    expected = {"generation": 7, "placements": 70, "cap": 2000, "mean_lines": 1, "std_lines": 2, "best_lines": 3}
    assert {name: columns[name] for name in expected} == {name: [value] for name, value in expected.items()}
    assert columns["player_lines"] == [4.0]
    assert columns["weight_holes"] == [4.0]
    assert columns["deviation_rows_with_holes"] == [15.0]
    assert columns["weight_pattern_diversity"] == columns["weight_board_wells"] == [0.0]
    assert tuple(game_columns([], 1)) == tuple(GAMES.columns)


def test_the_show_is_one_game_piece_by_piece_and_changes_no_training():
    shown, other = make(), make()
    boards = []
    while shown.step < 4000:
        for trainer in (shown, other):
            trainer._hear(trainer.trainer.advance(100))
        boards += [shown.board() for _ in range(4)]
    assert_equal(reported(shown), reported(other))
    for before, after in itertools.pairwise(boards):
        assert after.pieces == (0 if before.over else before.pieces + 1)
        assert before.over or after.piece == before.next_piece
        assert after.score >= before.score or before.over
    assert any(board.over for board in boards)
    assert boards[0].cells.shape == (20, 10)


def test_a_show_goes_over_to_a_newer_player_after_a_while():
    trainer = TetrisTrainer(TetrisHyperparameters(population=4, evaluations=1), threads=1)
    show = Show(trainer, longest=5)
    trainer.generation = 3
    assert [show.next().generation for _ in range(8)] == [1] * 6 + [4] * 2


@pytest.mark.parametrize("settings", [{}, {"population": 1000, "features": "DT with heights (14)"}])
def test_board_and_metrics_fit_into_messages(settings):
    trainer = make(**settings)
    outbox = Outbox("run")
    outbox.show("board", trainer.board())
    outbox.show("metrics", trainer.metrics())
    assert all(len(outbox.take(0).payload) <= MAX_PAYLOAD for _ in range(2))


@pytest.mark.parametrize("cut", [1, 1500, 5000])
def test_a_resumed_training_is_the_one_that_was_never_saved(tmp_path, cut):
    whole, first = make(), make(tmp_path)
    work(whole, 10_000)
    work(first, cut)
    assert first.save() == str(tmp_path / LATEST)
    resumed = make_trainer({**SMALL, "seed": 99}, str(tmp_path / LATEST))
    work(resumed, 10_000, size=77)
    assert_equal(reported(whole), reported(resumed))
    assert_equal(whole.trainer.state()[0], resumed.trainer.state()[0])
    assert whole.trainer.state()[1] == resumed.trainer.state()[1]
    np.testing.assert_equal(whole.metrics().mean_lines, resumed.metrics().mean_lines)
    assert whole.best_lines == resumed.best_lines


def test_best_is_saved_when_the_player_is_better_and_final_at_the_target(tmp_path):
    trainer = make(tmp_path)
    trainer.save()
    assert {path.name for path in tmp_path.iterdir()} == {LATEST}
    while not trainer.trainer.best_lines > 0:
        work(trainer, trainer.step + 1000)
    trainer.save()
    written = (tmp_path / BEST).stat().st_mtime_ns
    trainer.save()
    assert (tmp_path / BEST).stat().st_mtime_ns == written
    trainer.configure({"target_lines": 1})
    trainer.player_lines = 2.0
    assert trainer.finished
    trainer.save()
    assert {path.name for path in tmp_path.iterdir()} == {LATEST, BEST, FINAL}


def test_files_that_are_no_checkpoints_are_refused(tmp_path):
    trainer = make(tmp_path)
    trainer.save()
    good = (tmp_path / LATEST).read_bytes()
    bad = tmp_path / "bad.npz"
    for content in (b"", b"nothing", good[: len(good) // 2], good[:-100] + bytes(100)):
        bad.write_bytes(content)
        with pytest.raises(CheckpointError):
            make_trainer(SMALL, str(bad))
    with pytest.raises(CheckpointError, match="no file"):
        make_trainer(SMALL, str(tmp_path / "absent.npz"))


def test_settings_without_sense_are_refused():
    check_settings(SMALL)
    for settings in ({"population": 1}, {"colour": "red"}, {"seed": -1}, {"threads": 0}, {"target_lines": 1.5}):
        with pytest.raises(ValueError, match=r"population|colour|seed|threads|target_lines"):
            check_settings(settings)


@pytest.mark.slow
def test_a_run_learns_in_its_process_and_goes_on_after_a_stop(start_run, tmp_path):
    run = start_run(folder=str(tmp_path))
    watch(run, lambda frame: frame.step > 3000)
    run.send(Pause())
    watch(run, lambda frame: frame.status is Status.PAUSED)
    paused = watch(run, lambda frame: frame.scene.metrics.placements == frame.step)  # which may come a moment later
    assert paused.scene.board.cells.shape == (20, 10)
    assert paused.scene.metrics.weights.shape == (9,)
    run.send(Start())
    watch(run, lambda frame: frame.step > 5000)
    run.send(Stop())
    stopped = watch(run, lambda frame: run.pid is None)
    assert stopped.status is Status.PAUSED
    run.send(Start())
    frame = watch(run, lambda frame: frame.epoch == 1 and frame.step > stopped.step + 3000)
    run.send(Stop())
    frame = watch(run, lambda frame: run.pid is None)
    alone = make()
    work(alone, frame.step)
    log = {name: np.column_stack(list(run.journal.columns(name).values())) for name in ("games", "generations")}
    assert_equal(log, reported(alone))


@pytest.mark.slow
def test_a_run_finishes_when_its_target_is_reached_and_goes_on_with_a_higher_one(start_run, tmp_path):
    run = start_run(folder=str(tmp_path), target_lines=1)
    frame = watch(run, lambda frame: frame.status is Status.FINISHED and run.pid is None)
    assert run.journal.columns("generations")["player_lines"][-1] >= 1
    assert (tmp_path / FINAL).exists()
    with pytest.raises(ValueError, match="keeps its population"):
        run.send(Configure({"population": 20}))
    run.send(Configure({"target_lines": 10**9}))
    run.send(Start())
    assert watch(run, lambda newer: newer.step > frame.step).status is Status.RUNNING


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="only a forked process can be killed often enough")
def test_forty_kills_in_mid_save_damage_nothing(tmp_path):
    command = [sys.executable, "-m", "support.mid_save", str(tmp_path), "40"]
    reported = subprocess.run(command, cwd=TESTS, stdout=subprocess.PIPE, text=True, timeout=300)
    kills = [tuple(map(int, line.split())) for line in reported.stdout.splitlines()]
    assert reported.returncode == 0, f"a checkpoint could not be read after kill {len(kills)}"
    assert sum(left > 0 for _, _, left in kills) == 40, "every one of these kills hit a save"
    assert all(found - saved in (0, BETWEEN) for saved, found, _ in kills), "what was reported as saved is there"
