"""Tetris learned by stable-baselines3. Without the extra these tests are skipped, except in CI: there they fail."""

import os
import pickle
import subprocess
import sys
import time
import types
import zipfile
from dataclasses import replace
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

from gridworld.runs.commands import Configure, Pause, Start, Step, Stop
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.messages import MAX_PAYLOAD
from gridworld.runs.process.outbox import Outbox
from gridworld.runs.process.run import ProcessRun
from gridworld.runs.process.trainer import Recipe
from gridworld.storage.archive import CheckpointError
from gridworld.tetris.deep import recipe as sb3_trainer
from gridworld.tetris.deep.games import playable_area
from gridworld.tetris.deep.recipe import (
    BEST,
    EXTRA,
    FINAL,
    INSTALL,
    LATEST,
    PLAYERS,
    REPLAY,
    check_settings,
    is_available,
    latest_checkpoint,
    make_run,
    own_checkpoint,
    stored_player,
)
from gridworld.tetris.deep.settings import ALGORITHMS, BOARD
from gridworld.tetris.deep.stored import read_settings, stored_frame
from gridworld.tetris.explain import explain
from gridworld.tetris.game.network import MOST_UNITS
from gridworld.tetris.report import GAMES, GENERATIONS, feature_column

pytestmark = pytest.mark.slow
SMALL = {"width": 4, "height": 8, "units": 8, "batch": 32, "seed": 4}
PER_ALGORITHM = {
    "DQN": {"memory": 500, "warm_up": 50, "target_update": 100, "train_every": 8},
    "PPO": {"rollout": 64, "passes": 2},
    "MaskablePPO": {"rollout": 64, "passes": 2},
}
each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)


@pytest.fixture(autouse=True)
def extra():
    if not is_available():
        pytest.fail(INSTALL) if os.environ.get("CI") else pytest.skip(INSTALL)


def settings_of(algorithm, folder=None, **others):
    folder = None if folder is None else str(folder)
    return {"algorithm": algorithm, **SMALL, **PER_ALGORITHM[algorithm], "folder": folder, **others}


def make(algorithm, folder=None, checkpoint=None, **others):
    """A trainer in this process, which therefore holds torch; a server's does not."""
    from gridworld.tetris.deep.worker import make_trainer

    return make_trainer(settings_of(algorithm, folder, **others), checkpoint)


def reported(trainer):
    return {name: np.column_stack(list(columns.values())) for name, columns in trainer.news().items()}


def assert_equal(one, other):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_array_equal(one[name], other[name])


def parameters(trainer):
    return {name: tensor.numpy().copy() for name, tensor in trainer.model.policy.state_dict().items()}


def changed(before, trainer):
    after = parameters(trainer)
    return any((before[name] != after[name]).any() for name in before)


@pytest.fixture
def start_run():
    runs = []

    def start(run):
        run.journal = Journal(run.streams)
        runs.append(run)
        run.send(Start())
        return run

    yield start
    for run in runs:
        run.close()


def watch(run, until, seconds=120.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run.journal.add(run.poll(0.0))
        if until(run.journal.frame):
            return run.journal.frame
        assert run.status is not Status.FAILED or run.pid is not None, run.error
        time.sleep(0.01)
    raise AssertionError(f"It took more than {seconds} seconds; the last frame is {run.journal.frame}.")


@each_algorithm
def test_a_run_learns_pauses_ends_exactly_at_its_target_and_goes_on_from_there(start_run, tmp_path, algorithm):
    settings = settings_of(algorithm, tmp_path, timesteps=1001)
    run = start_run(make_run(settings, cadence=Cadence(board_every=1, metrics_every=1, save_every=0.5)))
    frame = watch(run, lambda frame: frame.step > 20 and frame.scene is not None and frame.scene.metrics is not None)
    assert frame.scene.board.cells.shape == (20, 10)
    run.send(Pause())
    paused = watch(run, lambda frame: frame.status in (Status.PAUSED, Status.FINISHED))
    if paused.status is Status.PAUSED:  # a busy machine may send the pause too late
        run.send(Step(1))
        frame = watch(run, lambda frame: frame.step > paused.step)
        assert frame.step == paused.step + 1, "no step while paused"
    run.send(Start())
    frame = watch(run, lambda frame: run.pid is None)
    assert (frame.status, frame.step, frame.error) == (Status.FINISHED, 1001, None)
    metrics = frame.scene.metrics
    assert (metrics.algorithm, metrics.timesteps, metrics.games) == (algorithm, 1001, frame.episode)
    games = run.journal.columns("games")
    assert games["game"].tolist() == list(range(1, frame.episode + 1))
    assert metrics.best_lines == games["lines"].max()
    assert metrics.mean_lines == games["lines"][-100:].mean()
    assert metrics.mean_return > 0
    assert run.journal.columns("generations")["placements"][-1] <= 1001
    assert {LATEST, FINAL} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / BEST).exists() == (frame.episode >= 100), "there is a mean of 100 games"
    assert (tmp_path / REPLAY).exists() == (algorithm == "DQN")
    run.send(Configure({"timesteps": 1100}))
    run.send(Start())
    again = watch(run, lambda frame: frame.epoch == 1 and run.pid is None)
    assert (again.status, again.step) == (Status.FINISHED, 1100)
    assert run.journal.columns("games")["lines"][: frame.episode].tolist() == games["lines"].tolist()


