"""What every kind of run must do: one battery over all of them."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace

import pytest

from gridworld.runs.commands import Configure, Extend, Load, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.process.run import ProcessRun
from gridworld.runs.recorded import RecordedRun
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.players.demo_run import DemoRun
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from support.process_trainers import recipe

PATIENCE = 60.0  # seconds for what takes a moment, on a machine that is busy with other things


def learner(**fields):
    return LocalRun(TrainingSession(episodes=0, **fields), pace=Pace(100.0))


def recording():
    frames = [Frame(0, Status.RUNNING, step, 0, ("scene", step), settings="recorded") for step in range(50)]
    return RecordedRun(frames)


RUNS = {
    "learner": learner,
    "learner in an environment": lambda: learner(world="Blackjack-v1"),
    "greedy policy": lambda: GreedyRun(TrainingSession(world="medium"), pace=Pace(100.0)),
    "Tetris game": lambda: DemoRun((-1.0,) * len(BCTS_FEATURES), pace=Pace(100.0)),
    "recording": recording,
    "process": lambda: ProcessRun(recipe(sleep=0.001), pace=Pace(500.0)),
}


@pytest.fixture(params=RUNS)
def run(request):
    run = RUNS[request.param]()
    run.journal = Journal(run.streams)
    yield run
    run.close()
    run.close()


def first(run) -> Frame:
    """The first frame, taken into the run's journal."""
    run.journal.add(run.poll(0.01))
    return run.journal.frame


def watch(run, until) -> Frame:
    """Poll until the condition holds of the journal's frame."""
    end = time.monotonic() + PATIENCE
    while run.journal.frame is None or not until(run.journal.frame):
        assert time.monotonic() < end, run.journal.frame
        if not run.journal.add(run.poll(0.01)):
            time.sleep(0.002)
    return run.journal.frame


def test_the_first_frame_describes_the_run_and_there_is_no_second(run):
    frame = first(run)
    assert (frame.epoch, frame.status, frame.step, frame.episode) == (0, Status.READY, 0, 0)
    assert frame.settings is not None
    assert (frame.error, frame.resumable, frame.pid) == (None, False, None)
    assert run.poll(0.01) is None


def test_steps_are_done_in_polls_and_end_in_a_pause(run):
    first(run)
    run.send(Step(3))
    frame = watch(run, lambda frame: frame.status is Status.PAUSED)
    assert frame.step == 3
    run.send(Step())
    assert watch(run, lambda frame: frame.status is Status.PAUSED and frame.step > 3).step == 4


def test_it_runs_from_start_to_pause_and_no_further(run):
    first(run)
    run.send(Start())
    run.send(Start())
    watch(run, lambda frame: frame.status is Status.RUNNING and frame.step > 1)
    run.send(Pause())
    run.send(Pause())
    paused = watch(run, lambda frame: frame.status is Status.PAUSED)
    assert run.poll(0.01) is None
    run.send(Step())
    assert watch(run, lambda frame: frame.step > paused.step).step == paused.step + 1


def test_steps_without_end_are_paused_like_any_run(run):
    first(run)
    run.send(Step(1 << 40))
    watch(run, lambda frame: frame.status in (Status.RUNNING, Status.FINISHED) and frame.step > 0)
    run.send(Pause())
    assert watch(run, lambda frame: frame.status in (Status.PAUSED, Status.FINISHED)).step < 1 << 40


def test_reset_begins_the_next_epoch_with_the_settings_in_force(run):
    before = first(run)
    run.send(Step(2))
    watch(run, lambda frame: frame.step == 2)
    run.send(Reset())
    frame = watch(run, lambda frame: frame.epoch == 1)
    assert (frame.status, frame.step, frame.episode) == (Status.READY, 0, 0)
    assert frame.settings == before.settings
    run.send(Step())
    assert watch(run, lambda frame: frame.step == 1).epoch == 1


def test_reset_while_running_leaves_nothing_running(run):
    first(run)
    run.send(Start())
    watch(run, lambda frame: frame.step > 0)
    run.send(Reset())
    frame = watch(run, lambda frame: frame.epoch == 1)
    assert (frame.status, frame.step) == (Status.READY, 0)
    assert run.poll(0.01) is None


def test_another_pace_is_in_the_next_frame(run):
    if isinstance(run, RecordedRun):
        pytest.skip("a recording has the pace of its polls")
    first(run)
    run.send(Pace(7.0, 2))
    assert run.poll(0.01).pace == Pace(7.0, 2)
    assert run.poll(0.01) is None


@pytest.mark.parametrize(
    "command", [Load(len), Load("a name"), Reset(len), Configure({"board_every": -1}), Extend(-1)], ids=repr
)
def test_a_command_without_sense_is_refused_in_a_sentence_and_changes_nothing(run, command):
    before = first(run)
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        run.send(command)
    assert run.poll(0.01) is None
    run.send(Step())
    frame = watch(run, lambda frame: frame.step == 1)
    assert (frame.epoch, frame.settings, frame.pace) == (before.epoch, before.settings, before.pace)


def test_a_frame_does_not_change_after_it_was_made(run):
    frame = first(run)
    if hasattr(frame.scene, "problem"):  # which never changes, and can't be pickled
        frame = replace(frame, scene=replace(frame.scene, problem=None))
    before = pickle.dumps(frame)
    run.send(Step(20))
    watch(run, lambda frame: frame.status in (Status.PAUSED, Status.FINISHED))
    assert pickle.dumps(frame) == before


def test_stop_leaves_it_to_be_looked_at(run):
    first(run)
    run.send(Start())
    watch(run, lambda frame: frame.step > 0)
    run.send(Stop())
    frame = watch(run, lambda frame: frame.status is Status.PAUSED and frame.pid is None)
    assert frame.step > 0
    assert frame.error is None
