"""What drives a trainer in its worker, without a process: commands, pace, cadence, checkpoints."""

import itertools
import queue

import numpy as np
import pytest

from gridworld.runs.commands import Configure, Pace, Pause, Start, Step, Stop
from gridworld.runs.frame import Status
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.outbox import Outbox
from gridworld.runs.process.worker import Worker
from support.process_trainers import WALKS, Walker


class Clock:
    """Time that passes by `tick` with each look at it, and in waits."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick = 0.0, tick

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


class Script(queue.SimpleQueue):
    """Commands that come at a step, or when the worker would wait for ever."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.waits = clock, []

    def get(self, block=True, timeout=None):
        if not self.empty():
            return super().get()
        assert timeout is not None, "the worker waits for a command that never comes"
        self.waits.append(timeout)
        self.clock.now += timeout
        raise queue.Empty


def make(trainer=None, *commands, cadence=None, tick=0.0):
    clock = Clock(tick)
    script = Script(clock)
    for command in commands:
        script.put(command)
    outbox = Outbox("run", [WALKS])
    worker = Worker(trainer or Walker({"target": 1000}), outbox, script, cadence, clock)
    return worker, outbox, script


def everything(outbox):
    outbox.close()
    return list(iter(outbox.take, None))


def test_a_run_begins_by_start_and_finishes_at_its_target():
    worker, outbox, _ = make(None, Start())
    worker.run()
    messages = everything(outbox)
    assert worker.trainer.step == 1000
    assert messages[-1].status is Status.FINISHED
    assert sum(len(m.payload) for m in messages if m.kind == "rows") == 100 * 8 * len(WALKS.columns)


def test_steps_are_counted_and_end_in_a_pause():
    worker, _, script = make(None, Step(7), Stop())
    worker.run()
    assert worker.trainer.step == 0, "a stop that waits is obeyed before any step"
    for n in (1, 7, 250):
        worker, _, script = make(None, Step(n))
        steps = worker.attend()
        while worker.trainer.step < n:
            for _ in range(steps):
                worker.trainer.advance()
            script.put(Stop()) if worker.trainer.step == n else None
            steps = worker.attend()
        assert (worker.trainer.step, worker.status, steps) == (n, Status.PAUSED, 0)


def test_no_step_is_allowed_in_a_pause():
    worker, _, script = make(None, Start())
    assert worker.attend() == 1
    script.put(Pause())
    script.put(Start())
    assert worker.attend() == 1
    script.put(Pause())
    script.put(Stop())
    assert worker.attend() == 0


def test_a_pace_is_kept_on_the_average():
    worker, _, script = make(None, Pace(50.0), Start(), cadence=Cadence(frames_per_second=1e9))
    while worker._clock.now < 4.0:
        for _ in range(worker.attend()):
            worker.trainer.advance()
    assert worker.trainer.step == pytest.approx(200, abs=2)
    assert max(script.waits) <= 0.021


def test_a_slice_grows_until_it_takes_its_time():
    worker, _, _ = make(Walker({}), Start())
    allowed = []
    for _ in range(40):
        allowed.append(worker.attend())
        worker.trainer.step += allowed[-1]
        worker._clock.now += allowed[-1] * 1e-5
    assert 500 <= allowed[-1] <= 2000


def test_boards_and_metrics_have_a_cadence_in_steps():
    shown = {"board": [], "metrics": []}
    worker, outbox, _ = make(Walker({}), Start(), cadence=Cadence(10, 100, frames_per_second=1e9), tick=1e-6)
    outbox.show = lambda part, picture: shown[part].append(worker.trainer.step)
    worker._slice = 1
    for _ in range(1000):
        worker.attend()
        worker.trainer.step += 1
    assert np.diff(shown["board"]).tolist() == [10] * (len(shown["board"]) - 1)
    assert np.diff(shown["metrics"]).tolist() == [100] * (len(shown["metrics"]) - 1)
    assert (len(shown["board"]), len(shown["metrics"])) == (100, 10)


def test_no_more_than_thirty_frames_a_second_are_shown():
    boards = []
    worker, outbox, _ = make(Walker({}), Start())
    outbox.show = lambda part, picture: boards.append(part)
    for _ in range(5000):
        worker.trainer.step += worker.attend()
        worker._clock.now += 0.001
    assert 100 <= boards.count("board") <= 5 * 30 + 2


