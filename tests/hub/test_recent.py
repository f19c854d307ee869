"""A run that another takes the place of is kept, and what is locked while running is locked at the server."""

import pytest

from dashboards.hub.recent import MOST
from gridworld.runs.commands import Load, Pace, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.clock import Clock
from support.hubs import make_hub


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def runs(clock):
    return make_hub(clock).runs


def trained(runs, steps=50, **fields):
    shared = runs.create(Settings(episodes=0, **fields))
    shared.send(Step(steps), "step", "Step")
    return shared


@pytest.mark.parametrize(
    "command",
    [Reset(), Reset(Settings(world="cliff")), Load(TrainingSession(world="easy"))],
    ids=["Reset", "world", "Load"],
)
def test_what_another_training_replaces_can_be_had_back(runs, command):
    shared = trained(runs)
    before = shared.session
    shared.send(command, "replaced", "Replaced")
    assert shared.frame.step == 0
    runs.undo(shared)
    assert shared.session is before
    assert (shared.frame.step, shared.status, shared.settings.world) == (50, Status.PAUSED, "medium")
    with pytest.raises(ValueError, match="no earlier training"):
        runs.undo(shared)


def test_undo_can_be_undone(runs):
    shared = trained(runs)
    shared.send(Reset(Settings(world="cliff", episodes=0)), "settings", "New settings")
    shared.send(Step(7), "step", "Step")
    runs.undo(shared)
    runs.undo(shared)
    assert (shared.frame.step, shared.settings.world) == (7, "cliff")


def test_a_recent_training_opens_as_a_run_of_its_own(runs):
    shared = trained(runs)
    shared.send(Reset(), "reset", "Reset")
    (former,) = runs.recent.of(shared.id)
    other = runs.open_recent(former.id)
    assert other.id != shared.id
    assert (other.frame.step, shared.frame.step) == (50, 0)
    with pytest.raises(ValueError, match="no longer kept"):
        runs.open_recent(former.id)


def test_one_that_there_is_no_room_for_stays_kept(runs):
    shared = trained(runs)
    shared.send(Reset(), "reset", "Reset")
    (former,) = runs.recent.of(shared.id)

    def refuse(coming, instead=None):
        raise ValueError("There is no room.")

    runs.admit = refuse
    for act in (lambda: runs.undo(shared), lambda: runs.open_recent(former.id)):
        with pytest.raises(ValueError, match="no room"):
            act()
        assert runs.recent.of(shared.id) == [former]


def test_one_that_has_not_begun_is_not_kept_and_only_a_limited_number_is(runs):
    shared = runs.create(Settings(episodes=0))
    shared.send(Reset(), "reset", "Reset")
    assert len(runs.recent) == 0
    for steps in range(1, MOST + 3):
        shared.send(Step(steps), "step", "Step")
        shared.send(Reset(), "reset", "Reset")
    assert [former.session.step for former in runs.recent] == list(range(MOST + 2, 2, -1))


def test_other_settings_are_refused_while_the_run_goes_on_but_reset_is_not(runs, clock):
    shared = runs.create(Settings(episodes=0))
    shared.send(Pace(100.0, 1), "speed", "Speed")
    shared.send(Start(), "start", "Start")
    clock.now += 0.025
    shared.look(0.005)
    before = shared.journal.revision, shared.session
    with pytest.raises(ValueError, match="can't be changed while the run goes on"):
        shared.send(Reset(Settings(world="cliff")), "settings", "New settings")
    with pytest.raises(ValueError, match="can't be changed while the run goes on"):
        shared.replace(shared.run, "settings", "New settings")
    assert (shared.journal.revision, shared.session) == before
    assert shared.status is Status.RUNNING
    shared.send(Reset(), "reset", "Reset")
    assert (shared.status, shared.frame.step) == (Status.READY, 0)
