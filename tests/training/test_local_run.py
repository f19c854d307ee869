"""Runs: commands in, frames out, at the pace and within the budget asked for."""

import pytest

from gridworld.runs.commands import Configure, Extend, Load, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.recorded import RecordedRun
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings


class Clock:
    """Time that a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def make(clock, pace=None, **fields):
    return LocalRun(TrainingSession(Settings(**fields)), pace=pace or Pace(100.0), clock=clock)


def later(run, clock, seconds, period=0.02):
    """Poll for so long; gives the last frame."""
    frame = None
    for _ in range(round(seconds / period)):
        clock.now += period
        frame = run.poll(1.0) or frame
    return frame


def test_a_new_run_reports_once_that_it_is_ready(clock):
    run = make(clock)
    assert run.poll(1.0).status is Status.READY
    assert run.poll(1.0) is None


def test_start_runs_at_its_pace_and_pause_stops(clock):
    run = make(clock, Pace(100.0, 1), episodes=0)
    run.send(Start())
    assert later(run, clock, 1.0).step == 100
    run.send(Pause())
    frame = run.poll(1.0)
    assert frame.status is Status.PAUSED
    assert later(run, clock, 1.0) is None
    assert run.session.step == frame.step


def test_start_twice_and_pause_twice_are_once(clock):
    run = make(clock, Pace(100.0, 1))
    for command in (Start(), Start()):
        run.send(command)
    assert later(run, clock, 0.1).status is Status.RUNNING
    run.send(Pause())
    run.poll(1.0)
    run.send(Pause())
    assert run.poll(1.0) is None


def test_updates_come_every_n_steps(clock):
    run = make(clock, Pace(100.0, 10), episodes=0)
    run.send(Start())
    run.poll(1.0)
    steps = []
    for _ in range(50):
        clock.now += 0.02
        if frame := run.poll(1.0):
            steps.append(frame.step)
    assert steps == list(range(10, 101, 10))


def test_at_a_speed_the_eye_follows_every_step_is_a_frame(clock):
    run = make(clock, Pace(10.0, 1), episodes=0)
    run.send(Start())
    run.poll(1.0)
    steps = []
    for _ in range(100):
        clock.now += 0.02
        if frame := run.poll(1.0):
            steps.append(frame.step)
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) in (19, 20)


def test_a_page_that_was_away_is_not_flooded(clock):
    run = make(clock, Pace(1000.0, 1), episodes=0)
    run.send(Start())
    run.poll(1.0)
    clock.now += 3600
    assert run.poll(1.0).step <= 100


def test_flat_out_stays_within_its_budget():
    run = LocalRun(TrainingSession(Settings(world="open_30", episodes=0)), pace=Pace(None))
    run.send(Start())
    frames = [run.poll(0.002) for _ in range(20)]
    assert frames[-1].step > frames[5].step > 0


def test_steps_and_episodes_can_be_done_one_at_a_time(clock):
    run = make(clock)
    run.send(Step())
    frame = run.poll(1.0)
    assert (frame.step, frame.status) == (1, Status.PAUSED)
    run.send(Step(episodes=1))
    frame = run.poll(1.0)
    assert (frame.episode, frame.scene.episode_step) == (1, 0)
    run.send(Start())
    step = run.session.step
    run.send(Step())
    assert run.session.step == step, "a running run takes no single steps"


def test_the_last_episode_finishes_the_run_and_more_can_be_asked_for(clock):
    run = make(clock, Pace(None), world="easy", episodes=3)
    run.send(Start())
    while run.status is Status.RUNNING:
        clock.now += 0.02
        frame = run.poll(1.0)
    assert (frame.status, frame.episode) == (Status.FINISHED, 3)
    run.send(Start())
    assert run.status is Status.FINISHED
    run.send(Extend(5))
    assert run.poll(1.0).status is Status.PAUSED
    run.send(Start())
    assert later(run, clock, 1.0).episode == 5


def test_reset_begins_the_next_epoch_with_other_settings(clock):
    run = make(clock)
    run.send(Step(50))
    run.poll(1.0)
    run.send(Reset(Settings(world="cliff")))
    frame = run.poll(1.0)
    assert (frame.epoch, frame.step, frame.status) == (1, 0, Status.READY)
    assert frame.scene.action_values.shape == (48, 4)


def test_settings_that_make_no_sense_leave_the_run_as_it_was(clock):
    run = make(clock)
    run.send(Step(50))
    for command in (Reset(Settings(world="nowhere")), Configure({"step_size": 9}), Extend(-1)):
        with pytest.raises(ValueError, match=r"nowhere|step_size|-1"):
            run.send(command)
    frame = run.poll(1.0)
    assert (frame.epoch, frame.step, frame.status) == (0, 50, Status.PAUSED)


def test_a_frame_carries_the_settings_in_force_and_the_pace(clock):
    run = make(clock, Pace(50.0, 5), episodes=9)
    frame = run.poll(1.0)
    assert (frame.settings, frame.pace) == (Settings(episodes=9), Pace(50.0, 5))
    run.send(Step(20))
    run.poll(1.0)
    run.send(Configure({"step_size": 0.4}))
    frame = run.poll(1.0)
    assert frame.settings.hyperparameters == {"step_size": 0.4}, "also while it waits for the next episode"
    assert run.session.pending == {"step_size": 0.4}
    run.send(Extend(30))
    run.send(Pace(None))
    frame = run.poll(1.0)
    assert (frame.settings.episodes, frame.pace) == (30, Pace(None))
    run.send(Reset())
    assert run.poll(1.0).settings == Settings(episodes=30, hyperparameters={"step_size": 0.4})
    assert run.session.agent.step_size == 0.4


def test_a_frame_costs_little_of_a_tick(clock):
    asked = []

    class Watched(TrainingSession):
        @property
        def settings_in_force(self):
            asked.append(self.step)
            return super().settings_in_force

    run = LocalRun(Watched(Settings(episodes=0)), pace=Pace(1000.0), clock=clock)
    run.send(Start())
    before = len(asked)
    later(run, clock, 1.0)
    assert len(asked) == before, "the settings in force are worked out when they change, not for every frame"


def test_a_loaded_session_reports_its_whole_history(clock):
    session = TrainingSession(world="easy", episodes=0)
    session.tick_episodes(7)
    run = make(clock)
    journal = Journal()
    journal.add(run.poll(1.0))
    run.send(Load(session))
    journal.add(run.poll(1.0))
    assert journal.columns()["episode"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_a_picture_stays_until_a_newer_one_and_ends_with_its_epoch():
    journal = Journal()
    journal.add(Frame(0, Status.RUNNING, 3, 0, "a picture"))
    journal.add(Frame(0, Status.PAUSED, 4, 0))
    assert (journal.frame.scene, journal.frame.step) == ("a picture", 4)
    journal.add(Frame(1, Status.READY, 0, 0))
    assert (journal.frame.scene, journal.frame.step) == (None, 0)


def test_a_tick_that_raises_fails_the_run_with_its_reason(clock):
    run = make(clock, Pace(100.0))

    def broken(*arguments):
        raise RuntimeError("the ground gave way")

    run.session._loop = broken
    run.send(Start())
    frame = later(run, clock, 0.1)
    assert frame.status is Status.FAILED
    assert "the ground gave way" in frame.error
    run.send(Start())
    assert run.status is Status.FAILED
    run.send(Reset())
    assert run.poll(1.0).status is Status.READY


def test_a_recording_plays_its_frames_in_order():
    frames = [Frame(0, Status.RUNNING, step, 0) for step in range(4)]
    run = RecordedRun(frames)
    assert run.poll(1.0).step == 0
    assert run.poll(1.0) is None
    run.send(Step())
    assert run.poll(1.0).step == 1
    run.send(Start())
    assert [run.poll(1.0).step for _ in range(2)] == [2, 3]
    assert run.poll(1.0) is None
    run.send(Reset())
    again = run.poll(1.0)
    assert (again.step, again.epoch) == (0, 1)


def test_an_empty_recording_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        RecordedRun([])


@pytest.mark.slow
def test_the_journal_gives_its_log_as_a_table_of_pandas():
    pytest.importorskip("pandas")
    journal = Journal()
    journal.add(TrainingSession(world="easy", seed=1).tick_episodes(5))
    table = journal.to_frame()
    assert list(table["episode"]) == [1, 2, 3, 4, 5]
    assert table["return"].tolist() == journal.columns()["return"].tolist()
