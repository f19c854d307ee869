"""Whether a browser keeps up: one that is behind gets less, one that never answers is not waited for."""

from __future__ import annotations

import pytest

from dashboards.hub.pacing import LONGEST, PERIOD, READ_PERIOD, READ_REFRESHES, Pacing
from dashboards.live.backpressure import Backpressure


class Browser:
    """Takes in one refresh after the other, each of which takes it `cost` seconds, and sends the probes back.

    `plot` more seconds are needed for what is read, of which a part comes with a refresh now and then.
    """

    def __init__(self, cost: float, answers: bool = True, plot: float = 0.0) -> None:
        self.now, self.cost, self.answers = 0.0, cost, answers
        self.plot, self.plot_due = plot, 0.0
        self.backpressure = Backpressure(Pacing(lambda: self.now, lambda: 0.0), lambda: self.now)
        self.free_at, self.probes, self.sent, self.longest = 0.0, [], 0, 0.0

    def watch(self, seconds: float) -> float:
        """Refreshes a second; `longest` is how long the last of them waited at the most."""
        end, self.sent, self.longest, due = self.now + seconds, 0, 0.0, self.now
        while self.now < end:
            while self.probes and self.probes[0][0] <= self.now:
                self.backpressure.probe.end = self.probes.pop(0)[1]
            if self.now >= due and not self.backpressure.holds:
                before = self.backpressure.probe.start
                self.backpressure.send()
                self.free_at = max(self.free_at, self.now) + self.cost + self._cost_of_plot()
                if self.answers and self.backpressure.probe.start != before:
                    self.probes.append((self.free_at, self.backpressure.probe.start))
                self.sent, due = self.sent + 1, self.now + self.backpressure.interval
                self.longest = max(self.longest, self.free_at - self.now)
            self.now += 0.001
        return self.sent / seconds

    def _cost_of_plot(self) -> float:
        if self.now < self.plot_due:
            return 0.0
        self.plot_due = self.now + max(READ_PERIOD, READ_REFRESHES * self.backpressure.interval)
        return self.plot


def test_a_fast_browser_gets_every_refresh():
    browser = Browser(0.005)
    assert browser.watch(10) == pytest.approx(1 / PERIOD, rel=0.05)
    assert browser.backpressure.interval == PERIOD


@pytest.mark.parametrize("cost", [0.04, 0.1, 0.2])
def test_a_slow_browser_gets_what_it_can_draw_and_little_waits(cost):
    browser = Browser(cost)
    browser.watch(10)
    assert browser.watch(20) == pytest.approx(1 / cost, rel=0.35)
    assert browser.longest < 0.4 + 2 * cost


@pytest.mark.parametrize("plot", [0.2, 0.3])
def test_one_plot_that_takes_long_makes_what_moves_no_rarer_than_it_must(plot):
    browser = Browser(0.02, plot=plot)
    browser.watch(10)
    possible = (1 - plot / (READ_PERIOD + plot)) / PERIOD
    assert browser.watch(20) > 0.7 * possible


def test_a_browser_that_was_slow_for_a_while_gets_all_again():
    browser = Browser(0.2)
    browser.watch(10)
    browser.cost = 0.005
    browser.watch(20)
    assert browser.watch(5) == pytest.approx(1 / PERIOD, rel=0.05)


def test_a_client_that_never_answers_is_not_waited_for():
    assert Browser(0.005, answers=False).watch(10) == pytest.approx(1 / PERIOD, rel=0.05)


def test_a_browser_that_stops_answering_is_probed_now_and_then():
    browser = Browser(0.005)
    browser.watch(5)
    browser.answers, browser.probes = False, []
    browser.watch(2 * LONGEST)
    assert 0 < browser.watch(10) < 1 / PERIOD


def test_a_probe_of_before_counts_for_nothing():
    browser = Browser(0.005)
    browser.watch(1)
    browser.answers = False
    browser.now += 1
    browser.backpressure.send()
    browser.backpressure.probe.end = browser.backpressure.probe.start - 1
    browser.now += 0.5
    assert browser.backpressure.holds