def test_at_the_pace_of_the_limit_every_step_is_shown_though_some_come_early():
    boards, late = [], itertools.cycle([0.004, 0.0, 0.002])
    worker, outbox, _ = make(Walker({}), Pace(30.0), Start(), cadence=Cadence(board_every=1))
    outbox.show = lambda part, picture: boards.append(part)
    for _ in range(300):
        steps = worker.attend()
        worker._clock.now += next(late)
        worker.trainer.step += steps
    assert worker._clock.now == pytest.approx(10, rel=0.02)
    assert boards.count("board") >= 290


def test_pace_and_configure_set_the_cadence():
    worker, _, _ = make(None, Start(), Pace(None, update_every=3), Configure({"metrics_every": 7, "target": 20}))
    worker.attend()
    assert (worker.cadence.board_every, worker.cadence.metrics_every) == (3, 7)
    assert worker.trainer.settings["target"] == 20


def test_a_pace_without_pictures_turns_boards_off():
    worker, _, _ = make(None, Pace(None, update_every=0), Start())
    worker.attend()
    assert worker.cadence.board_every == 0


def test_an_episode_is_done_a_step_at_a_time_and_no_step_beyond_it():
    worker, _, _ = make(Walker({"length": 4}), Step(episodes=2))
    for _ in range(8):
        assert worker.attend() == 1
        worker.trainer.advance()
    with pytest.raises(AssertionError, match="waits for a command"):
        worker.attend()
    assert (worker.trainer.episode, worker.status) == (2, Status.PAUSED)


def test_checkpoints_come_at_their_interval_and_at_the_end(tmp_path):
    saved = []
    worker, _, script = make(Walker({"folder": str(tmp_path)}), Start(), cadence=Cadence(save_every=5.0))
    worker.trainer.save = lambda: saved.append(worker._clock.now)
    for _ in range(12):
        worker.trainer.step += worker.attend()
        worker._clock.now += 1.0
    script.put(Stop())
    worker.run()
    assert saved == [5.0, 10.0, 12.0]


def test_a_full_disk_costs_the_checkpoint_and_not_the_training():
    def save():
        raise OSError(28, "No space left on device")

    worker, outbox, _ = make(None, Start(), cadence=Cadence(save_every=5.0))
    worker.trainer.save = save
    for _ in range(7):
        worker.trainer.step += worker.attend()
        worker._clock.now += 1.0
    messages = everything(outbox)
    assert messages[-1].status is Status.RUNNING
    (error,) = [m.payload.decode() for m in messages if m.kind == "error"]
    assert "could not be saved: [Errno 28] No space left on device. The training goes on." in error


class FullDisk:
    """A disk that refuses some checkpoints, after each of which Stop is pressed again, and then has room."""

    def __init__(self, refusals: int, script: Script) -> None:
        self.refusals, self.script, self.saved = refusals, script, 0

    def __call__(self) -> str:
        if self.refusals:
            self.refusals -= 1
            self.script.put(Stop())
            raise OSError(28, "No space left on device")
        self.saved += 1
        return "a checkpoint"


def notes(outbox, kind):
    return [m.payload.decode() for m in everything(outbox) if m.kind == kind]


def test_a_stop_that_cannot_be_saved_keeps_the_training_until_there_is_room():
    worker, outbox, script = make(None, Start())
    worker.trainer.save = disk = FullDisk(1, script)
    assert worker.attend()
    worker.trainer.step = 100
    script.put(Stop())
    worker.run()
    assert disk.saved == 1
    assert worker.trainer.step == 100, "no step is taken meanwhile"
    (text,) = notes(outbox, "unsaved")
    assert text.startswith("The checkpoint could not be saved: [Errno 28] No space left on device. What was done since")
    assert "at step 0, would be lost, so it is kept in memory" in text


def test_a_training_that_could_not_be_saved_goes_on_when_it_is_started_again():
    worker, _, script = make(None, Start())
    worker.trainer.save = FullDisk(1, queue.SimpleQueue())
    assert worker.attend()
    script.put(Stop())
    script.put(Start())
    assert worker.attend() == 1
    assert worker.status is Status.RUNNING


def test_a_finished_training_that_cannot_be_saved_is_kept_until_there_is_room():
    worker, outbox, script = make(None, Start())
    worker.trainer.save = disk = FullDisk(2, script)
    worker.run()
    assert (disk.saved, worker.status, worker.trainer.step) == (1, Status.FINISHED, 1000)
    assert notes(outbox, "checkpoint") == ["a checkpoint"]


def test_a_stop_by_force_ends_what_cannot_be_saved_and_names_what_is_lost():
    worker, outbox, script = make(None, Start(), Stop(force=True))
    worker.trainer.save = FullDisk(1, script)
    worker.run()
    (error,) = notes(outbox, "error")
    assert error.endswith("What was done since the previous checkpoint, at step 0, is lost.")
