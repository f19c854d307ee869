"""Runs in processes of their own, and everything that can be done to them."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from gridworld.extensions import VARIABLE
from gridworld.runs.commands import Configure, Extend, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.messages import Message
from gridworld.runs.process.run import ProcessRun
from support.browser import wait_for
from support.paths import ROOT, TESTS
from support.process_trainers import WALKS, Walker, recipe

PATIENCE = 60.0  # seconds for what happens in a moment, on a machine that is busy with other things


@pytest.fixture
def make_run():
    """Makes runs with their journals; afterwards they are closed and no process of theirs is left."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    runs = []

    def make(factory="Walker", *, cadence=None, pace=None, patience=10.0, checkpoint=None, **settings):
        options = {"cadence": cadence, "pace": pace, "patience": patience, "checkpoint": checkpoint}
        runs.append(ProcessRun(recipe(factory, **settings), **options))
        runs[-1].journal = Journal(runs[-1].streams, capacity=1 << 16)
        return runs[-1]

    yield make
    for run in runs:
        run.close()
        run.close()
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before


def watch(run, until, seconds=PATIENCE):
    """Poll into the run's journal until the condition holds of its frame."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run.journal.add(run.poll(0.01))
        if run.journal.frame is not None and until(run.journal.frame):
            return run.journal.frame
        time.sleep(0.002)
    raise AssertionError(f"It took more than {seconds} seconds; the last frame is {run.journal.frame}.")


def has(*statuses):
    return lambda frame: frame.status in statuses


def gone(run):
    return watch(run, lambda frame: run.pid is None)


def begin(run, step=1):
    run.send(Start())
    return watch(run, lambda frame: frame.step >= step and frame.status is not Status.STARTING)


def positions(run):
    return run.journal.columns("walks")["position"].tolist()


def expected(steps, seed=0):
    """The walks of a walker that nothing ever happened to."""
    walker = Walker({"seed": seed})
    for _ in range(steps):
        walker.advance()
    return [row[2] for row in walker.rows]


def test_a_run_goes_from_ready_to_finished_and_reports_every_walk(make_run):
    run = make_run(target=2000)
    assert run.poll(0.0).status is Status.READY
    assert run.poll(0.0) is None
    run.send(Start())
    assert run.poll(0.0).status is Status.STARTING
    frame = watch(run, has(Status.FINISHED))
    assert positions(run) == expected(2000)
    gone(run)
    assert (frame.step, frame.episode, frame.error) == (2000, 200, None)
    assert run.journal.frame.scene.metrics["step"] == 2000
    np.testing.assert_array_equal(run.journal.frame.scene.board, np.full(10, 2000 % 251))
    run.send(Start())
    assert run.poll(0.0) is None


def test_a_paused_and_resumed_run_is_the_run_that_never_paused(make_run):
    run = make_run(target=20_000, sleep=0.002)
    begin(run)
    for _ in range(5):
        run.send(Pause())
        watch(run, has(Status.PAUSED))
        run.send(Start())
        watch(run, has(Status.RUNNING, Status.FINISHED))
    run.send(Configure({"sleep": 0.0}))
    watch(run, has(Status.FINISHED))
    assert positions(run) == expected(20_000)


def test_no_step_is_taken_while_paused(make_run):
    run = make_run(sleep=0.001)
    begin(run)
    run.send(Pause())
    paused = watch(run, has(Status.PAUSED))
    for steps in range(1, 6):  # each is answered by a worker that has been paused since the one before
        run.send(Step(1))
        assert watch(run, lambda frame, n=paused.step + steps: frame.step >= n).step == paused.step + steps
    run.send(Stop())
    assert gone(run).step == paused.step + 5


def test_it_goes_on_when_nobody_looks_and_no_walk_is_lost(make_run, tmp_path):
    run = make_run(target=300_000, cadence=Cadence(frames_per_second=1000.0, save_every=1e9), folder=str(tmp_path))
    run.send(Start())
    wait_for((tmp_path / "walk.json").exists, PATIENCE, "it is done, and saved, before anybody looks")
    watch(run, has(Status.FINISHED))
    columns = run.journal.columns("walks")
    assert columns["walks"].sum() == 30_000
    assert columns["position"].sum() == sum(expected(300_000))


def test_stop_ends_the_process_and_the_run_stays(make_run):
    run = make_run()
    begin(run, 1000)
    process = psutil.Process(run.pid)
    run.send(Stop())
    frame = watch(run, has(Status.PAUSED))
    gone(run)
    assert not process.is_running()
    assert run.journal.frame.step == frame.step
    assert positions(run) == expected(frame.step)
    with pytest.raises(ValueError, match="left no checkpoint"):
        run.send(Start())
    assert run.poll(0.0) is None


def test_start_after_stop_goes_on_from_the_checkpoint_in_the_next_epoch(make_run, tmp_path):
    run = make_run(folder=str(tmp_path), sleep=0.001)
    begin(run, 500)
    run.send(Stop())
    watch(run, has(Status.PAUSED))
    stopped = gone(run)
    run.send(Configure({"target": stopped.step + 1000, "sleep": 0.0}))
    run.send(Start())
    frame = watch(run, has(Status.FINISHED))
    assert (frame.epoch, frame.step) == (1, stopped.step + 1000)
    assert positions(run)[1:] == expected(frame.step)[-len(positions(run)) + 1 :]
    gone(run)
    run.send(Configure({"target": frame.step + 10}))
    assert run.poll(0.0).status is Status.PAUSED
    run.send(Start())
    assert watch(run, lambda frame: frame.epoch == 2 and frame.status is Status.FINISHED).step == frame.step + 10


def test_a_stop_that_cannot_be_saved_keeps_the_process_until_there_is_room_or_it_must_end(make_run, tmp_path):
    folder = tmp_path / "a folder that is not there yet"
    run = make_run(folder=str(folder))
    begin(run, 1000)
    pid = run.pid
    run.send(Stop())
    frame = watch(run, lambda frame: frame.unsaved)
    assert (frame.status, frame.pid) == (Status.PAUSED, pid)
    assert "would be lost, so it is kept in memory" in frame.error
    run.send(Start())
    going = watch(run, lambda again: again.step > frame.step + 100)
    assert (going.status, going.unsaved, going.pid) == (Status.RUNNING, False, pid)
    run.send(Stop())
    watch(run, lambda frame: frame.unsaved)
    folder.mkdir()
    run.send(Stop())
    stopped = gone(run)
    assert (stopped.status, stopped.error, stopped.unsaved, stopped.resumable) == (Status.PAUSED, None, False, True)
    assert positions(run) == expected(stopped.step)
    run.send(Start())
    watch(run, lambda frame: frame.epoch == 1 and frame.status is Status.RUNNING)
    (folder / "walk.json").unlink()
    folder.rmdir()
    run.send(Stop())
    watch(run, lambda frame: frame.unsaved)
    run.send(Stop(force=True))
    assert "is lost" in gone(run).error


def test_a_start_that_comes_while_the_worker_ends_is_done_by_the_next(make_run, tmp_path):
    run = make_run(folder=str(tmp_path), sleep=0.001)
    begin(run)
    run.send(Stop())
    run.send(Start())
    assert watch(run, lambda frame: frame.epoch == 1).status is Status.RUNNING


@pytest.mark.slow
def test_a_checkpoint_is_loaded_by_name_and_a_damaged_one_is_refused_with_the_reason(make_run, tmp_path):
    run = make_run(folder=str(tmp_path), target=100)
    begin(run)
    watch(run, has(Status.FINISHED))
    gone(run)
    other = make_run(target=200, checkpoint=str(tmp_path / "walk.json"))
    assert (other.epoch, other.poll(0.0).status) == (0, Status.PAUSED)
    other.send(Start())
    assert watch(other, has(Status.FINISHED)).step == 200
    (tmp_path / "walk.json").write_text("{")
    other = make_run(target=200, checkpoint=str(tmp_path / "walk.json"))
    other.send(Start())
    assert "JSONDecodeError" in watch(other, has(Status.FAILED)).error


def test_reset_begins_again_with_other_settings(make_run):
    run = make_run(sleep=0.001)
    begin(run, 100)
    old = psutil.Process(run.pid)
    run.send(Reset({"seed": 3, "target": 500}))
    frame = run.poll(0.0)
    assert (frame.epoch, frame.status, frame.step, frame.scene) == (1, Status.READY, 0, None)
    run.send(Start())
    watch(run, has(Status.FINISHED))
    assert positions(run) == expected(500, seed=3)
    run.close()
    assert not old.is_running()


@pytest.mark.slow
def test_a_killed_worker_is_noticed_and_its_log_kept(make_run):
    run = make_run(sleep=0.001)
    begin(run, 100)
    os.kill(run.pid, signal.SIGKILL)
    frame = watch(run, has(Status.FAILED))
    assert "ended unexpectedly (killed by SIGKILL)" in frame.error
    assert positions(run) == expected(10 * len(positions(run)))
    with pytest.raises(ValueError, match="Reset begins a new one"):
        run.send(Start())
    run.send(Reset())
    begin(run)


@pytest.mark.slow
def test_a_worker_that_leaves_without_a_word_has_failed(make_run):
    for code in (0, 3):
        run = make_run("Quitter", code=code)
        run.send(Start())
        assert f"exit code {code}" in watch(run, has(Status.FAILED)).error


@pytest.mark.slow
def test_a_killed_worker_goes_on_from_its_last_checkpoint(make_run, tmp_path):
    run = make_run(folder=str(tmp_path), sleep=0.001, cadence=Cadence(save_every=0.05))
    begin(run)
    watch(run, lambda frame: run.checkpoint is not None)
    os.kill(run.pid, signal.SIGKILL)
    watch(run, has(Status.FAILED))
    run.send(Start())
    frame = watch(run, lambda frame: frame.epoch == 1)
    assert frame.error is None
    assert frame.step > 0


def test_an_exception_comes_with_its_whole_traceback_and_the_log_until_then(make_run):
    run = make_run(fail_at=777, cry="Ouch! " * 2000)
    run.send(Start())
    frame = watch(run, has(Status.FAILED))
    assert frame.error.startswith("Traceback")
    assert frame.error.rstrip().endswith("Ouch!")
    assert len(frame.error) > 12_000
    assert "in advance" in frame.error
    gone(run)
    assert run.journal.frame.step == 777
    assert positions(run) == expected(777)


def test_a_trainer_that_cannot_be_made_reports_the_reason(make_run):
    run = make_run("Nobody")
    run.send(Start())
    assert "Nobody" in watch(run, has(Status.FAILED)).error


def test_a_worker_loads_the_files_of_the_user(make_run, monkeypatch, tmp_path):
    file = tmp_path / "walkers_of_a_user.py"
    file.write_text("from support.process_trainers import Walker\n")
    monkeypatch.setenv(VARIABLE, str(file))
    run = ProcessRun(replace(recipe(target=20), factory="walkers_of_a_user:Walker"))
    run.journal = Journal(run.streams, capacity=1 << 10)
    run.send(Start())
    assert watch(run, has(Status.FINISHED, Status.FAILED)).error is None
    gone(run)
    run.close()


def test_a_process_that_cannot_be_started_reports_the_reason(make_run, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/interpreter")
    run = make_run()
    run.send(Start())
    frame = run.poll(0.0)
    assert frame.status is Status.FAILED
    assert "could not be started" in frame.error
    run.send(Reset())
    assert run.poll(0.0).error is None


@pytest.mark.parametrize("ignore_terminate", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_worker_that_ignores_stop_is_ended_by_force(make_run, ignore_terminate):
    run = make_run("Stubborn", ignore_terminate=ignore_terminate, patience=0.3)
    begin(run)
    process = psutil.Process(run.pid)
    run.send(Stop())
    watch(run, has(Status.PAUSED))
    frame = watch(run, has(Status.FAILED))
    assert "did not stop when asked and was ended after 0.3 seconds" in frame.error
    assert not process.is_running()


@pytest.mark.slow
def test_a_frozen_worker_neither_blocks_commands_nor_outlives_stop(make_run):
    run = make_run(patience=5.0)
    begin(run)
    os.kill(run.pid, signal.SIGSTOP)

    def send_many():
        for _ in range(100_000):
            run.send(Pause())

    with pytest.raises(ValueError, match="does not respond"):
        send_many()
    run.send(Stop())
    os.kill(run.pid, signal.SIGCONT)
    gone(run)


def test_stop_before_the_first_step_leaves_the_run_ready(make_run):
    run = make_run("slow_to_start")
    run.send(Start())
    pid = run.pid
    run.send(Stop())
    assert run.poll(0.0).status is Status.READY
    run.close()
    assert not psutil.pid_exists(pid)


def test_a_pause_before_the_first_step_holds(make_run):
    run = make_run()
    run.send(Start())
    run.send(Pause())
    assert watch(run, has(Status.PAUSED)).step == 0


def test_messages_of_another_run_are_ignored(make_run):
    run = make_run(sleep=0.001)
    begin(run)
    run.send(Pause())
    watch(run, has(Status.PAUSED))
    run._worker._inbox.append(Message("another", Status.FINISHED, 999, 99, "rows", "walks", bytes(40)))
    assert run.poll(0.0) is None


def test_what_the_trainer_prints_does_not_disturb_its_reports(make_run, capfd):
    run = make_run("Printer", target=100)
    run.send(Start())
    watch(run, has(Status.FINISHED))
    gone(run)
    printed = capfd.readouterr()
    assert "must not get" in printed.err
    assert "nor this one" in printed.err
    assert printed.out == ""


@pytest.mark.slow
def test_pace_holds_across_a_reset(make_run):
    run = make_run(pace=Pace(50.0))
    begin(run)
    run.send(Reset())
    first, began = begin(run).step, time.monotonic()
    frame = watch(run, lambda frame: frame.step >= first + 40)
    assert time.monotonic() - began > 0.4
    assert frame.step < first + 80


def test_commands_without_sense_are_refused_and_change_nothing(make_run):
    with pytest.raises(ValueError, match="below 1"):
        make_run(target=0)
    run = make_run()
    for command in (Configure({"target": 0}), Configure({"board_every": -1}), Reset({"target": 0}), Extend(3)):
        with pytest.raises(ValueError, match=r"below 1|1 or more|number"):
            run.send(command)
    assert (run.settings, run.cadence, run.epoch) == ({}, Cadence(), 0)
    run.send(Configure({"seed": 5}))
    begin(run)
    with pytest.raises(ValueError, match="keeps its seed"):
        run.send(Configure({"seed": 6}))
    assert run.settings == {"seed": 5}


def test_commands_to_a_run_that_is_over_are_harmless(make_run):
    run = make_run(target=10)
    begin(run)
    watch(run, has(Status.FINISHED))
    gone(run)
    for command in (Pause(), Stop(), Step(2)):
        run.send(command)
    assert run.poll(0.0) is None
    for command in (Pace(3.0), Configure({"sleep": 1.0})):
        run.send(command)
    frame = run.poll(0.0)
    assert (frame.status, frame.pace, frame.settings) == (Status.FINISHED, Pace(3.0), {"target": 10, "sleep": 1.0})


@pytest.mark.slow
def test_a_run_that_is_forgotten_takes_its_process_with_it():
    run = ProcessRun(recipe())
    run.journal = Journal(run.streams)
    begin(run)
    process = psutil.Process(run.pid)
    del run
    process.wait(PATIENCE)


SERVER = """
import sys, time
sys.path.insert(0, {tests!r})
print("main", flush=True)
from support.process_trainers import recipe
from gridworld.runs.commands import Start
from gridworld.runs.frame import Status
from gridworld.runs.process.run import ProcessRun

