"""Many viewers on one server: updates a second, how soon Pause is confirmed, and whether everyone is informed.

Light viewers speak Bokeh's protocol over a WebSocket without a browser; the server is `panel serve app.py` in a process
of its own. Run `python benchmarks/viewers.py`; a busy machine makes the figures worse, so its load is printed too.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient
from verdicts import asked, machine

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.browser import serving
from support.chaos import SETTLED
from support.light_viewer import Viewer

SECONDS, PAUSES = 8.0, 5
SETUP = {"world": "hard", "episodes": "0"}


async def measure(address: str, viewers: int, runs: int, speed: str) -> tuple[list[str], float, float]:
    """One row of the table, the fewest updates a second, and the latest Pause."""
    firsts = [await Viewer(address, SETUP).open() for _ in range(runs)]
    while not all(first.run_id for first in firsts):
        await asyncio.sleep(0.1)
    others = [Viewer(address, {"run": firsts[i % runs].run_id}) for i in range(viewers - runs)]
    for begin in range(0, len(others), 4):
        await asyncio.gather(*(viewer.open() for viewer in others[begin : begin + 4]))
    everyone = [*firsts, *others]
    for first in firsts:
        await first.choose("Steps per second", speed)
        await first.press("Start")
    started = sum(await asyncio.gather(*(viewer.until("Running") for viewer in everyone)))
    await asyncio.sleep(1)
    for viewer in everyone:
        viewer.messages = viewer.bytes = 0
    await asyncio.sleep(SECONDS)
    rates = [viewer.messages / SECONDS for viewer in everyone]
    size = sum(viewer.bytes for viewer in everyone) / max(1, sum(viewer.messages for viewer in everyone))
    delays, reported = await pauses(everyone, firsts, runs)
    for viewer in everyone:
        await viewer.close()
    cells = [
        f"{viewers} of {runs} run{'s' * (runs > 1)}, {speed}",
        f"{started}/{viewers}",
        f"{statistics.median(rates):.1f} / {min(rates):.1f}",
        f"{size / 1e3:.1f}",
        f"{statistics.median(delays):.0f} / {max(delays):.0f}",
        f"{reported}/{PAUSES * (viewers // runs)}",
    ]
    return cells, min(rates), max(delays)


async def pauses(everyone: list[Viewer], firsts: list[Viewer], runs: int) -> tuple[list[float], int]:
    """Milliseconds from each press of Pause to the page saying so, and how many viewers of the run were reported."""
    delays, reported = [], 0
    for turn in range(PAUSES):
        await asyncio.sleep(SETTLED)
        run = turn % runs
        peers = [everyone[run], *everyone[runs + run :: runs]] if runs > 1 else everyone
        began = time.monotonic()
        await peers[-1].press("Pause")
        await peers[-1].until("Paused", 5)
        delays.append((time.monotonic() - began) * 1e3)
        reported += sum(await asyncio.gather(*(peer.until("Paused", 3) for peer in peers)))
        await asyncio.sleep(SETTLED)
        await firsts[run].press("Resume")
        await asyncio.gather(*(peer.until("Running", 5) for peer in peers))
    return delays, reported


async def main() -> None:
    AsyncHTTPClient.configure(None, max_clients=100)
    heads = ["viewers", "started", "updates/s median / least", "kB an update", "Pause ms median / worst", "reported"]
    print(machine())
    print(" | ".join(heads))
    for viewers, runs, speed in ((1, 1, "1k"), (1, 1, "max"), (8, 8, "max"), (50, 1, "1k"), (50, 1, "max")):
        with serving() as address:
            cells, fewest, latest = await measure(address, viewers, runs, speed)
            print(" | ".join(cells), flush=True)
        print(f"{cells[0]}: {fewest:.1f} updates a second at least, {asked(fewest, least=15)}")
        print(f"{cells[0]}: Pause after {latest:.0f} ms at worst, {asked(latest, most=200)}")


if __name__ == "__main__":
    asyncio.run(main())
