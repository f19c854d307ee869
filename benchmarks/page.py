"""One page in a real browser: frames a second and bytes a frame through its WebSocket, and how soon Pause is shown.

Run `python benchmarks/page.py`; Chromium must be installed. A busy machine makes the figures worse, so its load is
printed too.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Page, WebSocket, sync_playwright
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from dashboards.controls.run_buttons import DOUBLE_CLICK
from support.browser import DESKTOP, FLAGS, find_chromium, serving

SECONDS, PAUSES = 8.0, 5
SPEEDS = ("10", "30", "1k", "max")


class Counter:
    """Counts the messages that change a page's document, and their bytes, as the browser receives them."""

    def __init__(self, page: Page) -> None:
        self.frames = self.bytes = 0
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._take)

    def _take(self, payload: str | bytes) -> None:
        self.bytes += len(payload)
        if isinstance(payload, str) and '"PATCH-DOC"' in payload[:200]:
            self.frames += json.loads(payload).get("msgtype") == "PATCH-DOC"


class Row(NamedTuple):
    """What a page did at one speed."""

    text: str
    frames: float  # a second
    pause: float  # milliseconds, median


Measure = Callable[[Page, Counter, str], Row]


def status(page: Page, word: str) -> Any:
    return page.locator(".chip[role=status]", has_text=word)


PAUSE = """
async ([button, chip]) => {
  const part = chip.getRootNode();
  const began = performance.now();
  button.click();
  while (!part.textContent.includes("Paused")) await new Promise(resolve => setTimeout(resolve, 1));
  return performance.now() - began;
}"""
"""Milliseconds from a click until the page shows it, measured by the page itself: its driver has waits of its own."""


def pause(page: Page) -> float:
    """Press Pause, then wait out a double click; return the milliseconds until it was shown."""
    button = page.get_by_role("button", name="Pause", exact=True).element_handle()
    delay = page.evaluate(PAUSE, [button, status(page, "Running").element_handle()])
    page.wait_for_timeout(DOUBLE_CLICK * 1000)
    return delay


def measure(page: Page, counter: Counter, speed: str) -> Row:
    """One row of the table, of a run from its start."""
    page.get_by_role("button", name=speed, exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_timeout(2000)
    counter.frames = counter.bytes = 0
    page.wait_for_timeout(SECONDS * 1000)
    frames, size = counter.frames, counter.bytes
    delays = []
    for _ in range(PAUSES):
        delays.append(pause(page))
        page.get_by_role("button", name="Resume", exact=True).click()
        page.wait_for_timeout(500)
    pause(page)
    page.wait_for_timeout(1000)
    counter.frames = counter.bytes = 0
    page.wait_for_timeout(3000)
    page.get_by_role("button", name="Reset", exact=True).click()
    text = " | ".join(
        [
            f"{speed:>5}",
            f"{frames / SECONDS:8.1f}",
            f"{size / max(1, frames) / 1e3:10.2f}",
            f"{statistics.median(delays):8.0f} / {max(delays):.0f}",
            f"{counter.frames}",
        ]
    )
    return Row(text, frames / SECONDS, statistics.median(delays))


def print_table(
    heads: str, count: Callable[[Page], Counter], query: str, speeds: Iterable[str], measure: Measure
) -> dict[str, Row]:
    """Open a page in a browser; print a row for each speed, and return them."""
    print(machine())
    print(heads)
    rows = {}
    with serving() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport=DESKTOP)
        page.set_default_timeout(60_000)
        counter = count(page)
        page.goto(f"{address}?{query}")
        for speed in speeds:
            rows[speed] = measure(page, counter, speed)
            print(rows[speed].text, flush=True)
        browser.close()
    return rows


if __name__ == "__main__":
    heads = "steps | frames/s | kB a frame | Pause shown, ms, median / worst | frames in 3 s while paused"
    rows = print_table(heads, Counter, "world=hard&episodes=0", SPEEDS, measure)
    slow, fast = rows["30"], rows["max"]
    frames, pauses = fast.frames / slow.frames, fast.pause / slow.pause
    print(f"frames at full speed {frames:.2f} of those at 30 steps a second, {asked(frames, least=0.9)}")
    print(f"Pause at full speed {pauses:.2f} of that at 30 steps a second, {asked(pauses, most=1.5)}")
