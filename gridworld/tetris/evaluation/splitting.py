"""The mean lines of games that are too long to be played to their end, by forward flux sampling.

A good player's board is low nearly all the time, and the game ends on one of its rare ways up. So the rate of ends is
a product: how often the stack rises above a first level, coming from a low board, times, for each further level, the
share of boards that entered the level before and reach it before they are low again (Allen, Warren and ten Wolde 2005,
"Sampling rare switching events in biochemical networks", Physical Review Letters 94). Each factor is large enough to be
counted. The height of the highest column is the measure of the way: a better one would take fewer games, and no other
would change what is estimated. It is for players whose games last for many times the pieces that fill the board.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from scipy.stats import t as student

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.evaluation.estimate import LEVEL, MeanLines
from gridworld.tetris.game.board import LITERATURE
from gridworld.tetris.game.features import BCTS_FEATURES, player_row
from gridworld.tetris.game.games import OVER, PIECES, RUNNING, TOPPED_OUT, Games, random_words

CELLS = 4  # of a piece; hardly any are left over in a long game, so it clears CELLS / width rows a placement
SETTLING = 300  # placements from the empty board to boards that are like any later ones
FLUX = 200  # placements of each game in which entries into the first level are counted
REPETITIONS, GAMES = 16, 1000  # independent estimates, and games side by side in each: a minute of a core
STEP = 2  # rows from one level to the next
NEVER = np.inf  # the level that only games which are over have entered


@dataclass(frozen=True)
class SplittingEstimate(MeanLines):
    """Independent estimates of the rate of ends, a placement: their sum, and the sum of their squares.

    `width` is the board's; `placements` were played for all of them. Estimates of other numbers can be added.
    """

    estimates: int
    total: float
    squares: float
    width: int
    placements: int

    @property
    def mean(self) -> float | None:
        """The mean lines of a game; None where no estimate has seen an end."""
        return self._lines(self.total / self.estimates) if self.total else None

    @property
    def interval(self) -> tuple[float, float | None]:
        """The bounds of the mean at `LEVEL`, by Student's t of the rates; from fewer than two, nothing is known."""
        n = self.estimates
        if n < 2 or not self.total:
            return 0.0, None
        middle = self.total / n
        error = (max(self.squares - n * middle**2, 0.0) / (n - 1) / n) ** 0.5
        reach = error * float(student.ppf((1 + LEVEL) / 2, n - 1))
        return self._lines(middle + reach), self._lines(middle - reach) if reach < middle else None

    def __add__(self, other: SplittingEstimate) -> SplittingEstimate:
        total, squares = self.total + other.total, self.squares + other.squares
        placements = self.placements + other.placements
        return SplittingEstimate(self.estimates + other.estimates, total, squares, self.width, placements)

    def _lines(self, rate: float) -> float:
        return CELLS / self.width / rate


def estimate_by_splitting(
    weights: Sequence[float] | np.ndarray,
    features: Sequence[str] = BCTS_FEATURES,
    *,
    repetitions: int = REPETITIONS,
    pool: ThreadPoolExecutor | None = None,
    **options: Any,
) -> SplittingEstimate:
    """Return the mean lines of a player's games, estimated from `repetitions` independent estimates.

    The arguments are those of `estimates_by_splitting`.
    """
    single = estimates_by_splitting(weights, features, numbers=range(repetitions), pool=pool, **options)
    return reduce(SplittingEstimate.__add__, single)


def estimates_by_splitting(
    weights: Sequence[float] | np.ndarray,
    features: Sequence[str] = BCTS_FEATURES,
    *,
    numbers: Iterable[int],
    pool: ThreadPoolExecutor | None = None,
    width: int = 10,
    height: int = 20,
    twisted: int = 1,
    rules: str = LITERATURE,
    seed: int = 0,
    games: int = GAMES,
    fast: bool = CAN_COMPILE,
) -> Iterator[SplittingEstimate]:
    """Yield the independent estimates of these numbers one after another, each of one rate; add them up.

    Parameters
    ----------
    weights, features
        The player: float64 [D], or those of a network, and the names of its features.
    numbers, seed
        One seed and one number are one estimate.
    pool
        The estimates are made in its threads, if there is one.
    width, height, twisted, rules
        The board, how many times as often as other pieces S and Z come, and the rules.
    games
        How many games each estimate plays side by side, at each level.

    Raises
    ------
    ValueError
        If the stack is so high most of the time that there is no way up to look at.
    """
    player = player_row(weights, features)
    options = {"width": width, "height": height, "twisted": twisted, "rules": rules, "fast": fast}

    def single(number: int) -> SplittingEstimate:
        ways = _Ways(player, games, np.random.default_rng([seed, number]), options)
        rate = ways.rate()
        return SplittingEstimate(1, rate, rate**2, width, ways.placements)

    yield from (pool.map if pool else map)(single, numbers)


