"""What a tick, thirty seeds, the first run and the import cost: `python benchmarks/costs.py`."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from verdicts import asked, machine

from gridworld import LocalRun, Start, TrainingSession

BUDGET = 0.005
TICK_TARGET, SESSION_TARGET, IMPORT_TARGET = 0.05, 0.3, 0.5  # a share, milliseconds, seconds
SEEDS, STEPS = 30, 1_000_000
ROOT = Path(__file__).parents[1]

FIRST_RUN = """
import time
from gridworld import TrainingSession
session = TrainingSession(agent={agent!r})
wall, began = time.perf_counter(), time.process_time()
session.compile()
print(time.process_time() - began, time.perf_counter() - wall)
"""
IMPORT = """
import time
wall, began = time.perf_counter(), time.process_time()
import gridworld
print(time.process_time() - began, time.perf_counter() - wall)
"""


def tick_overhead(world: str, rounds: int) -> float:
    """By how much more processor time a run takes that is polled all the time than the bare loop for the same steps.

    The clock is the processor time of the thread that polls; the greedy policy is evaluated in another thread, as on
    the page. Two runs of one seed take turns; the median of the ratios.
    """
    with ThreadPoolExecutor(1) as executor:
        run = LocalRun(TrainingSession(world=world, episodes=0), executor=executor, clock=time.thread_time)
        run.session.compile()
        bare = TrainingSession(world=world, episodes=0)
        run.send(Start())
        for _ in range(100):
            run.poll(BUDGET)
        bare.advance(run.session.step)
        ratios = []
        for _ in range(rounds):
            first, began = run.session.step, time.thread_time()
            for _ in range(50):
                run.poll(BUDGET)
            polled, steps = time.thread_time() - began, run.session.step - first
            began = time.thread_time()
            bare.advance(steps)
            ratios.append(polled / (time.thread_time() - began))
    return sorted(ratios)[len(ratios) // 2] - 1


def seeds_per_second(threads: int) -> tuple[float, float]:
    """Million steps a second of the wall clock with this many threads, and processor seconds used per second."""
    sessions = [TrainingSession(world="open_10", seed=seed, episodes=0) for seed in range(SEEDS)]
    sessions[0].compile()
    wall, began = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda session: session.advance(STEPS), sessions))
    wall, used = time.perf_counter() - wall, time.process_time() - began
    return SEEDS * STEPS / wall / 1e6, used / wall


def fresh(code: str, environment: Mapping[str, str]) -> tuple[float, float]:
    """Processor and wall seconds that a fresh interpreter prints."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    settings = {**os.environ, "PYTHONPATH": paths, **environment}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, check=True)
    used, wall = (float(word) for word in done.stdout.split())
    return used, wall


def show_ticks(rounds: int) -> None:
    for world in ("FrozenLake8x8-v1", "open_10", "open_100"):
        cost = tick_overhead(world, rounds)
        print(f"  {world:20s}{cost:8.1%}   {asked(round(cost, 3), most=TICK_TARGET)}")


def show_threads(repeats: int) -> None:
    counts = sorted({1, 2, os.cpu_count() or 1})
    best = {n: max(seeds_per_second(n) for _ in range(repeats)) for n in counts}
    for threads, (rate, cores) in best.items():
        print(f"  {threads} threads{rate:12.1f} M steps/s, {cores:.2f} cores had, {rate / cores:.1f} M steps/s a core")


def show_first_runs() -> None:
    for agent in ("q_learning", "dyna_q", "prioritized_sweeping"):
        cold, cached = first_runs(agent, agent)
        print(
            f"  {agent:24s}cold {cold[0]:5.2f} s ({cold[1]:.2f} s wall), cached {cached[0]:5.2f} s ({cached[1]:.2f} s)"
        )
    (first, _), (second, _) = first_runs("q_learning", "sarsa")
    share = second / first
    print(f"  a second agent, sarsa after q_learning: {share:.2f} of the first, {asked(share, most=0.5)}")


def first_runs(*agents: str) -> list[tuple[float, float]]:
    """Processor and wall seconds of the first runs of agents, one after another, that begin with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        return [fresh(FIRST_RUN.format(agent=agent), {"NUMBA_CACHE_DIR": folder}) for agent in agents]


def show_sessions(repeats: int) -> None:
    times = []
    for _ in range(100 * repeats):
        began = time.thread_time()
        TrainingSession(world="cliff")
        times.append((time.thread_time() - began) * 1e3)
    typical = statistics.median(times)
    print(f"  {typical:.2f} ms in the median   {asked(typical, most=SESSION_TARGET)}")


def show_import(repeats: int) -> None:
    used, wall = min(fresh(IMPORT, {}) for _ in range(repeats))
    print(f"  {used:.2f} s of processor time, {wall:.2f} s wall   {asked(used, most=IMPORT_TARGET)}")


def show(quick: bool) -> None:
    """All of it; at most half a minute on an idle machine."""
    print(machine())
    print(f"\nticks of {BUDGET * 1e3:.0f} ms: processor time beyond that of the bare loop for the same steps")
    show_ticks(5 if quick else 15)
    print(f"\n{SEEDS} seeds in threads, {STEPS:,} steps each, grid 10x10, {os.cpu_count()} cores")
    show_threads(1 if quick else 3)
    print("\nthe first run: compiling the loop in an empty cache, then from it (processor time)")
    show_first_runs()
    print("\nmaking a session")
    show_sessions(3 if quick else 7)
    print("\nimport gridworld")
    show_import(3 if quick else 7)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure what ticks, seeds, first runs and imports cost.")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    show(parser.parse_args().quick)
