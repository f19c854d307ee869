"""`gridworld tetris evaluate --splitting`: games that would last for days, estimated in minutes."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from tqdm import tqdm

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.tables import NONE, number
from gridworld.tetris.evaluation.splitting import REPETITIONS, SplittingEstimate, estimates_by_splitting
from gridworld.tetris.players.saved import Player


def estimate(
    player: Player, precision: float | None, threads: int, ending: GracefulEnd, **options: Any
) -> SplittingEstimate:
    """Return `REPETITIONS` independent estimates together, or as many times more as the precision takes.

    `options` are those of `estimates_by_splitting`. The number of threads changes nothing but the time.
    """
    found = SplittingEstimate(0, 0.0, 0.0, options["width"], 0)
    total, interval = None if precision else REPETITIONS, 0.1 if sys.stderr.isatty() else 10
    with (
        ThreadPoolExecutor(threads, "splitting") as pool,
        tqdm(total=total, unit="estimate", mininterval=interval) as bar,
    ):
        for first in count(step=REPETITIONS):
            numbers = range(first, first + REPETITIONS)
            for single in estimates_by_splitting(
                player.weights, player.features, numbers=numbers, pool=pool, **options
            ):
                found += single
                share = f" ± {found.precision:.1%}" if found.precision is not None else ""
                bar.set_postfix_str(
                    f"{NONE if found.mean is None else number(found.mean, 0)} lines{share}", refresh=False
                )
                bar.update()
                if ending.stop.is_set():
                    return found
            if precision is None or (found.precision is not None and found.precision <= precision):
                return found
    raise AssertionError("it counts forever")
