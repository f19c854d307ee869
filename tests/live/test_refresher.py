"""What a page is told, and in which order: another status first, then the rest."""

from __future__ import annotations

import pytest

from dashboards.hub.pacing import CALM_PERIOD, Pulse, Turns
from dashboards.hub.runs import RunRegistry, SharedRun
from dashboards.live import refresher as module
from dashboards.live.refresher import Player
from gridworld.runs.commands import Pace, Pause, Reset, Start
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


class Page:
    """A page that writes down what it is told; its only view moves, and takes 10 ms to refresh."""

    panel = None

    def __init__(self, shared: SharedRun, clock: Clock) -> None:
        self.clock = clock
        self.told: list[str] = []
        self.player = Player(
            shared.id,
            [self],
            lambda shared: self.told.append("epoch"),
            lambda shared: self.told.append("news"),
            lambda: self.told.append("gone"),
            lambda shared: self.told.append(str(shared.status)),
        )
        self.player.refresh(shared)
        self.told.clear()

    def begin(self, problem) -> None:
        self.told.append("begin")

    def refresh(self, journal) -> None:
        self.clock.now += 0.01
        self.told.append("refresh")

    def move(self, journal) -> None:
        self.told.append("move")

    def retheme(self, tokens) -> None:
        """Colours are nothing to it."""

    def tick(self) -> list[str]:
        """What one tick tells."""
        self.told.clear()
        self.player.tick()
        return list(self.told)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "RUNS", RunRegistry(clock=clock.monotonic))
    monkeypatch.setattr(module, "TURNS", Turns(clock.monotonic))
    monkeypatch.setattr(module, "PULSE", Pulse(clock.monotonic, lambda: 0.0))
    return clock


@pytest.fixture
def shared(clock):
    run = LocalRun(TrainingSession(world="easy", episodes=0), pace=Pace(10.0), clock=clock.monotonic)
    return module.RUNS.add(SharedRun(run, run.session.settings, clock=clock.monotonic))


def test_another_status_is_told_before_any_page_has_the_rest(shared, clock):
    pages = [Page(shared, clock), Page(shared, clock)]
    shared.send(Start(), "start", "Start")
    shared.send(Pause(), "pause", "Pause")
    assert [page.tick() for page in pages] == [["paused", "move"]] * 2
    clock.now += CALM_PERIOD
    assert pages[0].tick() == ["refresh", "news"]
    assert pages[1].tick() == [], "the turns of pages are apart"
    clock.now += CALM_PERIOD
    assert pages[1].tick() == ["refresh", "news"]


def test_nothing_new_tells_nothing(shared, clock):
    page = Page(shared, clock)
    for _ in range(5):
        clock.now += CALM_PERIOD
        assert page.tick() == []


def test_another_life_of_the_run_is_told_whole_at_once(shared, clock):
    page = Page(shared, clock)
    shared.send(Reset(shared.settings), "reset", "Reset")
    assert page.tick() == ["epoch", "refresh", "news"]