def test_a_run_goes_on_after_a_stop(start_run, tmp_path):
    run = start_run(make_run(settings_of("PPO", tmp_path, timesteps=100_000)))
    watch(run, lambda frame: frame.step > 100)
    run.send(Stop())
    stopped = watch(run, lambda frame: run.pid is None)
    assert stopped.status is Status.PAUSED
    assert latest_checkpoint(tmp_path) == tmp_path / LATEST
    run.send(Start())
    frame = watch(run, lambda frame: frame.epoch == 1 and frame.step > stopped.step)
    assert frame.episode >= stopped.episode


@each_algorithm
def test_how_the_work_is_sliced_changes_nothing(algorithm):
    one = make(algorithm, timesteps=300)
    one.work(lambda: 1)
    other = make(algorithm, timesteps=300)  # it seeds the generators of torch and numpy that all models share
    other.work(lambda: 70)
    assert_equal(reported(one), reported(other))
    assert_equal(parameters(one), parameters(other))


def test_what_is_played_in_whole_rollouts_is_learned_from_and_no_step_more_is_taken():
    for target, learns in ((63, False), (64, True), (65, True)):
        trainer = make("PPO", timesteps=target)
        before = parameters(trainer)
        trainer.work(lambda: 10)
        assert trainer.step == target
        assert changed(before, trainer) == learns


@each_algorithm
def test_a_resumed_training_has_its_network_counters_and_log(tmp_path, algorithm):
    first = make(algorithm, tmp_path, timesteps=500)
    first.work(lambda: 100)
    log, network = reported(first), parameters(first)
    path = first.save()
    resumed = make(algorithm, tmp_path, path, timesteps=600, units=9, seed=99)
    assert (resumed.step, resumed.episode) == (500, first.episode)
    assert_equal(parameters(resumed), network)
    assert_equal(reported(resumed), log)
    for name in ("mean_lines", "best_lines", "player_lines", "mean_return", "generation"):
        assert getattr(resumed.metrics(), name) == getattr(first.metrics(), name)
    if algorithm == "DQN":
        np.testing.assert_array_equal(resumed.model.replay_buffer.rewards, first.model.replay_buffer.rewards)
    resumed.work(lambda: 100)
    assert resumed.step == 600
    assert changed(network, resumed)


@pytest.mark.parametrize(("rollout", "batch"), [(65, 64), (3, 2), (7, 3), (2, 500)])
def test_no_size_of_batches_breaks_the_network(rollout, batch):
    trainer = make("MaskablePPO", timesteps=2 * rollout, rollout=rollout, batch=batch)
    before = parameters(trainer)
    trainer.work(lambda: 10)
    assert changed(before, trainer)
    assert all(np.isfinite(values).all() for values in parameters(trainer).values())


@each_algorithm
@pytest.mark.parametrize("target", [100, 120, 121, 333])
def test_a_target_that_changes_during_the_run_is_met_exactly(algorithm, target):
    trainer = make(algorithm, timesteps=200)

    def attend():
        if trainer.step >= 100:
            trainer.configure({"timesteps": target})
        return 1

    trainer.work(attend)
    assert trainer.step == target


def test_commands_are_obeyed_in_the_midst_of_learning_from_a_rollout():
    trainer = make("PPO", timesteps=1000, rollout=64, batch=2, passes=10)
    at_step = []

    def attend():
        at_step.append(trainer.step)
        return 0 if at_step.count(64) == 5 else 100

    trainer.work(attend)
    assert trainer.step == 64
    assert at_step == [0, 64, 64, 64, 64, 64]


