"""What a page survives: a cut connection, a long silence, and being left."""

from __future__ import annotations

import os
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from support.browser import free_port, number, serving, status_of, wait_for
from support.paths import ROOT

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

LASTING = 5  # documents: Bokeh's own, the one whose context Panel's only timer was started in, and three that wait


class Proxy:
    """Carries bytes to a server, and can cut every connection for a while."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self._pairs: list[socket.socket] = []
        self._listen()

    def _listen(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self._pairs += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            end.close()

    def cut(self) -> None:
        """End every connection and take no new one."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for end in self._pairs:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._pairs.clear()

    def mend(self) -> None:
        """Take connections again."""
        self._listen()


def visit(browser, address: str):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_url("**run=**")
    return page


@pytest.mark.parametrize("seconds", [2, 10])
def test_a_cut_connection_is_noticed_and_nothing_of_the_run_is_lost(browser, seconds):
    with serving("--allow-websocket-origin", "*") as address:
        proxy = Proxy(int(address.split(":")[2].split("/")[0]))
        page = visit(browser, f"http://localhost:{proxy.port}/app?world=hard&episodes=0")
        page.get_by_role("button", name="Start", exact=True).click()
        direct = f"{address}?{page.url.split('?')[1]}"
        wait_for(lambda: status_of(direct)["episode"] >= 1, what="an episode ended")
        proxy.cut()
        page.get_by_text("The server can't be reached").wait_for()
        chip = page.get_by_role("status").first
        wait_for(lambda: chip.inner_text().strip() == "No connection", what="the chip says so")
        for name in ("Pause", "Step", "Reset"):
            wait_for(page.get_by_role("button", name=name, exact=True).is_disabled, what=f"{name} is locked")
        during = status_of(direct)
        page.wait_for_timeout(seconds * 1000)
        proxy.mend()
        page.reload()
        page.get_by_role("button", name="Pause", exact=True).click()
        wait_for(lambda: status_of(direct)["status"] == "paused", what="the page steers the same run")
        after = status_of(direct)
        assert after["epoch"] == during["epoch"]
        assert after["step"] >= during["step"]
        shown = page.locator("[data-counter=episode]")
        wait_for(lambda: number(shown.inner_text()) == after["episode"], what="the page shows all of the run")


def test_a_page_left_alone_for_ninety_seconds_still_works(browser):
    with serving() as address:
        page = visit(browser, f"{address}?world=easy")
        page.wait_for_timeout(90_000)
        page.get_by_role("button", name="Step", exact=True).click()
        wait_for(lambda: status_of(page.url)["step"] == 1, what="the step was done")


@contextmanager
def counted_pages() -> Iterator[tuple[str, Callable[[], tuple[int, float]]]]:
    """A server whose unused pages end soon; gives its address, and what counts its documents and megabytes."""
    quick = ["--unused-session-lifetime", "1000", "--check-unused-sessions", "500"]
    with serving(*quick, "--plugins", "support.census", environment={"PYTHONPATH": str(ROOT / "tests")}) as address:

        def count() -> tuple[int, float]:
            documents, megabytes = fetch(address.replace("/app", "/census")).split()
            return int(documents), float(megabytes)

        yield address, count


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as reply:
        return reply.read()


def test_many_visits_leave_no_documents_and_no_memory_behind():
    """Pages are fetched and never connected to: their documents must go when their time is over."""
    with counted_pages() as (address, count):

        def visit(times: int) -> None:
            for number in range(times):
                fetch(address + ("", "?page=tetris", "?page=library", "?world=cliff")[number % 4])

        visit(12)
        wait_for(lambda: count()[0] <= LASTING, what="the first documents are gone")
        before = count()[1]
        visit(48)
        wait_for(lambda: count()[0] <= LASTING, what="all documents are gone")
        assert count()[1] - before < 100, "memory grew by more than what the runs that are kept may take"


def test_pages_that_were_used_leave_no_document_behind(browser):
    with counted_pages() as (address, count):
        for query in ("", "?page=tetris", "?page=library"):
            page = browser.new_page()
            page.goto(address + query)
            for name in ("Start", "Reset") if "library" not in query else ("Refresh",):
                page.get_by_role("button", name=name, exact=True).click(timeout=60_000)
            page.close()
        wait_for(lambda: count()[0] <= LASTING, what="all documents are gone")
