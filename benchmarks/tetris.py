"""Tetris: how fast it plays, and how well it has learned after how many placements.

    python benchmarks/tetris.py            speed, the learning curve, a minute of training: about four minutes
    python benchmarks/tetris.py --quick    speed and the beginning of the curve: about half a minute
    python benchmarks/tetris.py --record   three minutes of training, then its player on 10x10, on 10x20 with more S and
                                           Z, and on 10x20, with intervals; --placements N trains for this many instead,
                                           which any machine can repeat; --final N has a final phase from there on;
                                           --seeds 2 --mean rates the mean of two trainings' players
    python benchmarks/tetris.py --published   the published players on 10x20, as above

Speed is in placements a second of processor time of one core. Lines are means over games that nobody trained on, with
the standard error of the mean.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris import TetrisEnv, TetrisHyperparameters, TetrisTrainer, demo
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.evaluation.splitting import SplittingEstimate, estimate_by_splitting
from gridworld.tetris.game.features import FEATURES, full_weights
from gridworld.tetris.game.games import LINES, PIECES, Games, random_words
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.search.settings import CMA_ES, CROSS_ENTROPY
from gridworld.tetris.search.trainer import usable_cores

BCTS = BUILT_IN["bcts"].weights
GOOD = full_weights(np.array(BCTS))
FOREVER = np.iinfo(np.int64).max
EVALUATION_CAP = 60_000
"""Pieces in a game on 10x20: 24,000 lines."""
SPLIT, SPLIT_HARD = 1000, 200
"""Games side by side in each of the 16 estimates by splitting."""
TARGETS = {300_000: 500, 2_000_000: 2000, 15_000_000: 3000}


def row(name: str, *cells: object) -> None:
    print(f"{name:<44}" + "".join(f"{cell!s:>16}" for cell in cells), flush=True)


def batch(n: int, height: int, seed: int, fast: bool = CAN_COMPILE) -> Games:
    rng = np.random.default_rng(seed)
    return Games(random_words(rng, n), random_words(rng, n), height=height, fast=fast)


def placements_per_second(weights: np.ndarray, budget: int, *, fast: bool, games: int = 1000) -> float:
    played = batch(games, 20, seed=1, fast=fast)
    players, order = np.tile(weights, (games, 1)), np.arange(games)
    played.play(players, order, limit=FOREVER, budget=1)
    start = time.process_time()
    placed = played.play(players, order, limit=FOREVER, budget=budget)
    return placed / (time.process_time() - start)


def steps_per_second(env: gym.Env, steps: int) -> float:
    """Random play among the actions that `info["action_mask"]` allows."""
    rng = np.random.default_rng(0)
    _, info = env.reset(seed=0)
    start = time.process_time()
    for _ in range(steps):
        action = int(rng.choice(np.flatnonzero(info["action_mask"])))
        _, _, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            _, info = env.reset()
    return steps / (time.process_time() - start)


def grouped_tetris_gymnasium() -> gym.Env | None:
    """tetris-gymnasium with whole placements as actions, where it is installed."""
    try:
        from tetris_gymnasium.envs.tetris import Tetris
        from tetris_gymnasium.wrappers.grouped import GroupedActionsObservations
    except ImportError:
        return None
    return GroupedActionsObservations(Tetris())


def show_speed() -> None:
    row("speed on 10x20, per second and core", "placements", "target")
    if CAN_COMPILE:
        row("  compiled, a good player", f"{placements_per_second(GOOD, 1_000_000, fast=True):,.0f}", "150,000")
        indifferent = placements_per_second(np.zeros(len(FEATURES)), 1_000_000, fast=True, games=100_000)
        row("  compiled, an indifferent player", f"{indifferent:,.0f}")
    row("  plain, a good player", f"{placements_per_second(GOOD, 3000, fast=False, games=1):,.0f}")
    start = time.process_time()
    watched = sum(1 for _ in itertools.islice(demo(BCTS), 20_000))
    row("  demo, with colours", f"{watched / (time.process_time() - start):,.0f}")
    ours = steps_per_second(TetrisEnv(), 20_000)
    row("  Tetris-v0, random legal steps", f"{ours:,.0f}")
    other = grouped_tetris_gymnasium()
    if other is None:
        row("  tetris-gymnasium, grouped actions", "not installed")
    else:
        theirs = steps_per_second(other, 500)
        row("  tetris-gymnasium, grouped actions", f"{theirs:,.0f}", f"ratio {ours / theirs:,.0f}")
        row(
            "    trainer's placements to theirs",
            "",
            f"ratio {placements_per_second(GOOD, 10**6, fast=True) / theirs:,.0f}",
        )
    print()


def evaluate(weights: np.ndarray, *, height: int, games: int, cap: int = FOREVER) -> tuple[float, float]:
    """Mean lines and standard error over games of new pieces."""
    played = batch(games, height, seed=987_654_321)
    played.play(np.tile(weights, (games, 1)), np.arange(games), limit=cap, budget=FOREVER)
    lines = played.status[:, LINES]
    assert (played.status[:, PIECES] > 0).all()
    return float(lines.mean()), float(lines.std() / math.sqrt(games))


def lines_cell(measured: tuple[float, float]) -> str:
    return f"{measured[0]:,.0f} ± {measured[1]:,.0f}"


def show_random_play() -> None:
    mean, error = evaluate(np.zeros(len(FEATURES)), height=20, games=50_000)
    row("random play on 10x20, lines a game", f"{mean:.3f} ± {error:.3f}", "0.09")
    print()


def train(trainer: TetrisTrainer, placements: int) -> None:
    """Until the generation ends in which the run reaches this many placements."""
    while trainer.placements < placements:
        trainer.advance(min(100_000, placements - trainer.placements))
    while not trainer.advance(1000).generations:
        pass


def show_learning_curve(method: str, seed: int, placements: list[int]) -> None:
    print(f"{method}, seed {seed}: lines a game on 10x10, to the end, by placements in training")
    row("  placements (generation)", "mean player", "best player", "target")
    trainer = TetrisTrainer(TetrisHyperparameters(method=method), seed=seed)
    for wanted in placements:
        train(trainer, wanted)
        players = (full_weights(each, trainer.features) for each in (trainer.weights, trainer.best_weights))
        cells = [lines_cell(evaluate(player, height=10, games=200)) for player in players]
        row(f"  {trainer.placements:,} ({trainer.generation})", *cells, f"{TARGETS[wanted]:,}")
    trainer.close()
    print()


def show_a_minute(seed: int, seconds: float = 60.0) -> None:
    print(
        f"{seconds:.0f} seconds of training on 10x10, then lines a game on 10x20, cut off at {EVALUATION_CAP:,} pieces"
    )
    row("  seed, placements (threads)", "mean player", "best player", "target")
    trainer = TetrisTrainer(seed=seed)
    trainer.advance(1000)
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        trainer.advance(20_000)
    players = (full_weights(each, trainer.features) for each in (trainer.weights, trainer.best_weights))
    cells = [lines_cell(evaluate(player, height=20, games=30, cap=EVALUATION_CAP)) for player in players]
    row(f"  {seed}, {trainer.placements:,} ({trainer.threads})", *cells, "24,000")
    trainer.close()


def hard_games(weights: np.ndarray, features: Sequence[str], twisted: int, games: int) -> LinesEstimate:
    """Games on 10x20 with S and Z `twisted` times as often as any other piece, of seed 1."""
    rng = np.random.default_rng(1)
    played = Games(random_words(rng, games), random_words(rng, games), height=20, twisted=twisted)
    player, threads = np.tile(full_weights(weights, features), (games, 1)), usable_cores()
    with ThreadPoolExecutor(threads) as pool:
        shares = [np.arange(games)[t::threads] for t in range(threads)]
        list(pool.map(lambda share: played.play(player, share, limit=FOREVER, budget=FOREVER), shares))
    return LinesEstimate(games, games, int(played.status[:, LINES].sum()))


def interval_cell(found: LinesEstimate | SplittingEstimate) -> str:
    low, high = found.interval
    return f"{found.mean or 0:,.0f} [{low:,.0f}, {high or math.inf:,.0f}]"


def show_high_board(weights: np.ndarray, features: Sequence[str]) -> None:
    """Rate a player on 10x20: with more S and Z in both ways, which must agree, and with even pieces in the only one
    that does not take days."""
    for twisted, games in ((3, 400), (2, 100)):
        played = interval_cell(hard_games(weights, features, twisted, games))
        split = interval_cell(estimate_by_splitting(weights, features, twisted=twisted, seed=1, games=SPLIT_HARD))
        print(f"  10x20, S and Z {twisted} times as often: {played} in {games} games, {split} by splitting", flush=True)
    found = estimate_by_splitting(weights, features, seed=1, games=SPLIT)
    print(f"  10x20: {interval_cell(found)} lines by splitting, {found.placements:,} placements", flush=True)


def show_published() -> None:
    for name, player in BUILT_IN.items():
        print(name)
        show_high_board(np.array(player.weights), player.features)


def train_for_record(seed: int, placements: int | None, settings: dict[str, Any]) -> TetrisTrainer:
    """Train for three minutes of wall time, or for a number of placements, and print what it took."""
    trainer = TetrisTrainer(TetrisHyperparameters(**settings), seed=seed)
    trainer.advance(1000)
    start, before, load = time.monotonic(), time.process_time(), os.getloadavg()[0]
    while trainer.placements < placements if placements else time.monotonic() - start < 180:
        trainer.advance(100_000)
    trained, spent = time.monotonic() - start, time.process_time() - before
    print(f"seed {seed}, {settings}, {trainer.threads} threads, load {load:.1f}")
    print(
        f"  {trainer.placements:,} placements in {trained:.0f} s of wall time, {spent:.0f} s of cores, "
        f"{trainer.generation} generations",
        flush=True,
    )
    trainer.close()
    return trainer


def show_rating(weights: np.ndarray, features: Sequence[str]) -> None:
    """Rate a player on all boards."""
    played = Evaluation(weights, features, width=10, height=10, seed=1, games=400)
    with ThreadPoolExecutor(usable_cores()) as pool:
        while not played.finished:
            played.advance(pool)
    print(f"  weights {weights.round(4).tolist()}")
    print(f"  10x10, 400 games: {interval_cell(played.estimate)} lines, target 4,200")
    show_high_board(weights, features)


def show_records(seeds: int, mean: bool, placements: int | None, settings: dict[str, Any]) -> None:
    """Rate the mean player of each training, or the mean of them all, each of length 1: chance that differs cancels."""
    trainers = [train_for_record(seed, placements, settings) for seed in range(1, 1 + seeds)]
    features, players = trainers[0].features, {f"seed {each.seed}": each.weights for each in trainers}
    if mean:
        players = {"the mean": np.mean([each / np.linalg.norm(each) for each in players.values()], axis=0)}
    for name, weights in players.items():
        print(name)
        show_rating(weights, features)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed and learning on Tetris.")
    parser.add_argument("--quick", action="store_true", help="only speed and the first two marks of the curve")
    parser.add_argument("--seeds", type=int, default=1, help="how many trainings of each kind")
    parser.add_argument("--record", action="store_true", help="only the player after three minutes, with its interval")
    parser.add_argument("--placements", type=int, help="with --record: train for this many placements in place of that")
    parser.add_argument("--height", type=int, default=10, help="with --record: rows of the board that is trained on")
    parser.add_argument("--twisted", type=int, default=1, help="with --record: how many times as often S and Z come")
    final = TetrisHyperparameters.param.final.default
    parser.add_argument("--final", type=int, default=final, help="with --record: where the final phase begins")
    parser.add_argument("--mean", action="store_true", help="with --record: rate the mean of the players of all seeds")
    parser.add_argument("--published", action="store_true", help="only the published players on 10x20")
    options = parser.parse_args()
    if options.published:
        show_published()
        return
    if options.record:
        settings = {"height": options.height, "twisted": options.twisted}
        settings |= {} if options.final is None else {"final": options.final}
        show_records(options.seeds, options.mean, options.placements, settings)
        return
    show_speed()
    show_random_play()
    marks = list(TARGETS)[:2] if options.quick else list(TARGETS)
    for method, seed in itertools.product((CROSS_ENTROPY, CMA_ES), range(options.seeds)):
        try:
            show_learning_curve(method, seed, marks)
        except ModuleNotFoundError as missing:
            print(missing)
    if not options.quick:
        for seed in range(options.seeds):
            show_a_minute(seed)


if __name__ == "__main__":
    main()