def test_it_finishes_when_the_last_hundred_games_have_the_lines():
    trainer = make("MaskablePPO", timesteps=10_000, target_lines=1)
    trainer.work(lambda: 10)
    metrics = trainer.metrics()
    assert trainer.finished
    assert trainer.step < 10_000
    assert metrics.mean_lines >= 1
    assert metrics.games >= 100
    trainer.configure({"target_lines": 1000, "timesteps": trainer.step + 50})
    trainer.work(lambda: 10)
    assert trainer.step == metrics.timesteps + 50


def test_best_is_written_when_lines_improve_and_final_at_the_end(tmp_path):
    trainer = make("PPO", tmp_path, timesteps=300)
    trainer.save()
    assert {path.name for path in tmp_path.iterdir()} == {LATEST, PLAYERS[LATEST]}
    trainer.work(lambda: 200 - trainer.step)
    trainer.log.recent.clear()
    trainer.log.recent.extend([9.0] * 99)
    trainer.save()
    assert not (tmp_path / BEST).exists(), "99 games are too few to judge"
    for mean, written in ((1.0, True), (0.5, False), (1.5, True)):
        trainer.log.recent.extend([mean] * 100)
        for name in (BEST, PLAYERS[BEST]):
            (tmp_path / name).unlink(missing_ok=True)
        trainer.save()
        assert [(tmp_path / name).exists() for name in (BEST, PLAYERS[BEST])] == [written] * 2
    assert not (tmp_path / FINAL).exists()
    trainer.work(lambda: 10)
    trainer.save()
    assert (tmp_path / FINAL).exists()


def test_a_disk_that_refuses_leaves_the_last_checkpoint_whole(tmp_path, monkeypatch):
    trainer = make("PPO", tmp_path, timesteps=64)
    trainer.save()
    before = (tmp_path / LATEST).read_bytes()

    def refuse(file):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trainer.model, "save", refuse)
    with pytest.raises((OSError, CheckpointError)):
        trainer.save()
    assert {path.name for path in tmp_path.iterdir()} == {LATEST, PLAYERS[LATEST]}
    assert (tmp_path / LATEST).read_bytes() == before


class Trap:
    """A pickle that leaves a trace where it is loaded."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def test_a_foreign_path_is_refused_before_anything_in_it_is_read(start_run, tmp_path):
    own, foreign, trace = tmp_path / "own", tmp_path / "foreign", tmp_path / "trace"
    own.mkdir()
    make("DQN", foreign, timesteps=100).save()
    (foreign / REPLAY).write_bytes(pickle.dumps(Trap(trace)))
    (own / BEST).symlink_to(foreign / LATEST)
    (own / "other.zip").write_bytes((foreign / LATEST).read_bytes())
    for path in (foreign / LATEST, own / BEST, own / "other.zip", own / ".." / "foreign" / LATEST):
        with pytest.raises(CheckpointError, match="not from this run's own folder"):
            make("DQN", own, str(path))
    with pytest.raises(CheckpointError, match="own folder"):
        own_checkpoint(None, str(foreign / LATEST))
    run = start_run(make_run(settings_of("DQN", own, timesteps=50), checkpoint=str(foreign / LATEST)))
    assert "not from this run's own folder" in watch(run, lambda frame: frame.status is Status.FAILED).error
    assert not trace.exists()


def test_files_that_are_no_checkpoints_are_refused(tmp_path):
    trainer = make("PPO", tmp_path, timesteps=64)
    path = Path(trainer.save())
    assert read_settings(path).items() >= {"algorithm": "PPO", **SMALL, **PER_ALGORITHM["PPO"]}.items()
    shown, still = stored_frame(path, 64), {"score": 0, "lines": 0, "placements_per_second": 0.0}
    assert (shown.step, shown.episode) == (trainer.step, trainer.episode)
    assert repr(shown.scene.metrics) == repr(replace(trainer.metrics(), **still))
    good = path.read_bytes()
    for content in (b"", b"nothing", good[: len(good) // 2]):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="is not a checkpoint"):
            make("PPO", tmp_path, str(path))
    for data in (b"{}", b"[]", b'{"laboratory": {"version": 99, "settings": {}}}', b'{"laboratory": 3}'):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("data", data)
        with pytest.raises(CheckpointError):
            make("PPO", tmp_path, str(path))
    path.unlink()
    with pytest.raises(CheckpointError, match="no file"):
        make("PPO", tmp_path, str(path))
    assert latest_checkpoint(tmp_path) is None


def test_a_failure_in_the_worker_comes_with_its_traceback(start_run):
    settings = settings_of("PPO", timesteps=1000)
    recipe = Recipe(
        "support.failing_trainer:make_failing_trainer", settings, (GAMES, GENERATIONS), sb3_trainer.LIVE, check_settings
    )
    run = start_run(ProcessRun(recipe))
    frame = watch(run, lambda frame: frame.status is Status.FAILED and run.pid is None)
    assert frame.error.startswith("Traceback")
    assert "collect_rollouts" in frame.error
    assert frame.error.rstrip().endswith("RuntimeError: The board fell off the table.")
    assert run.journal.columns("games")["games"].sum() == frame.episode


SERVER = """
import sys, time
from gridworld.runs.commands import Start
from gridworld.runs.frame import Status
from gridworld.tetris.deep.recipe import is_available, make_run
from gridworld.tetris.deep.stored import read_settings

