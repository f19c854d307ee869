"""The Tetris page in a real browser: how often its board is drawn while training, and how soon Pause is obeyed.

Run `python benchmarks/tetris_page.py`; Chromium must be installed. A busy machine makes the figures worse, so its load
is printed too.
"""

from __future__ import annotations

import statistics
import time

from page import PAUSES, SECONDS, Counter, Row, print_table, status
from playwright.sync_api import Page

from support.browser import status_of

SPEEDS = {"30": "30", "1k": "20 to 30", "max": "20 to 30"}
"""Placements a second, and how often the board should be drawn then."""


class BoardCounter(Counter):
    """Counts the messages that change cells of the board, and their bytes."""

    def _take(self, payload: str | bytes) -> None:
        if isinstance(payload, str) and '"letter"' in payload:
            self.frames += 1
            self.bytes += len(payload)


def pause(page: Page) -> float:
    """Press Pause; gives the milliseconds until the server reports that the training is paused."""
    button = page.get_by_role("button", name="Pause", exact=True)
    status(page, "Running").wait_for()
    began = time.perf_counter()
    button.dispatch_event("click")
    while status_of(page.url)["status"] != "paused":
        pass
    return (time.perf_counter() - began) * 1e3


def measure(page: Page, counter: Counter, speed: str) -> Row:
    """One row of the table."""
    page.get_by_role("button", name=speed, exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    status(page, "Running").wait_for()
    page.wait_for_timeout(2000)
    counter.frames = counter.bytes = 0
    page.wait_for_timeout(SECONDS * 1000)
    frames, size = counter.frames, counter.bytes
    delays = []
    for _ in range(PAUSES):
        delays.append(pause(page))
        status(page, "Paused").wait_for()
        page.get_by_role("button", name="Resume", exact=True).click()
        page.wait_for_timeout(500)
    pause(page)
    status(page, "Paused").wait_for()
    reported = f"{speed:>12} | {frames / SECONDS:8.1f} ({SPEEDS[speed]}) | {size / max(1, frames) / 1e3:10.2f}"
    text = f"{reported} | {statistics.median(delays):8.0f} / {max(delays):.0f}"
    return Row(text, frames / SECONDS, statistics.median(delays))


if __name__ == "__main__":
    heads = "placements/s | boards/s (target) | kB a board | Pause obeyed, ms, median / worst"
    print_table(heads, BoardCounter, "page=tetris&threads=1", SPEEDS, measure)
