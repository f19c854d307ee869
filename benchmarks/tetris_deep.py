"""The deep Tetris trainers at their defaults: lines of the training games, and of the player that was learned.

    python benchmarks/tetris_deep.py               DQN and MaskablePPO, ten minutes of one core each
    python benchmarks/tetris_deep.py --seconds 60  a minute each

The extra `sb3` must be installed. Training games are played by chance (MaskablePPO) or with exploration (DQN); so every
twentieth of the time the network's weights play 40 games without, of seed 1, up to 400,000 placements in all. Seconds
are of processor time, and those of the games that judge don't count.
"""

from __future__ import annotations

import argparse
import math
import time

from gridworld.tetris.deep.settings import DQN, MASKABLE_PPO
from gridworld.tetris.deep.worker import DeepTrainer, make_trainer
from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.game.features import LEARNED_FEATURES

ROWS, GAMES, PLACEMENTS = 20, 40, 400_000
STEPS = 64  # placements between two looks at the clock


def played(trainer: DeepTrainer, height: int) -> str:
    """The mean lines of the present weights, with the 95% interval."""
    games = Evaluation(trainer.weights, LEARNED_FEATURES, width=10, height=height, seed=1, games=GAMES)
    while not games.finished and games.placements < PLACEMENTS:
        games.advance()
    low, high = games.estimate.interval
    mean = math.nan if games.estimate.mean is None else games.estimate.mean
    return f"{mean:,.1f} [{low:,.1f}, {math.inf if high is None else high:,.1f}]"


def measure(algorithm: str, seed: int, seconds: float) -> None:
    trainer = make_trainer({"algorithm": algorithm, "seed": seed}, None)
    print(f"\n{algorithm}, seed {seed}: seconds | placements | lines of the last 100 training games | 10x10 | 10x20")
    judging, due, start = 0.0, seconds / ROWS, time.process_time()

    def attend() -> int:
        nonlocal judging, due
        spent = time.process_time() - start - judging
        if spent >= due:
            due = spent + seconds / ROWS
            before = time.process_time()
            row = f"{trainer.log.mean_lines:,.1f} | {played(trainer, 10)} | {played(trainer, 20)}"
            print(f"{spent:.0f} | {trainer.step:,} | {row}", flush=True)
            judging += time.process_time() - before
        return STEPS if spent < seconds else 0

    trainer.work(attend)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how deep trainers learn Tetris.")
    parser.add_argument("--seconds", type=float, default=600.0, help="processor time of each training")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for algorithm in (MASKABLE_PPO, DQN):
        measure(algorithm, options.seed, options.seconds)


if __name__ == "__main__":
    main()
