"""Runs that belong to the server: shared, paused when nobody looks, kept for a while, and limited in number."""

import asyncio
import time

import pytest

from dashboards.hub.housekeeping import PERIOD, Housekeeping
from dashboards.hub.runs import KEPT, MOST_RUNS
from dashboards.hub.shared_run import UNATTENDED, SharedRun
from gridworld.runs.commands import Configure, Pace, Pause, Reset, Start
from gridworld.runs.frame import Frame, Status
from gridworld.training.settings import Settings
from support.clock import Clock
from support.hubs import make_hub


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def registry(clock):
    return make_hub(clock).runs


def start(shared, pace=None):
    shared.send(pace or Pace(100.0, 1), "speed", "Speed")
    shared.send(Start(), "start", "Start")


def test_the_page_that_looks_first_does_the_work_and_the_others_only_look(registry, clock):
    shared = registry.create(Settings(episodes=0))
    start(shared)
    for _ in range(40):
        clock.now += 0.025
        for _viewer in range(5):
            shared.look(0.005)
    assert shared.journal.frame.step == 100


def test_a_run_is_found_by_its_id_and_an_unknown_one_is_not(registry):
    shared = registry.create(Settings())
    assert registry.get(shared.id) is shared
    assert registry.get("nothing") is None


def test_a_lookup_touches_nothing(registry, clock):
    watched, other = registry.create(Settings(episodes=0)), registry.create(Settings(episodes=0))
    start(other)
    clock.now += KEPT + 1
    before = [(shared.journal.revision, shared.looked, shared.status) for shared in (watched, other)]
    assert registry.get(watched.id) is watched
    assert registry.get("nothing") is None
    assert [(shared.journal.revision, shared.looked, shared.status) for shared in (watched, other)] == before
    assert registry.ids() == {watched.id, other.id}


def test_a_run_nobody_looks_at_pauses_by_itself(registry, clock):
    shared = registry.create(Settings(episodes=0))
    start(shared)
    clock.now += UNATTENDED + 1
    registry.sweep()
    assert shared.status is Status.PAUSED
    assert shared.journal.events[-1].code == "paused-unattended"


def test_a_short_absence_does_not_pause(registry, clock):
    shared = registry.create(Settings(episodes=0))
    start(shared)
    clock.now += UNATTENDED - 1
    registry.sweep()
    shared.look(0.005)
    assert shared.status is Status.RUNNING


def test_an_idle_run_is_let_go_after_a_while(registry, clock):
    shared = registry.create(Settings())
    clock.now += KEPT + 1
    registry.sweep()
    assert registry.get(shared.id) is None
    assert len(registry) == 0


def test_only_a_limited_number_of_runs_are_kept_and_the_longest_idle_goes_first(registry, clock):
    first = registry.create(Settings())
    second = registry.create(Settings())
    for _ in range(MOST_RUNS - 1):
        clock.now += 1
        first.look(0.005)
        registry.create(Settings())
    assert len(registry) == MOST_RUNS
    assert registry.get(first.id) is first
    assert registry.get(second.id) is None


def test_a_failed_tick_leaves_every_other_run_alone(registry, clock):
    broken, sound = registry.create(Settings(episodes=0)), registry.create(Settings(episodes=0))
    start(broken)
    start(sound)
    broken.run.session._loop = lambda *arguments: 1 / 0
    for _ in range(10):
        clock.now += 0.025
        broken.look(0.005)
        sound.look(0.005)
    assert broken.status is Status.FAILED
    assert "ZeroDivisionError" in broken.journal.frame.error
    assert [event.code for event in broken.journal.events][-1] == "run-failed"
    assert sound.status is Status.RUNNING
    assert sound.journal.frame.step > 10


def test_commands_are_noted_with_their_step_and_refused_ones_change_nothing(registry, clock):
    shared = registry.create(Settings(episodes=0))
    start(shared)
    for _ in range(10):
        clock.now += 0.025
        shared.look(0.005)
    shared.send(Pause(), "pause", "Pause")
    event = shared.journal.events[-1]
    assert (event.code, event.step) == ("pause", shared.journal.frame.step)
    before = shared.settings
    with pytest.raises(ValueError, match="nowhere"):
        shared.send(Reset(Settings(world="nowhere")), "settings", "New settings")
    assert shared.settings is before
    assert shared.journal.events[-1] is event


