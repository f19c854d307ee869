"""How often pages are refreshed: as often as may be, and never so often that the server does nothing else."""

from __future__ import annotations

import pytest

from dashboards.hub.pacing import CALM_SHARE, LONGEST, PERIOD, SHARE, Pacing, Turns


class Server:
    """Many pages on one loop, each refreshed when the pacing lets it, which takes `cost` seconds."""

    def __init__(self, pages: int, cost: float) -> None:
        self.now, self.pages, self.cost, self.busy = 0.0, pages, cost, 0.0
        self.pacing = Pacing(lambda: self.now, lambda: self.busy)

    def serve(self, seconds: float) -> float:
        """The share of the time that refreshes took."""
        end, began, before = self.now + seconds, self.now, self.busy
        due = [self.now + self.pacing.interval * page / self.pages for page in range(self.pages)]
        while self.now < end:
            page = min(range(self.pages), key=due.__getitem__)
            self.now = max(self.now, due[page])
            due[page] = self.now + self.pacing.interval
            self.now, self.busy = self.now + self.cost, self.busy + self.cost
            self.pacing.measure()
        return (self.busy - before) / (self.now - began)


def test_one_page_is_refreshed_at_every_look():
    server = Server(1, 0.004)
    server.serve(5)
    assert server.pacing.interval == PERIOD


@pytest.mark.parametrize(("pages", "cost"), [(8, 0.004), (50, 0.004), (20, 0.008)])
def test_many_pages_leave_the_server_time(pages, cost):
    server = Server(pages, cost)
    server.serve(10)
    assert server.serve(10) == pytest.approx(SHARE, abs=0.05)
    assert server.pacing.interval == pytest.approx(pages * cost / SHARE, rel=0.1)


def test_it_recovers_when_pages_are_left():
    server = Server(50, 0.004)
    server.serve(10)
    server.pages = 1
    server.serve(10)
    assert server.pacing.interval == PERIOD


def test_even_a_crowd_is_refreshed_once_a_second():
    server = Server(500, 0.05)
    server.serve(200)
    assert server.pacing.interval == LONGEST


class Pages:
    """Pages that all ask for their turn every 25 ms until they had it, and want the next one at once."""

    def __init__(self, names: str, cost: float) -> None:
        self.now, self.cost, self.had = 0.0, cost, ""
        self.names, self.turns = names, Turns(lambda: self.now)

    def ask(self, seconds: float, names: str | None = None) -> str:
        """Which page had its turn, in order."""
        end, self.had = self.now + seconds, ""
        while self.now < end:
            for name in names or self.names:
                if self.turns.ask(name):
                    self.had += name
                    self.now += self.cost
                    self.turns.rest_after(self.cost)
            self.now += PERIOD
        return self.had


def test_a_page_alone_always_has_its_turn():
    assert len(Pages("a", 0.004).ask(1.0)) == pytest.approx(1.0 / 0.029, abs=1)


def test_pages_have_their_turns_in_order_and_leave_the_server_time():
    pages = Pages("abcd", 0.05)
    had = pages.ask(10.0)
    assert had == ("abcd" * 100)[: len(had)]
    assert len(had) * pages.cost == pytest.approx(10.0 * CALM_SHARE, rel=0.15)


def test_a_page_that_was_left_is_not_waited_for():
    pages = Pages("abcd", 0.05)
    pages.ask(1.0)
    assert set(pages.ask(3.0, "bcd")[-6:]) == set("bcd")


def test_after_a_rest_the_interval_is_as_it_was():
    server = Server(50, 0.004)
    server.serve(10)
    before = server.pacing.interval
    server.now += 60
    server.pacing.measure()
    assert server.pacing.interval == before
