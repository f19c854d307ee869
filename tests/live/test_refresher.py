"""What a page is sent, and in which order: a new status first, then the rest."""

from __future__ import annotations

from types import SimpleNamespace

import panel as pn
import pytest
from panel.io.state import set_curdoc

from dashboards.hub.hub import Hub
from dashboards.hub.pacing import CALM_PERIOD, PERIOD, READ_PERIOD
from dashboards.hub.shared_run import SharedRun
from dashboards.live.refresher import Refresher
from gridworld.runs.commands import Pace, Pause, Reset, Start
from gridworld.runs.journal import Journal
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from support.clock import Clock
from support.hubs import make_hub
from support.served import ServedDocument


class Page:
    """A page that records what it is sent; its only view moves, and takes 10 ms to refresh."""

    panel = None

    def __init__(self, hub: Hub, shared: SharedRun, clock: Clock) -> None:
        self.clock = clock
        self.reported: list[str] = []
        self.refresher = Refresher(
            hub,
            shared.id,
            [self],
            lambda shared: self.reported.append("epoch"),
            lambda shared: self.reported.append("news"),
            lambda: self.reported.append("gone"),
            lambda shared: self.reported.append(str(shared.status)),
        )
        self.refresher.refresh(shared)
        self.reported.clear()

    def begin(self, problem) -> None:
        self.reported.append("begin")

    def refresh(self, journal) -> None:
        self.shown = journal
        self.clock.now += 0.01
        self.reported.append("refresh")

    def move(self, journal) -> None:
        self.shown = journal
        self.reported.append("move")

    def retheme(self, tokens) -> None:
        """Colours are nothing to it."""

    def tick(self) -> list[str]:
        """Return what one tick sends."""
        self.reported.clear()
        self.refresher.tick()
        return list(self.reported)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(clock):
    return make_hub(clock)


@pytest.fixture
def shared(hub, clock):
    run = LocalRun(TrainingSession(world="easy", episodes=0), pace=Pace(10.0), clock=clock)
    return hub.runs.add(SharedRun(run, clock=clock))


def test_a_new_status_is_sent_before_any_page_has_the_rest(hub, shared, clock):
    pages = [Page(hub, shared, clock), Page(hub, shared, clock)]
    shared.send(Start(), "start", "Start")
    shared.send(Pause(), "pause", "Pause")
    assert [page.tick() for page in pages] == [["paused", "move"]] * 2
    clock.now += CALM_PERIOD
    assert pages[0].tick() == ["refresh", "news"]
    assert pages[1].tick() == [], "the turns of pages are apart"
    clock.now += CALM_PERIOD
    assert pages[1].tick() == ["refresh", "news"]


def test_nothing_new_sends_nothing(hub, shared, clock):
    page = Page(hub, shared, clock)
    for _ in range(5):
        clock.now += CALM_PERIOD
        assert page.tick() == []


def test_another_life_of_the_run_is_sent_whole_at_once(hub, shared, clock):
    page = Page(hub, shared, clock)
    shared.send(Reset(shared.settings), "reset", "Reset")
    assert page.tick() == ["epoch", "refresh", "news"]


def test_a_view_that_looks_back_is_not_drawn_over_by_the_run_that_goes_on(hub, shared, clock):
    page, past = Page(hub, shared, clock), Journal()
    past.add(shared.frame)
    shared.send(Start(), "start", "Start")
    page.refresher.hold([page], past)
    for _ in range(20):
        clock.now += CALM_PERIOD
        page.tick()
        assert page.shown is past
    assert shared.frame.step > 10
    page.refresher.hold([page], None)
    assert page.shown is shared.journal


def test_a_tick_lets_the_run_work_for_one_look_at_most(hub, clock):
    budgets = []

    class Watched(LocalRun):
        def poll(self, budget):
            budgets.append(budget)
            return super().poll(budget)

    watched = hub.runs.add(SharedRun(Watched(TrainingSession(world="easy"), clock=clock), clock=clock))
    page = Page(hub, watched, clock)
    for _ in range(5):
        clock.now += 1.0
        page.tick()
    assert budgets == [0.0] + 5 * [hub.look_seconds]


class ReadView:
    """A plot or a table that notes when it is refreshed."""

    panel = None

    def __init__(self, name: str, page: Page) -> None:
        self.name, self.page = name, page

    def begin(self, problem) -> None:
        """There is nothing to begin."""

    def refresh(self, journal) -> None:
        self.page.reported.append(self.name)

    def retheme(self, tokens) -> None:
        """Colours are nothing to it."""


