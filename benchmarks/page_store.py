"""How long saving holds up the loop that all pages share: `python benchmarks/page_store.py`."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from store import LOOP, large_run

from dashboards.hub.autosave import Autosaver
from dashboards.hub.runs import RunRegistry
from gridworld.storage import run_file
from gridworld.storage.checkpoint import freeze
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession

PERIOD = 0.005  # seconds between two beats of the loop
SAVES = 10


def longest_gap(work: threading.Thread) -> float:
    """The longest time between two beats of this thread, in seconds, while another one works."""
    work.start()
    longest, last = 0.0, time.perf_counter()
    while work.is_alive():
        time.sleep(PERIOD)
        now = time.perf_counter()
        longest, last = max(longest, now - last - PERIOD), now
    return longest


def measure_packing(session: TrainingSession) -> bool:
    times, gaps = [], []
    for _ in range(SAVES):
        began = time.perf_counter()
        checkpoint = freeze(session)
        times.append(time.perf_counter() - began)
        gaps.append(longest_gap(threading.Thread(target=run_file.to_bytes, args=(checkpoint,))))
    print(
        f"Save: copied on the loop in {times_of(times)}; while it is packed in a thread the loop waits {times_of(gaps)}"
    )
    return median(times) < LOOP and median(gaps) < LOOP


def measure_autosave(session: TrainingSession, folder: Path) -> bool:
    executor = ThreadPoolExecutor(1)
    registry = RunRegistry(autosaver=Autosaver(executor, lambda: Library(folder), interval=0.0))
    registry.go_on(session)
    times = []
    for _ in range(SAVES):
        session.advance(100)
        began = time.perf_counter()
        registry.sweep()
        times.append(time.perf_counter() - began)
        executor.submit(int).result()
        time.sleep(0.26)  # so long an autosaver rests between two looks
    print(f"Autosave: on the loop for {times_of(times)}")
    return median(times) < LOOP


def times_of(times: list[float]) -> str:
    """The median, and the longest, which on a busy machine is another's doing."""
    return f"{median(times) * 1e3:.1f} ms (longest {max(times) * 1e3:.1f})"


def main() -> int:
    session = large_run("q_learning")
    session.extend(0)
    print(f"{session.problem.n_states:,} states, {session.episode:,} episodes")
    with tempfile.TemporaryDirectory() as folder:
        met = [measure_packing(session), measure_autosave(session, Path(folder))]
    print(f"All within {LOOP * 1e3:.0f} ms." if all(met) else f"Not within {LOOP * 1e3:.0f} ms: {met}")
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
