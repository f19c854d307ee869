"""Progress bars: how often they are drawn, and that of an experiment."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm


def between_drawings() -> float:
    """Return the seconds between two drawings of a bar: few lines where each is written below the one before."""
    return 0.1 if sys.stderr.isatty() else 10.0


@contextmanager
def progress_bar(total: int, unit: str) -> Iterator[Callable[[int], object]]:
    """Yield what moves a bar on by a number; it is drawn at the first move, so that a refusal comes before it."""
    bars = list[tqdm]()

    def move(number: int) -> None:
        if not bars:
            bars.append(tqdm(total=total, unit=unit, mininterval=between_drawings()))
        bars[0].update(number)

    try:
        yield move
    finally:
        for bar in bars:
            bar.close()