@dataclass(frozen=True, slots=True)
class _Boards:
    """Boards where games entered a level, and the pieces to place there: int64 [M, W] and [M, 7]."""

    columns: np.ndarray
    status: np.ndarray

    @classmethod
    def of(cls, games: Games, numbers: np.ndarray) -> _Boards:
        """Return copies of these games' boards."""
        return cls(games.columns[numbers], games.status[numbers])

    @classmethod
    def together(cls, parts: Sequence[_Boards]) -> _Boards:
        """Return all of them."""
        return cls(np.vstack([part.columns for part in parts]), np.vstack([part.status for part in parts]))

    def __len__(self) -> int:
        return len(self.columns)


class _Ways:
    """One estimate of the rate of ends, by games that are played side by side, a piece at a time."""

    def __init__(self, player: np.ndarray, games: int, rng: np.random.Generator, options: Mapping[str, Any]) -> None:
        self._n, self._rng, self._options, self.placements = games, rng, options, 0
        self._player = player

    def rate(self) -> float:
        """Return the estimated number of ends a placement."""
        games = self._new_games()
        low, height = self._settle(games), self._options["height"]
        if low + STEP > height:
            raise ValueError(
                f"Half of the boards are {low} rows high or higher, and {height} are all: such games are too short for "
                "splitting; play them to their end."
            )
        first, *others = range(low + STEP, height + 1, STEP)
        rate, entered = self._flux(games, low, first)
        for level in [*others, NEVER]:
            if not len(entered):
                return 0.0
            share, entered = self._climb(entered, low, level)
            rate *= share
        return rate

    def _new_games(self) -> Games:
        return Games(random_words(self._rng, self._n), random_words(self._rng, self._n), **self._options)

    def _place(self, games: Games, order: np.ndarray) -> None:
        """Place one piece in each of these games that is not over."""
        order = order[games.status[order, OVER] != TOPPED_OUT]
        games.status[order, OVER], games.status[order, PIECES] = RUNNING, 0
        self.placements += games.play(self._player, order, limit=1, budget=len(order))

    def _settle(self, games: Games) -> int:
        """Play on from empty boards; return a height that about half of the boards of a game are not above."""
        for _ in range(SETTLING):
            self._place(games, np.arange(self._n))
            self._renew(games)
        return int(np.median(_heights(games)))

    def _renew(self, games: Games) -> np.ndarray:
        """Begin games again that are over, and return their numbers."""
        over = np.flatnonzero(games.status[:, OVER] == TOPPED_OUT)
        for game in over.tolist():
            games.begin(game, *random_words(self._rng, 2))
        return over

    def _flux(self, games: Games, low: int, level: int) -> tuple[float, _Boards]:
        """Return how often, a placement, a game enters the first level coming from a low board, and where."""
        coming, before, entered = _heights(games) <= low, self.placements, []
        for _ in range(FLUX):
            self._place(games, np.arange(self._n))
            heights = _heights(games)
            entered.append(_Boards.of(games, np.flatnonzero(coming & (heights >= level))))
            coming = (coming & (heights < level)) | (heights <= low)
            coming[self._renew(games)] = True
        found = _Boards.together(entered)
        return len(found) / (self.placements - before), found

    def _climb(self, entered: _Boards, low: int, level: float) -> tuple[float, _Boards]:
        """Return the share of games from these boards on that enter the next level, or end, before they are low again,
        and where they enter it."""
        games, drawn = self._new_games(), self._rng.integers(len(entered), size=self._n)
        games.columns[:], games.status[:] = entered.columns[drawn], entered.status[drawn]
        order, above = np.arange(self._n), []
        while len(order):
            up = (_heights(games)[order] >= level) | (games.status[order, OVER] == TOPPED_OUT)
            above.append(_Boards.of(games, order[up]))
            order = order[~up & (_heights(games)[order] > low)]
            self._place(games, order)
        found = _Boards.together(above)
        return len(found) / self._n, found


def _heights(games: Games) -> np.ndarray:
    """Return the height of each board's highest column, int64 [N]."""
    return np.frexp(games.columns.max(axis=1).astype(float))[1]
