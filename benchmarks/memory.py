"""What a server's memory does while many pages look on: megabytes over time, and what the server knows of them.

Run `python benchmarks/memory.py [MINUTES] [VIEWERS] [RUNS]`; every run trains at full speed, and half of the viewers
leave and come back once a minute. A busy machine trains less in that time, so its load is printed too.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from pathlib import Path

import psutil
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import serving
from support.light_viewer import Viewer

EVERY = 15.0  # seconds between two rows
RETURN = 60.0  # seconds after which half of the viewers leave and others come
MB = 1 << 20


def server_process() -> psutil.Process:
    """Return the server that this process started."""
    return next(child for child in psutil.Process().children() if "panel" in child.cmdline())


def read(address: str) -> dict:
    """Return what a server reports about its memory."""
    with urllib.request.urlopen(f"{address.rpartition('/')[0]}/server", timeout=60) as reply:
        return json.load(reply)["memory"]


async def open_pages(address: str, viewers: int, runs: int) -> list[Viewer]:
    """Open pages of some runs, each of which is started at full speed."""
    firsts = [await Viewer(address, {"world": "hard", "episodes": "0"}).open() for _ in range(runs)]
    while not all(viewer.run_id for viewer in firsts):
        await asyncio.sleep(0.1)
    for viewer in firsts:
        await viewer.choose("Steps per second", "max")
        await viewer.press("Start")
    return [*firsts, *[await Viewer(address, {"run": firsts[i % runs].run_id}).open() for i in range(viewers - runs)]]


async def come_back(address: str, pages: list[Viewer], runs: int) -> None:
    """Let half of the viewers leave, and as many come; those of the first page of each run stay."""
    for place in range(runs, len(pages), 2):
        await pages[place].close()
        pages[place] = await Viewer(address, {"run": pages[place % runs].run_id}).open()


async def watch(address: str, minutes: float, viewers: int, runs: int) -> list[tuple[float, float, float, float]]:
    """Print a row now and then; return the seconds, the megabytes in use, those it knows of, and its budget."""
    process, rows = server_process(), []
    print(f"     0 s {process.memory_info().rss / MB:6.0f} MB before any page")
    pages = await open_pages(address, viewers, runs)
    began = returned = time.monotonic()
    while (passed := time.monotonic() - began) < 60 * minutes:
        await asyncio.sleep(EVERY)
        if time.monotonic() - returned > RETURN:
            returned = time.monotonic()
            await come_back(address, pages, runs)
        known = await asyncio.to_thread(read, address)
        rows.append((passed, process.memory_info().rss / MB, known["used"] / MB, known["most"] / MB))
        messages = sum(page.messages for page in pages)
        parts = ", ".join(f"{name} {known[name] / MB:.0f}" for name in ("runs", "keyframes", "recent", "worlds"))
        print(f"{passed + EVERY:6.0f} s {rows[-1][1]:6.0f} MB, of which {parts}; {messages} messages", flush=True)
    return rows


def main(minutes: float = 10, viewers: float = 20, runs: float = 4) -> None:
    """Print the rows, and how much the rest grows in an hour if it goes on as in the last half."""
    print(f"{viewers:.0f} viewers of {runs:.0f} runs, {machine()}")
    with serving() as address:
        rows = asyncio.run(watch(address, minutes, int(viewers), int(runs)))
    (first, *_), (last, *_) = rows[len(rows) // 2], rows[-1]
    rest = {seconds: used - known for seconds, used, known, _ in rows}
    most, budget = max(known for _, _, known, _ in rows), rows[-1][3]
    rate = (rest[last] - rest[first]) / max(1.0, last - first) * 3600
    print(f"without runs, keyframes and recent trainings: {rest[last]:.0f} MB, {rate:+.0f} MB an hour in the last half")
    print(f"runs and all that is kept of them: {most:.0f} MB at most, {asked(most, most=budget)}")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
