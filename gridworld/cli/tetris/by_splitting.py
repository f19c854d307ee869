"""`gridworld tetris evaluate --splitting`: games that would last for days, estimated in minutes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import Any

from tqdm import tqdm

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.progress import between_drawings
from gridworld.cli.tables import number
from gridworld.tetris.evaluation.splitting import REPETITIONS, SplittingEstimate, estimates_by_splitting
from gridworld.tetris.players.saved import Player

MOST_GAMES = 100_000
"""Side by side in an estimate: those take 100 MB."""


def estimate(
    player: Player, precision: float | None, threads: int, ending: GracefulEnd, **options: Any
) -> SplittingEstimate:
    """Return `REPETITIONS` independent estimates together, or as many times more as the precision takes.

    `options` are those of `estimates_by_splitting`. The number of threads changes nothing but the time.
    """
    found = SplittingEstimate(0, 0.0, 0.0, options["width"], 0)
    total = None if precision else REPETITIONS
    with (
        ThreadPoolExecutor(threads, "splitting") as pool,
        tqdm(total=total, unit="estimate", mininterval=between_drawings()) as bar,
    ):
        while not (ending.stop.is_set() or _is_enough(found, precision)):
            numbers = range(found.estimates, found.estimates + REPETITIONS)
            singles = estimates_by_splitting(player.weights, player.features, numbers=numbers, pool=pool, **options)
            for single in takewhile(lambda single: not ending.stop.is_set(), singles):
                found += single
                share = f" ± {found.precision:.1%}" if found.precision is not None else ""
                bar.set_postfix_str(f"{number(found.mean, 0)} lines{share}", refresh=False)
                bar.update()
    return found


def _is_enough(found: SplittingEstimate, precision: float | None) -> bool:
    if precision is None:
        return found.estimates > 0
    return found.precision is not None and found.precision <= precision