def test_the_end_of_a_run_is_noted_once(registry, clock):
    shared = registry.create(Settings(world="easy", episodes=2))
    start(shared, Pace(None, 10))
    for _ in range(20):
        clock.now += 0.025
        shared.look(0.005)
    assert shared.status is Status.FINISHED
    assert [event.code for event in shared.journal.events].count("finished") == 1


def test_reset_keeps_what_was_tuned(registry, clock):
    shared = registry.create(Settings(episodes=0))
    start(shared)
    clock.now += 0.025
    shared.look(0.005)
    shared.send(Configure({"step_size": 0.4}), "configured", "step_size = 0.4")
    shared.send(Reset(), "reset", "Reset")
    assert shared.settings.hyperparameters == {"step_size": 0.4}
    assert shared.run.session.agent.step_size == 0.4


class Raising:
    """A run that raises whenever it is polled, once it has reported that it is there."""

    session, streams, polls = None, (), 0

    def poll(self, budget):
        self.polls += 1
        if self.polls > 1:
            raise RuntimeError("the ground gave way")
        return Frame(0, Status.RUNNING, 0, 0)

    def send(self, command):
        """Take no notice."""

    def close(self):
        raise RuntimeError("it can't even be closed")


def test_a_run_that_raises_fails_alone_and_raises_once(registry, clock):
    run = Raising()
    broken, sound = registry.add(SharedRun(run, clock=clock)), registry.create(Settings(episodes=0))
    start(sound)
    for _ in range(20):
        clock.now += 0.025
        registry.sweep()
        broken.look(0.005)
        sound.look(0.005)
    assert run.polls == 2
    assert broken.status is Status.FAILED
    assert broken.journal.frame.error.endswith("RuntimeError: the ground gave way\n")
    assert [event.code for event in broken.journal.events] == ["run-failed"]
    assert sound.status is Status.RUNNING
    assert sound.journal.frame.step > 10


def test_housekeeping_goes_on_where_one_run_can_not_be_let_go(registry, clock, caplog):
    registry.add(SharedRun(Raising(), clock=clock))
    sound = registry.create(Settings(episodes=0))
    clock.now += KEPT + 1
    registry.sweep()
    assert registry.get(sound.id) is None
    assert "can't even be closed" in caplog.text


def test_housekeeping_goes_round_on_the_loop_it_is_started_on():
    rounds, came_round = [], asyncio.Event()

    def work(late):
        rounds.append(asyncio.get_running_loop().time())
        came_round.set()
        if len(rounds) == 1:
            raise RuntimeError("a round that fails is not the last")

    housekeeping = Housekeeping(work)
    housekeeping.start()
    assert not rounds, "a script has no loop"

    async def serve():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        housekeeping.start()
        housekeeping.start()
        while len(rounds) < 2:
            came_round.clear()
            await came_round.wait()

    asyncio.run(serve())
    assert rounds[1] - rounds[0] > PERIOD / 2, "started twice, it goes round once"


def test_housekeeping_knows_how_long_the_loop_was_held_up():
    held_up = []

    async def serve():
        came_round = asyncio.Event()
        housekeeping = Housekeeping(lambda late: (held_up.append(late), came_round.set()))
        housekeeping.start()
        time.sleep(PERIOD + 0.2)
        await came_round.wait()

    asyncio.run(serve())
    assert held_up[0] >= 0.2


def test_a_run_is_not_unattended_while_the_loop_is_held_up(clock):
    hub = make_hub(clock)
    shared = hub.runs.create(Settings(episodes=0))
    start(shared)
    shared.look(0.005)
    clock.now += UNATTENDED + 1
    hub.keep_house(late=UNATTENDED)
    assert shared.status is Status.RUNNING
    clock.now += UNATTENDED
    hub.keep_house()
    assert shared.status is Status.PAUSED


def test_active_runs_share_the_time_and_no_look_is_longer_than_5_ms(clock):
    hub = make_hub(clock)
    assert hub.look_seconds == 0.005
    for _ in range(8):
        start(hub.runs.create(Settings(episodes=0)))
    assert hub.look_seconds == pytest.approx(0.4 * 0.025 / 8)
    for _ in range(32):
        start(hub.runs.create(Settings(episodes=0)))
    assert hub.look_seconds == 0.0005, "each makes some headway"


def test_less_is_computed_where_pages_are_many(clock):
    hub = make_hub(clock)
    for _ in range(2):
        start(hub.runs.create(Settings(episodes=0)))
    hub.pacing.interval *= 2
    assert hub.look_seconds == pytest.approx(0.4 * 0.025 / 2 / 8)
