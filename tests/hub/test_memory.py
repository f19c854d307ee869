"""One budget holds what a server keeps of its runs."""

from dataclasses import replace

import pytest

from dashboards.hub.hub import Limits
from dashboards.hub.memory import MB, MemoryBudget, memory_limit
from dashboards.hub.shared_run import UNATTENDED, SharedRun
from gridworld.runs.commands import Load, Pace, Reset, Start, Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.recorded import RecordedRun
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem
from gridworld.worlds.problem_cache import ProblemCache
from support.clock import Clock
from support.hubs import make_hub

BUDGET = 24 * MB


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(clock):
    return make_hub(clock, limits=Limits(memory=BUDGET))


def trained(hub, keyframes=40):
    shared = hub.runs.create(Settings(world="open_30", episodes=0))
    for _ in range(keyframes):
        shared.send(Step(50), "step", "Step")
    return shared


def test_the_budget_bites_as_runs_are_added(hub, clock):
    first = trained(hub)
    hub.keep_house()
    assert hub.memory.used < BUDGET
    for _ in range(24):
        clock.now += UNATTENDED + 1
        newest = trained(hub, 8)
        hub.keep_house()
        assert hub.memory.used <= BUDGET
    assert len(hub.runs) < 25
    assert hub.runs.get(first.id) is None, "the one idle for longest goes first"
    assert hub.runs.get(newest.id) is newest


def test_recent_trainings_go_before_keyframes_and_those_before_runs(hub, clock):
    shared = trained(hub)
    shared.send(Reset(), "reset", "Reset")
    assert len(hub.runs.recent) == 1
    kept = trained(hub)
    hub.memory.most = hub.memory.used - 1
    hub.memory.hold()
    assert len(hub.runs.recent) == 0
    frames = len(kept.keyframes)
    hub.memory.most = hub.memory.used - 1
    hub.memory.hold()
    assert len(kept.keyframes) < frames
    assert len(hub.runs) == 2


def test_worlds_that_no_run_is_in_go_before_keyframes(hub):
    kept, worlds = trained(hub), ProblemCache()
    budget = MemoryBudget(hub.runs, worlds, BUDGET)
    before = budget.usage()["worlds"]
    assert before == kept.session.problem.nbytes, "the world of a run is counted, whether it is kept for others or not"
    large = worlds.get("large", lambda: load_problem("open_100"))
    assert budget.usage()["worlds"] == before + large.nbytes
    frames = len(kept.keyframes)
    budget.most = budget.used - 1
    budget.hold()
    assert budget.usage()["worlds"] == before
    assert len(kept.keyframes) == frames


def test_a_run_that_works_or_is_looked_at_is_not_let_go(hub, clock):
    seen, running = trained(hub, 1), trained(hub, 1)
    running.send(Pace(1.0, 1), "speed", "Speed")
    running.send(Start(), "start", "Start")
    clock.now += UNATTENDED + 1
    seen.look(0.005)
    hub.memory.most = 1
    hub.memory.hold()
    assert hub.runs.ids() == {seen.id, running.id}


def test_the_limit_comes_from_the_environment_and_nonsense_is_refused():
    assert memory_limit({}) == 512 * MB
    assert memory_limit({"GRIDWORLD_MEMORY": "64"}) == 64 * MB
    for word in ("", "much", "-5", "1e3", "3", "99999999999"):
        with pytest.raises(ValueError, match="GRIDWORLD_MEMORY"):
            memory_limit({"GRIDWORLD_MEMORY": word})


def test_what_a_run_holds_is_counted_and_one_that_learns_elsewhere_holds_its_journal_only(hub):
    small = hub.runs.create(Settings(world="easy"))
    used = hub.memory.usage()["runs"]
    hub.runs.create(Settings(world="open_30"))
    assert hub.memory.usage()["runs"] - used > used
    hub.runs.drop(small.id)
    before = hub.memory.usage()["runs"]
    elsewhere = hub.runs.add(SharedRun(RecordedRun([Frame(0, Status.PAUSED, 0, 0)])))
    journal = sum(history.rows.nbytes for history in elsewhere.journal.histories.values())
    assert hub.memory.usage()["runs"] == before + journal


def test_nothing_is_dropped_that_fits_exactly(hub, clock):
    shared = trained(hub, 3)
    clock.now += UNATTENDED + 1
    shared.send(Reset(), "reset", "Reset")
    hub.memory.hold()
    hub.memory.most = hub.memory.used
    hub.memory.hold()
    assert len(hub.runs.recent) == 1
    assert hub.runs.get(shared.id) is shared


LARGE = Settings(world="open_250")  # 13 MB with its world
MODERATE = Settings(world="open_100")


@pytest.mark.slow
def test_a_run_that_does_not_fit_beside_those_that_work_is_refused_and_nothing_is_dropped(hub, clock):
    first = hub.runs.create(LARGE)
    other = hub.runs.create(MODERATE)
    for command in (Start(), None):
        with pytest.raises(ValueError, match=r"open_260 takes .* MB, and too much of the server's 24 MB is in use"):
            hub.runs.create(replace(LARGE, world="open_260"))
        if command:
            other.send(command, "start", "Start")
    assert hub.runs.ids() == {first.id, other.id}
    assert hub.memory.used <= BUDGET
    hub.runs.create(Settings(world="easy"))
    clock.now += UNATTENDED + 1
    hub.runs.create(replace(LARGE, world="open_260"))
    assert hub.runs.get(first.id) is None, "it was idle"


@pytest.mark.slow
@pytest.mark.parametrize("command", [Reset, lambda settings: Load(TrainingSession(settings))])
def test_another_world_takes_the_place_of_the_one_before_or_is_refused_and_the_run_stays(hub, command):
    shared = hub.runs.create(LARGE)
    shared.send(command(replace(LARGE, world="open_260")), "settings", "Another world")
    assert shared.settings.world == "open_260"
    session = shared.session
    with pytest.raises(ValueError, match="Choose a smaller world"):
        shared.send(command(replace(LARGE, world="open_400")), "settings", "Another world")
    assert shared.session is session
    hub.keep_house()
    assert hub.memory.used <= BUDGET