run = ProcessRun(recipe({factory!r}, folder={folder!r}))
run.send(Start())
while run.status is not Status.RUNNING:
    run.poll(0.0)
    time.sleep(0.01)
print(run.pid, flush=True)
{then}
"""


def serve(then, tmp_path, factory="Walker"):
    """A server without a guard around its main program; gives it and the number of its worker."""
    script = tmp_path / "server.py"
    tests = str(TESTS)
    script.write_text(SERVER.format(tests=tests, folder=str(tmp_path), then=then, factory=factory))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout.readline() == "main\n"
    return server, int(server.stdout.readline())


def is_gone(pid, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("factory", ["Walker", "Stubborn"])
@pytest.mark.slow
def test_the_worker_saves_and_ends_when_its_server_is_killed(tmp_path, factory):
    server, worker = serve("time.sleep(600)", tmp_path, factory)
    with server:
        server.kill()
    assert is_gone(worker)
    assert (tmp_path / "walk.json").exists()


@pytest.mark.slow
def test_the_worker_ends_with_a_server_that_forgets_to_close(tmp_path):
    server, worker = serve("", tmp_path)
    with server:
        assert server.stdout.read() == ""
    assert server.returncode == 0
    assert is_gone(worker)


def test_a_worker_holds_nothing_that_belongs_to_the_page():
    code = "import sys, gridworld.runs.process.spawn; print({'panel', 'bokeh', 'torch'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def work_on(worker: psutil.Process, seconds: float) -> None:
    """Wait until a worker has computed for so long."""
    end = worker.cpu_times().user + seconds
    wait_for(lambda: worker.cpu_times().user > end, PATIENCE, "it computes")


@pytest.mark.slow
def test_a_reader_that_stalls_loses_nothing_and_the_memory_of_the_worker_stays_flat(make_run):
    run = make_run(cadence=Cadence(frames_per_second=100_000.0))
    begin(run, 10_000)
    worker = psutil.Process(run.pid)
    work_on(worker, 2.0)
    before = worker.memory_info().rss
    work_on(worker, 2.0)
    assert worker.memory_info().rss - before < 8e6
    run.send(Stop())
    watch(run, has(Status.PAUSED))
    frame = gone(run)
    columns = run.journal.columns("walks")
    assert columns["walks"].sum() == frame.step // 10
    assert columns["position"].sum() == sum(expected(frame.step))


@pytest.mark.slow
def test_no_message_is_damaged_by_kills_at_any_moment(make_run):
    run = make_run(cadence=Cadence(frames_per_second=100_000.0))
    for attempt in range(15):
        begin(run)
        time.sleep(0.01 * attempt)
        os.kill(run.pid, signal.SIGKILL)
        watch(run, has(Status.FAILED))
        assert positions(run) == expected(10 * len(positions(run)))
        run.send(Reset())


def test_the_streams_are_those_of_the_recipe(make_run):
    assert make_run().streams == (WALKS,)
