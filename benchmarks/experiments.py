"""Many short runs: the engine of experiments beside the bare loop and a session for each run, side by side.

Run `python benchmarks/experiments.py [PYTHON]`. Where that Python (by default this one) has bettermdptools installed,
its runs on Gymnasium's cliff are timed as well, in a process beside which nothing else is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time

import numpy as np
from verdicts import asked, machine

from gridworld.experiments.batch import Batch, run_batch
from gridworld.experiments.repeated import ROWS, beginnings
from gridworld.runs.history import EPISODES
from gridworld.training.bound_loop import ENDLESS, BoundLoop
from gridworld.training.memory import Memory, initial_tables
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

EPISODES_OF_RUN, RUNS, ROUNDS, ROUNDS_OF_THREADS = 500, 200, 31, 9
BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}
METRICS = ("return", "first_return", "last_return", "length")


def bare_loop(settings: Settings) -> Callable[[int], float]:
    """Return a function that does the runs from a seed on in one set of arrays, and gives the time within the loop."""
    problem, agent = settings.make_problem(), settings.make_agent()
    rows = np.zeros((ROWS, len(EPISODES.columns)))
    memory = Memory(agent, initial_tables(agent, problem, None), rows, seed=0, compiled=True, stepped=False)
    block = memory.gather()
    first = block.copy()
    bound = BoundLoop(memory, agent, problem, None, None)

    def run(first_seed: int) -> float:
        spent = 0.0
        for start in beginnings(first_seed, RUNS):
            block[:] = first
            memory.draw_from(start.words)
            began = thread_time()
            bound(ENDLESS, EPISODES_OF_RUN)
            spent += thread_time() - began
        return spent

    return run


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of this thread that some work takes."""
    began = thread_time()
    work()
    return thread_time() - began


def sessions(settings: Settings) -> None:
    """Do the runs as one would with what the library had before."""
    for seed in range(RUNS // 4):
        session = TrainingSession(Settings(**{**settings.to_dict(), "seed": seed, "episodes": EPISODES_OF_RUN}))
        session.advance_episodes(EPISODES_OF_RUN)


def one_core(agent: str, other: float | None) -> None:
    """Print runs a second of processor time; each round does all three, and medians of the ratios are compared.

    The bare loop and the experiment do the same seeds, and take turns at being first.
    """
    settings = Settings(world="cliff", agent=agent, hyperparameters=BOOK)
    batches = [Batch(agent, settings, RUNS * k, RUNS, EPISODES_OF_RUN, 0, METRICS) for k in range(ROUNDS)]
    bare = bare_loop(settings)
    run_batch(batches[0])
    rounds = []
    for k, batch in enumerate(batches):
        works = [lambda first=RUNS * k: bare(first), lambda batch=batch: timed(partial(run_batch, batch))]
        spent = [work() for work in (works if k % 2 else works[::-1])]
        rounds.append([*(spent if k % 2 else spent[::-1]), 4 * timed(partial(sessions, settings))])
    loops, rates, made = (median(RUNS / spent for spent in column) for column in zip(*rounds, strict=True))
    low, share, high = quantiles([bare / batch for bare, batch, _ in rounds], n=4)
    print(
        f"{agent:12}{loops:12,.0f}{rates:12,.0f}{made:12,.0f}{f'{share:.1%} ({low:.0%}-{high:.0%})':>20}"
        f"{rates / made:10.1f} x" + (f"{rates / other:14,.0f} x" if other else "") + f"   {asked(share, least=0.95)}"
    )


def threads(agent: str) -> None:
    """Print what two threads do, in wall time: medians over rounds, each of which times one thread and two in turns."""
    settings = Settings(world="cliff", agent=agent, hyperparameters=BOOK)
    work = [Batch(agent, settings, 400 * k, 400, EPISODES_OF_RUN, 0, METRICS) for k in range(4)]
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(2) as two:
        list(two.map(run_batch, work))  # each makes its arrays
        rounds = [[wall_time(pool, work) for pool in (one, two)] for _ in range(ROUNDS_OF_THREADS)]
    alone, both = (median(1_600 / spent for spent in column) for column in zip(*rounds, strict=True))
    low, ratio, high = quantiles([one / two for one, two in rounds], n=4)
    print(
        f"threads, {agent}: {alone:,.0f} runs/s with 1, {both:,.0f} with 2: {ratio:.2f} x ({low:.2f}-{high:.2f}), "
        f"{asked(ratio, least=1.8)}"
    )


def wall_time(pool: ThreadPoolExecutor, work: list[Batch]) -> float:
    """Return the seconds until a pool has done some batches."""
    began = perf_counter()
    list(pool.map(run_batch, work))
    return perf_counter() - began


def bettermdptools(python: str) -> dict[str, float]:
    """Return bettermdptools' runs a second by agent; empty where it is not installed."""
    if subprocess.run([python, "-c", "import bettermdptools"], capture_output=True).returncode:
        return {}
    script = Path(__file__).with_name("bettermdptools_runs.py")
    return json.loads(subprocess.run([python, script], capture_output=True, check=True).stdout)


def main(python: str) -> None:
    others = bettermdptools(python)
    print(f"cliff, {EPISODES_OF_RUN} episodes: runs a second of processor time; {machine()}")
    print(
        f"{'':12}{'bare loop':>12}{'experiment':>12}{'sessions':>12}{'of bare loop':>20}{'of sessions':>12}"
        + (" of bettermdptools" if others else "")
        + "\nin brackets: the middle half of the rounds"
    )
    for agent in ("sarsa", "q_learning"):
        one_core(agent, others.get(agent))
    threads("sarsa")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else sys.executable)
