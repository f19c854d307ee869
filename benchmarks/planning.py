"""Value iteration, ours against plain numpy sweeps, side by side in one run, and the exact return of a greedy policy.

Run as `python benchmarks/planning.py`; `--full` waits for all numpy sweeps of the largest world (a minute or two)
instead of extrapolating from the first twenty.
"""

import subprocess
import sys
import time

import numpy as np
from verdicts import asked, machine

from gridworld import TransitionModel, load_world
from gridworld.planning import greedy_outcome, value_iteration

TOLERANCE = 1e-8
SIZES = (10, 100, 300, 1000)
LARGEST_EVALUATED = 100  # cells a side


def numpy_sweeps(model: TransitionModel, discount: float, limit: int) -> tuple[np.ndarray, int, bool]:
    """Synchronous sweeps from 0 with whole arrays, as a careful user would write them; whether they have settled."""
    weights = np.where(model.ending == 0, model.probability, 0.0)
    reward = model.expected_reward
    values = np.zeros(model.n_states)
    for sweep in range(1, limit + 1):
        best = (reward + discount * (weights * values[model.successor]).sum(-1)).max(1)
        change = np.abs(best - values).max()
        values = best
        if change <= TOLERANCE * (1 - discount if discount < 1 else 1):
            return values, sweep, True
    return values, limit, False


def timed(function, *arguments, repeats=1, **settings):
    durations = []
    for _ in range(repeats):
        begin = time.process_time()
        result = function(*arguments, **settings)
        durations.append(time.process_time() - begin)
    return min(durations), result


def row(size: int, discount: float, full: bool) -> tuple[str, float]:
    """A row of the table, and our seconds."""
    model = load_world(f"open_{size}").model
    _ = model.expected_reward
    ours, solution = timed(value_iteration, model, discount, tolerance=TOLERANCE, repeats=3)
    limit = 20 if size >= 1000 and not full else 1_000_000
    plain, (values, sweeps, settled) = timed(numpy_sweeps, model, discount, limit)
    if settled:
        mark = "  "
        difference = f"{np.abs(values - solution.state_values).max():.0e}"
    else:
        needed = 2 * size
        plain, sweeps, mark, difference = plain * needed / sweeps, needed, " *", "-"
    greedy = "-"
    if size <= LARGEST_EVALUATED:
        duration, _ = timed(greedy_outcome, model, solution, repeats=3)
        greedy = f"{duration * 1e3:.1f} ms"
    world = f"{size} x {size}"
    return (
        f"{world:>12} {discount:>8} {ours:>9.4f} s {plain:>9.3f} s{mark} {sweeps:>7} {plain / ours:>7.0f} x "
        f"{difference:>10} {greedy:>13}"
    ), ours


BUILD = """
import re, time
from pathlib import Path
from gridworld import load_world
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1e3
load_world("easy")
before, began = most(), time.perf_counter()
load_world("open_1000")
print(time.perf_counter() - began, most() - before)
"""


def show_building() -> None:
    """Build the largest world in a process of its own."""
    done = subprocess.run([sys.executable, "-c", BUILD], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    print(f"open_1000 is built in {seconds:.2f} s, {asked(seconds, most=1)}")
    print(f"open_1000 takes {megabytes:.0f} MB at most while it is built, {asked(megabytes, most=300)}")


def main() -> None:
    full = "--full" in sys.argv[1:]
    for discount in (0.5, 1.0):
        value_iteration(load_world("open_3").model, discount)  # compiles, or loads what was compiled
    print(machine())
    print(f"Open worlds, four actions, tolerance {TOLERANCE:g}; CPU seconds, the best of three for ours.\n")
    titles = f"{'ours':>11} {'numpy':>11}   {'sweeps':>7} {'ratio':>9} {'difference':>10} {'greedy return':>13}"
    print(f"{'cells':>12} {'discount':>8} {titles}")
    for size in SIZES:
        for discount in (0.99, 1.0):
            text, largest = row(size, discount, full)
            print(text, flush=True)
    if not full:
        print("\n* from its first twenty sweeps and the number that the longest way needs")
    print(f"1000 x 1000 is solved in {largest:.2f} s, {asked(largest, most=0.5)}")
    show_building()


if __name__ == "__main__":
    main()