class PageToRead(Page):
    """A page that has three views to read beside the one that moves."""

    def __init__(self, hub: Hub, shared: SharedRun, clock: Clock) -> None:
        super().__init__(hub, shared, clock)
        shown = [self, *(ReadView(name, self) for name in "abc")]
        self.refresher = Refresher(hub, shared.id, shown, *[lambda shared: None] * 2, lambda: None)
        self.refresher.refresh(shared)

    def parts(self, seconds: float) -> list[str]:
        """Return what the ticks of some seconds sent of the views to read, each tick as one word."""
        sent = []
        for _ in range(round(seconds / PERIOD)):
            self.clock.now += PERIOD
            sent.append("".join(part for part in self.tick() if part in "abc"))
        return [part for part in sent if part]


def test_views_to_read_take_turns_while_a_run_goes_on(hub, shared, clock):
    page = PageToRead(hub, shared, clock)
    shared.send(Pace(1000.0), "speed", "Faster")
    shared.send(Start(), "start", "Start")
    first, *then = page.parts(12 * READ_PERIOD)
    assert first == "abc", "a page that starts is shown whole"
    assert 6 <= len(then) <= 12
    assert "".join(then) in "abc" * 4


def test_a_slow_browser_is_sent_what_is_read_more_rarely(hub, shared, clock):
    page = PageToRead(hub, shared, clock)
    page.refresher.backpressure.interval = 4 * PERIOD
    shared.send(Pace(1000.0), "speed", "Faster")
    shared.send(Start(), "start", "Start")
    assert 2 <= len(page.parts(12 * READ_PERIOD)) <= 5


def test_a_run_that_rests_is_shown_whole(hub, shared, clock):
    page = PageToRead(hub, shared, clock)
    shared.send(Start(), "start", "Start")
    page.parts(READ_PERIOD)
    shared.send(Pause(), "pause", "Pause")
    assert page.parts(2 * CALM_PERIOD) == ["abc"]


@pytest.fixture
def document():
    document = ServedDocument()
    with set_curdoc(document):
        yield document


def periods(callbacks) -> list[float]:
    """Return the periods of a page's own callbacks; the server's housekeeping is rarer."""
    return [callback.period for callback in callbacks if callback.period < 1000]


def test_a_page_whose_run_is_gone_is_reported_once_and_ticks_no_more(hub, shared, clock, document):
    page = Page(hub, shared, clock)
    others = set(document.session_callbacks)
    page.refresher.start()
    assert periods(set(document.session_callbacks) - others) == [1000 * PERIOD]
    hub.runs.drop(shared.id)
    assert page.tick() == ["gone"]
    assert periods(set(document.session_callbacks) - others) == []


def test_a_change_that_a_widget_asks_for_is_made_in_the_documents_next_turn(hub, shared, clock, document):
    page, made = Page(hub, shared, clock), []
    page.refresher.soon(lambda: made.append("before the page is shown"))
    assert made == ["before the page is shown"]
    page.refresher.start()
    others = set(document.session_callbacks)
    page.refresher.soon(lambda: made.append("later"))
    assert len(made) == 1
    (asked,) = set(document.session_callbacks) - others
    asked.callback()
    assert made[1:] == ["later"]


def test_in_a_notebook_it_is_made_at_the_next_tick(hub, shared, clock, monkeypatch):
    stopped = []
    timer = SimpleNamespace(stop=lambda: stopped.append(True))
    monkeypatch.setattr("panel.state.add_periodic_callback", lambda tick, period: timer)
    page, made, cell = Page(hub, shared, clock), [], pn.Column()
    cell.get_root()
    page.refresher.start(cell)
    page.refresher.soon(lambda: made.append("later"))
    assert made == []
    page.tick()
    assert made == ["later"]
    hub.runs.drop(shared.id)
    assert page.tick() == ["gone"]
    assert stopped == [True]


def test_a_cell_that_shows_nothing_any_more_stops_ticking(hub, shared, clock, monkeypatch):
    stopped = []
    timer = SimpleNamespace(stop=lambda: stopped.append(True))
    monkeypatch.setattr("panel.state.add_periodic_callback", lambda tick, period: timer)
    page = Page(hub, shared, clock)
    page.refresher.start(pn.Column())
    shared.send(Start(), "start", "Start")
    assert page.tick() == []
    assert stopped == [True]
