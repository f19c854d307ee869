"""Runs that a server keeps are saved by themselves, keep their past, and are found again after it is gone."""

import pytest

from dashboards.hub.autosave import INTERVAL, autosave_of
from gridworld.errors import CheckpointError
from gridworld.runs.commands import Configure, Load, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.storage.keyframes import fork
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.clock import Clock
from support.hubs import make_hub


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def library(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_RUNS", str(tmp_path))
    return Library()


@pytest.fixture
def registry(clock):
    return make_hub(clock).runs


def sweep(registry, clock):
    """A look at the runs, a second after the one before."""
    clock.now += 1
    registry.sweep()


def names(library):
    return sorted(row.name for row in library.rows())


def test_a_run_is_saved_at_the_interval_and_when_it_ends(registry, clock, library):
    shared = registry.create(Settings(world="easy", episodes=50))
    sweep(registry, clock)
    shared.send(Step(7), "step", "Step")
    sweep(registry, clock)
    assert names(library) == []
    clock.now += INTERVAL
    sweep(registry, clock)
    name = autosave_of(shared.id)
    assert name == f"run {shared.id}.autosave"
    assert library.open(name).step == 7
    shared.send(Step(episodes=50), "step", "Step")
    assert shared.status is Status.FINISHED
    sweep(registry, clock)
    assert library.open(name).episode == 50
    assert names(library) == [name, f"run {shared.id}.best"]


def test_the_best_greedy_policy_stays_when_a_later_one_is_worse(registry, clock, library):
    shared = registry.create(Settings(world="easy", episodes=300))
    sweep(registry, clock)
    shared.send(Step(episodes=300), "step", "Step")
    sweep(registry, clock)
    best = next(row for row in library.rows() if row.slot == "best")
    shared.send(Reset(), "reset", "Reset")
    shared.send(Step(1), "step", "Step")
    clock.now += INTERVAL
    sweep(registry, clock)
    rows = {row.slot: row for row in library.rows()}
    assert rows["best"].stamp == best.stamp
    assert rows["autosave"].step == 1


def test_a_save_that_fails_is_noted_once_and_so_is_that_it_works_again(clock, library):
    problems = [CheckpointError("storage", "The disk is full.")] * 2

    def open_library():
        if problems:
            raise problems.pop()
        return library

    registry = make_hub(clock, open_library=open_library).runs
    shared = registry.create(Settings(world="easy", episodes=0))
    for _ in range(5):
        shared.send(Step(5), "step", "Step")
        clock.now += INTERVAL
        sweep(registry, clock)
    reported = [(event.code, event.text) for event in shared.journal.events if event.code.startswith("autosave")]
    assert reported == [
        ("autosave-failed", "The run is not being saved. The disk is full."),
        ("autosaved", "The run is being saved again"),
    ]


def test_only_a_limited_number_of_autosaves_are_kept(library):
    session = TrainingSession(world="easy")
    for number in range(5):
        library.autosave(session, f"run {number}")
    library.save(session, "mine")
    library.thin_slots(2)
    assert names(library) == ["mine", "run 3.autosave", "run 4.autosave"]


def test_an_unknown_or_strange_id_has_no_autosave(library):
    assert autosave_of("0123abcd") is None
    assert autosave_of("../../etc/passwd") is None


def test_a_run_keeps_its_past_and_forks_go_on_as_it_did(registry, clock, assert_same):
    shared = registry.create(Settings(world="medium", episodes=0))
    assert [frame.step for frame in shared.keyframes] == [0]
    for _ in range(4):
        shared.send(Step(100), "step", "Step")
    assert [frame.step for frame in shared.keyframes] == [0, 100, 200, 300, 400]
    forked = registry.go_on(fork(shared.keyframes.near(200)))
    assert forked.id != shared.id
    forked.send(Step(200), "step", "Step")
    assert_same(forked.session, shared.session)


def test_a_running_run_takes_keyframes_and_one_more_where_it_pauses(registry, clock):
    shared = registry.create(Settings(world="medium", episodes=0))
    shared.send(Pace(100.0, 1), "speed", "Speed")
    shared.send(Start(), "start", "Start")
    for _ in range(20):
        clock.now += 0.025
        shared.look(0.005)
    shared.send(Pause(), "pause", "Pause")
    assert len(shared.keyframes) >= 2
    assert shared.keyframes[-1].step == shared.journal.frame.step


def test_another_life_has_keyframes_of_its_own(registry, clock):
    shared = registry.create(Settings(world="medium", episodes=0))
    shared.send(Step(100), "step", "Step")
    shared.send(Reset(), "reset", "Reset")
    assert [frame.step for frame in shared.keyframes] == [0]
    loaded = TrainingSession(world="cliff", agent="sarsa", episodes=40)
    loaded.advance(10)
    shared.send(Load(loaded), "loaded", "Loaded")
    assert [frame.step for frame in shared.keyframes] == [10]
    assert (shared.settings.world, shared.settings.agent, shared.settings.episodes) == ("cliff", "sarsa", 40)


def test_settings_in_force_hold_what_was_changed_during_the_run(registry):
    shared = registry.create(Settings(world="medium", episodes=0))
    shared.send(Step(100), "step", "Step")
    shared.send(Configure({"step_size": 0.4}), "configured", "step_size = 0.4")
    again = registry.go_on(fork(shared.keyframes[-1]))
    assert again.settings.hyperparameters.get("step_size") is None
    shared.send(Step(1), "step", "Step")
    again = registry.go_on(fork(shared.keyframes[-1]))
    assert again.settings.hyperparameters == {"step_size": 0.4}