assert is_available()
run = make_run({settings!r})
run.send(Start())
while run.status is not Status.FINISHED:
    assert run.status is not Status.FAILED, run.error
    run.poll(0.0)
    time.sleep(0.01)
run.close()
from pathlib import Path
read_settings(Path({folder!r}, {latest!r}))
print({{name.split(".")[0] for name in sys.modules}} & {{"torch", "stable_baselines3", "sb3_contrib"}})
"""


def test_the_process_of_a_server_never_holds_torch(tmp_path):
    settings = settings_of("MaskablePPO", tmp_path, timesteps=100)
    code = SERVER.format(settings=settings, folder=str(tmp_path), latest=LATEST)
    assert subprocess.check_output([sys.executable, "-c", code], text=True, timeout=120).strip() == "set()"


@each_algorithm
def test_board_and_metrics_fit_into_messages(algorithm):
    trainer = make(algorithm, timesteps=100)
    outbox = Outbox("run")
    assert trainer.board() is None
    for steps in (1, 80):
        trainer.work(lambda steps=steps: max(0, steps - trainer.step))
        outbox.show("board", trainer.board())
        outbox.show("metrics", trainer.metrics())
        assert all(len(outbox.take(0).payload) <= MAX_PAYLOAD for _ in range(2))


@each_algorithm
@pytest.mark.parametrize("sees", ["features of placements", BOARD])
def test_the_network_is_shown_without_exploring_which_changes_no_training(algorithm, sees):
    unseen = make(algorithm, timesteps=200, sees=sees)
    unseen.work(lambda: 1000)
    shown, boards = make(algorithm, timesteps=200, sees=sees), []  # both draw from the generators of torch and numpy

    def attend():  # several times at a step at which the network learns
        boards.append(shown.board())
        return 1

    shown.work(attend)
    assert_equal(parameters(unseen), parameters(shown))
    assert_equal(reported(unseen), reported(shown))
    boards = [board for board in boards if board is not None]
    pieces = [board.pieces for board in boards]
    assert max(pieces) > 1
    assert any(board.over for board in boards), "its end is shown"
    assert all((board.cells[:12] == 0).all() and (board.cells[:, [0, 1, 2, 7, 8, 9]] == 0).all() for board in boards)
    assert any(board.cells.any() for board in boards)


def test_settings_without_sense_are_refused():
    check_settings(settings_of("DQN", timesteps=5))
    wrong = (
        {"algorithm": "SARSA"}, {"rollout": 5}, {"units": -1}, {"colour": "red"}, {"seed": -1}, {"seed": 1 << 32},
        {"threads": 0},
        {"timesteps": 0}, {"target_lines": 1.5}, {"environment": "chess"},
    )  # fmt: skip
    for settings in wrong:
        with pytest.raises(ValueError, match=next(iter(settings))):
            check_settings(settings_of("DQN") | settings)


def test_every_hyperparameter_has_a_label_and_an_explanation():
    for hyperparameters in ALGORITHMS.values():
        for name, declared in hyperparameters.param.objects(instance=False).items():
            assert name == "name" or (declared.label and declared.doc.rstrip().endswith("."))


def test_without_the_extra_a_run_names_what_to_install(monkeypatch):
    for package in (*EXTRA, "tetris_gymnasium"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ValueError, match=r"pip install 'gridworld-lab\[sb3\]'"):
        make_run(settings_of("PPO"))
    with pytest.raises(ValueError, match="tetris-gymnasium is not installed"):
        check_settings({"algorithm": "PPO", "environment": "tetris-gymnasium"})


class Walled(gym.Env):
    """As much of the game of tetris-gymnasium as can be seen of it: a board with walls of four cells."""

    def __init__(self):
        self.padding = 4
        self.board = np.pad(np.zeros((20, 10), np.uint8), ((0, 4), (4, 4)), constant_values=1)
        self.board[19, 4], self.board[0, 13] = 2, 8
        self.active_tetromino = types.SimpleNamespace(id=4)
        self.queue = types.SimpleNamespace(get_queue=lambda: [5, 0])


def test_through_any_wrappers_the_board_is_the_playable_area():
    cells, piece, next_piece = playable_area(gym.Wrapper(gym.Wrapper(Walled())))
    assert cells.shape == (20, 10)
    assert (cells[19, 0], cells[0, 9], np.count_nonzero(cells)) == (1, 7, 2)
    assert (piece, next_piece) == (2, 5)


@each_algorithm
def test_the_game_of_tetris_gymnasium_is_learned_where_it_is_installed(tmp_path, algorithm):
    pytest.importorskip("tetris_gymnasium", reason="tetris-gymnasium is not installed: see docs/deep-learning.md")
    others = {"environment": "tetris-gymnasium", "width": 10, "height": 20}
    trainer = make(algorithm, tmp_path, timesteps=120, **others)
    trainer.work(lambda: 10)
    assert trainer.step == 120
    assert trainer.board().cells.shape == (20, 10)
    assert trainer.episode > 0
    resumed = make(algorithm, tmp_path, trainer.save(), timesteps=130, **others)
    resumed.work(lambda: 10)
    assert resumed.step == 130


def plays_as(trainer, weights, features) -> None:
    """Check that a network on six columns places thirty pieces as the player with these weights."""
    game, (observation, _) = trainer.game, trainer.game.reset(seed=5)
    for _ in range(30):
        picture = game.game.picture()
        best = explain(picture.cells, picture.piece, weights, features)[0]
        action, _ = trainer.model.predict(observation, deterministic=True)
        assert divmod(int(action), 6) == (best.rotation, best.column)
        observation, _, over, _, _ = game.step(action)
        if over:
            observation, _ = game.reset()


@each_algorithm
def test_a_network_without_hidden_layers_plays_as_the_player_of_its_weights(algorithm):
    trainer = make(algorithm, units=0, width=6, height=8, timesteps=300)
    trainer.work(lambda: 50)
    metrics = trainer.metrics()
    plays_as(trainer, metrics.weights, metrics.features)
    last = trainer.log.histories["generations"].since()
    assert last[feature_column("weight", "holes")][-1] != 0, "they are in the log, too"


@each_algorithm
def test_a_network_with_hidden_layers_plays_as_the_player_that_is_saved(tmp_path, algorithm):
    trainer = make(algorithm, tmp_path, width=6, height=8, timesteps=300)
    trainer.work(lambda: 50)
    with pytest.raises(CheckpointError, match="isn't saved yet"):
        stored_player(tmp_path / LATEST)
    trainer.save()
    player = stored_player(tmp_path / LATEST)
    assert (player.method, player.placements, player.is_linear) == (algorithm, 300, False)
    plays_as(trainer, player.weights, player.features)


@pytest.mark.parametrize("others", [{"sees": BOARD}, {"units": MOST_UNITS + 1}])
def test_a_network_that_no_player_can_be_leaves_none(tmp_path, others):
    trainer = make("PPO", tmp_path, timesteps=100, **others)
    trainer.work(lambda: 50)
    trainer.save()
    assert not list(tmp_path.glob("*.json"))


def test_a_checkpoint_from_before_the_choice_of_what_is_seen_goes_on_with_the_board(tmp_path):
    first = make("PPO", tmp_path, timesteps=100, sees=BOARD)
    first.work(lambda: 50)
    del first._kept["sees"]
    resumed = make("PPO", tmp_path, first.save(), timesteps=200)
    assert resumed.hyper.sees == BOARD
    resumed.work(lambda: 50)
    assert resumed.step == 200
