"""The true coverage of the intervals of `gridworld.experiments.statistics`, on returns of real runs.

`python benchmarks/coverage.py` takes about a minute; `--experiments 10000` is the whole measurement.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np

from gridworld.experiments.batch import Batch, run_batch
from gridworld.experiments.short_intervals import skewness
from gridworld.experiments.statistics import FIRST_LOOK, confidence_sequence, mean_estimate
from gridworld.training.settings import Settings

BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}
METHODS = ("t", "BCa bootstrap", "studentised bootstrap")
LONGEST_PEEK = 400


def population(agent: str, runs: int) -> np.ndarray:
    """Return the mean return of episodes 401 to 500 on the cliff, float64 [runs]."""
    settings = Settings(world="cliff", agent=agent, hyperparameters=BOOK)
    return run_batch(Batch(agent, settings, 0, runs, 500, 0, ("last_return",))).metrics[:, 0]


def coverage(returns: np.ndarray, n: int, method: str, experiments: int, resamples: int) -> float:
    """Return the share of experiments of n runs whose interval holds the mean of all runs."""
    generator, truth, covered = np.random.default_rng(n), returns.mean(), 0
    for _ in range(experiments):
        found = mean_estimate(generator.choice(returns, n), method=method, resamples=resamples)
        covered += found.low <= truth <= found.high
    return covered / experiments


def coverage_of_all_looks(returns: np.ndarray, experiments: int) -> float:
    """Return the share of experiments whose anytime-valid interval holds the mean after each of 100 to 400 runs."""
    generator, truth, covered = np.random.default_rng(0), returns.mean(), 0
    for _ in range(experiments):
        sample = generator.choice(returns, LONGEST_PEEK)
        looks = (confidence_sequence(sample[:n]) for n in range(FIRST_LOOK, LONGEST_PEEK + 1))
        covered += all(look.low <= truth <= look.high for look in looks)
    return covered / experiments


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5_000, help="runs of the population")
    parser.add_argument("--experiments", type=int, default=1_000)
    parser.add_argument("--resamples", type=int, default=499)
    options = parser.parse_args()
    print(f"true coverage of 95% intervals, {options.experiments:,} experiments (standard error", end=" ")
    print(f"{100 * np.sqrt(0.05 * 0.95 / options.experiments):.1f} points), {options.resamples} resamples")
    for agent in ("sarsa", "q_learning"):
        began, returns = process_time(), population(agent, options.runs)
        print(f"\n{agent}: mean {returns.mean():.2f}, skewness {skewness(returns):.2f}")
        print("".join(["    n", *(f"{method:>24}" for method in METHODS)]))
        for n in (10, 30, 100, 300):
            shares = [coverage(returns, n, method, options.experiments, options.resamples) for method in METHODS]
            print(f"{n:5}" + "".join(f"{share:24.1%}" for share in shares), flush=True)
        looks = coverage_of_all_looks(returns, max(options.experiments // 5, 1))
        print(f"anytime-valid, all looks from {FIRST_LOOK} to {LONGEST_PEEK} runs: {looks:.1%}")
        print(f"({process_time() - began:.0f} s of processor time)", flush=True)


if __name__ == "__main__":
    main()
