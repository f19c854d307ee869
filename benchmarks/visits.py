"""How pages that are opened hold up those that are open: Pause and frames of two running pages while others come.

Run `python benchmarks/visits.py [TIMES] [TOGETHER]`. Two pages show runs of their own at 30 steps a second. First they
are alone; then TIMES pages (20) are opened one after another; then TOGETHER pages (0) are asked for at once. All
clients speak Bokeh's protocol without a browser. The ratios hold on any machine, the milliseconds on this one only.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable
from pathlib import Path

import psutil
from tornado.httpclient import AsyncHTTPClient
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import serving
from support.light_viewer import Viewer

RUN = {"world": "hard", "episodes": "0"}
VISITED = [{"world": "cliff"}, {"world": "medium"}, {"page": "library"}, {"page": "tetris"}, {"page": "compare"}]
QUIET = 15.0  # seconds alone
BETWEEN, SETTLED = (
    0.4,
    0.5,
)  # seconds before a press of Pause, and after: at once it is half a double click
PATIENCE = 60.0  # seconds after which a press counts as lost


async def running(address: str) -> Viewer:
    """Return a page whose run goes on at 30 steps a second."""
    viewer = await Viewer(address, RUN).open()
    await viewer.choose("Steps per second", "30")
    await viewer.press("Start")
    assert await viewer.until("Running")
    return viewer


async def pauses(viewer: Viewer, others: Awaitable[None]) -> list[float]:
    """Press Pause and Resume while others do something; return milliseconds until each Pause was shown."""
    found, going_on = [], asyncio.ensure_future(others)
    while not going_on.done():
        await asyncio.sleep(BETWEEN)
        began = time.monotonic()
        await viewer.press("Pause")
        await viewer.until("Paused", PATIENCE)
        found.append((time.monotonic() - began) * 1e3)
        await asyncio.sleep(SETTLED)
        await viewer.press("Resume")
        await viewer.until("Running", PATIENCE)
    await going_on
    return found


async def visit(address: str, query: dict[str, str], took: list[float]) -> None:
    """Open a page and leave it; note how many seconds it took."""
    began = time.monotonic()
    visitor = await Viewer(address, query).open()
    took.append(time.monotonic() - began)
    await visitor.close()


async def visit_in_turn(address: str, times: int, took: list[float]) -> None:
    """Open one page after another."""
    for turn in range(times):
        await visit(address, VISITED[turn % len(VISITED)], took)


async def visit_at_once(address: str, together: int, took: list[float]) -> None:
    """Ask for many pages at once."""
    await asyncio.gather(*(visit(address, VISITED[0], took) for _ in range(together)))


async def measure(name: str, first: Viewer, second: Viewer, others: Awaitable[None], took: list[float]) -> list[float]:
    """Print one row; return the milliseconds of Pause."""
    server = psutil.Process().children()[0]
    before, began, second.messages = sum(server.cpu_times()[:2]), time.monotonic(), 0
    found = sorted(await pauses(first, others))
    seconds = time.monotonic() - began
    frames = second.messages / seconds
    busy = (sum(server.cpu_times()[:2]) - before) / seconds
    pages = f"{len(took)}, {statistics.median(took):.2f} / {max(took):.2f} s" if took else "none"
    print(
        f"{name:12} | {statistics.median(found):5.0f} / {found[-1]:5.0f} of {len(found):2} | {frames:4.1f} | "
        f"{busy:.2f} | {pages}",
        flush=True,
    )
    return found


async def main(times: int = 20, together: int = 0) -> None:
    """Print what Pause and frames are alone, while pages come one by one, and while many come at once."""
    AsyncHTTPClient.configure(None, max_clients=1000)
    print(machine())
    print("while        | Pause, ms: median / worst | frames/s | of a core | pages, median / last")
    with serving() as address:
        for query in VISITED:
            await visit(address, query, [])
        first, second = await running(address), await running(address)
        alone = await measure("alone", first, second, asyncio.sleep(QUIET), [])
        took: list[float] = []
        visited = await measure("one by one", first, second, visit_in_turn(address, times, took), took)
        print(f"Pause is {statistics.median(visited) / statistics.median(alone):.1f} times as late while pages come")
        print(f"Pause at worst {max(visited):.0f} ms while pages come, {asked(max(visited), most=300)}")
        if together:
            at_once: list[float] = []
            await measure("at once", first, second, visit_at_once(address, together, at_once), at_once)
            late = max(at_once) / statistics.median(took)
            print(f"the last of {together} pages after {late:.1f} times one page, {asked(late, most=10)}")
        await first.close()
        await second.close()


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in sys.argv[1:])))
