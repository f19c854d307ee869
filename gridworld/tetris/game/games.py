"""Games played by linear players: many at once, in slices of any size, compiled or plain.

The state of every game is a row of a few arrays, so that it can be stopped after any piece, saved, and gone on with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from gridworld import compiled
from gridworld.compiled import CAN_COMPILE, checksum, compile_loop, pack, rule, uniform, unpack
from gridworld.tetris.game import bits, board, features, network, pieces
from gridworld.tetris.game.bits import popcount
from gridworld.tetris.game.board import (
    LITERATURE,
    MOST_TWISTED,
    UNIFORM,
    check_size,
    clear,
    draw_piece,
    is_legal,
    is_strict,
    landing_row,
    put,
)
from gridworld.tetris.game.features import FEATURES, HIDDEN, LEARNED_FEATURES, value
from gridworld.tetris.game.network import is_network_size
from gridworld.tetris.game.pieces import MAX_ROTATIONS, ROTATIONS, SHAPES

# Columns of `Games.status`, and the values of OVER.
PIECE, NEXT_PIECE, LINES, PIECES, OVER, BAG_LEFT, ACTION = range(7)
RUNNING, TOPPED_OUT, CUT_OFF = range(3)
UNDEALT = NO_ACTION = -1


@rule
def choose(columns, after, values, hidden, shapes, piece, rotations, height, strict, weights, rng):
    """Return the legal placement of greatest value, or -1 if there is none. Ties are drawn evenly, nothing else."""
    width = len(columns)
    best, ties = -np.inf, 0
    for rotation in range(rotations[piece]):
        shape = MAX_ROTATIONS * piece + rotation
        for x in range(width):
            action = width * rotation + x
            values[action] = -np.inf
            if is_legal(columns, shapes, shape, x, height, strict):
                row = landing_row(columns, shapes, shape, x)
                worth = value(columns, after, hidden, shapes, shape, x, row, height, weights)
                values[action] = worth
                if ties == 0 or worth > best:
                    best, ties = worth, 1
                elif worth == best:
                    ties += 1
    if ties == 0:
        return NO_ACTION
    skip = int(uniform(rng) * ties) if ties > 1 else 0
    action = 0
    while values[action] != best or skip > 0:
        if values[action] == best:
            skip -= 1
        action += 1
    return action


@rule
def play(
    columns, status, bag, piece_rng, tie_rng, weights,
    after, values, hidden, shapes, rotations, height, strict, limit, budget,
):  # fmt: skip
    """Place up to `budget` pieces in one game, and return how many were placed."""
    width, placed = len(columns), 0
    if status[PIECE] == UNDEALT:
        status[PIECE], status[BAG_LEFT] = draw_piece(bag, status[BAG_LEFT], piece_rng)
        status[NEXT_PIECE], status[BAG_LEFT] = draw_piece(bag, status[BAG_LEFT], piece_rng)
    while status[OVER] == RUNNING and placed < budget:
        piece = status[PIECE]
        action = choose(columns, after, values, hidden, shapes, piece, rotations, height, strict, weights, tie_rng)
        if action == NO_ACTION:
            status[OVER] = TOPPED_OUT
            break
        shape, x = MAX_ROTATIONS * piece + action // width, action % width
        full = put(columns, columns, shapes, shape, x, landing_row(columns, shapes, shape, x))
        clear(columns, full)
        placed += 1
        status[ACTION] = action
        status[LINES] += popcount(full)
        status[PIECES] += 1
        status[PIECE] = status[NEXT_PIECE]
        status[NEXT_PIECE], status[BAG_LEFT] = draw_piece(bag, status[BAG_LEFT], piece_rng)
        if status[PIECES] >= limit:
            status[OVER] = CUT_OFF
    return placed


def make_loop(stamp: int) -> Callable[..., int]:
    """Return the loop over games; `stamp` represents the text of the rules in the key of numba's disk cache."""

    def play_games(
        columns, status, bags, rngs, weights, order,
        after, values, hidden, shapes, rotations, height, strict, limit, budget,
    ):  # fmt: skip
        stamp  # noqa: B018 - a closure cell
        piece_rngs, tie_rngs = rngs
        placed = 0
        for i in range(len(order)):
            g = order[i]
            player = weights[g % len(weights)]
            game = columns[g], status[g], bags[g], piece_rngs[g], tie_rngs[g], player
            placed += play(*game, after, values, hidden, shapes, rotations, height, strict, limit, budget - placed)
        return placed

    return play_games


@cache
def game_loop(fast: bool) -> Callable[..., int]:
    """Return the loop, compiled (read from numba's disk cache where it can be) or plain."""
    stamp = checksum(*(str(module.__file__) for module in (compiled, bits, board, features, network, pieces)), __file__)
    return compile_loop(make_loop(stamp)) if fast else make_loop(stamp)


def random_words(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return random states of n independent PCG64 generators, uint64 [n, 4]: the state and the (odd) increment."""
    words = rng.integers(0, 2**64, (n, 4), dtype=np.uint64)
    words[:, 3] |= np.uint64(1)
    return words


class Games:
    """N games on boards of one size, each with its own random numbers, hence independent of one another.

    Attributes, one row per game: `columns` int64 [N, W], the boards; `status` int64 [N, 7], the columns named in this
    module; `bags` int64 [N, 7]; `piece_words` and `tie_words` uint64 [N, 4], the generators of pieces and of ties.
    """

    ARRAYS = ("columns", "status", "bags", "piece_words", "tie_words")

    def __init__(
        self,
        piece_words: np.ndarray,
        tie_words: np.ndarray,
        *,
        width: int = 10,
        height: int = 20,
        bag: bool = False,
        twisted: int = 1,
        rules: str = LITERATURE,
        fast: bool = CAN_COMPILE,
    ) -> None:
        check_size(width, height)
        self._strict = is_strict(rules)
        n = len(piece_words)
        self.height, self.fast = height, fast and CAN_COMPILE
        self.columns = np.zeros((n, width), np.int64)
        self._first = np.zeros(7, np.int64)
        self._first[[PIECE, NEXT_PIECE, ACTION]] = UNDEALT
        self._first[BAG_LEFT] = 0 if bag else twisted * UNIFORM
        self.status = np.tile(self._first, (n, 1))
        self.bags = np.tile(np.arange(7), (n, 1))
        self.piece_words, self.tie_words = piece_words.copy(), tie_words.copy()

    def begin(self, game: int, piece_words: np.ndarray, tie_words: np.ndarray) -> None:
        """Begin a game again, with random numbers of its own: uint64 [4] each."""
        self.columns[game], self.status[game], self.bags[game] = 0, self._first, np.arange(7)
        self.piece_words[game], self.tie_words[game] = piece_words, tie_words

    def check(self) -> None:
        """Raise ValueError where the arrays, as they came from a file, are no games: compiled loops check nothing."""
        pieces, left = self.status[:, [PIECE, NEXT_PIECE]], self.status[:, BAG_LEFT]
        usable = {
            "columns": (self.columns >= 0) & (self.columns < 1 << self.height),
            "status": (pieces >= UNDEALT) & (pieces < 7),
            "bags": np.sort(self.bags, axis=1) == np.arange(7),
            "the number of pieces left": (left >= MOST_TWISTED * UNIFORM) & (left <= 7),
            "lines or pieces": self.status[:, [LINES, PIECES]] >= 0,
        }
        for name, is_usable in usable.items():
            if not is_usable.all():
                raise ValueError(f"The games' {name} are out of bounds.")

    def unfinished(self) -> np.ndarray:
        """Return the numbers of the games that go on, in order."""
        return np.flatnonzero(self.status[:, OVER] == RUNNING)

    def play(self, weights: np.ndarray, order: np.ndarray, *, limit: int, budget: int) -> int:
        """Play the games numbered in `order`, one after the other, until `budget` pieces are placed; return how many.

        Game g is played by the player `weights[g]`, float64 [N, F], a weight for each of `features.FEATURES`, and cut
        off when it has had `limit` pieces; float64 [1, F] is a player for all games, see `features.player_row`.
        May run in several threads at once as long as no two of them are given the same game.
        """
        rows, length = weights.shape
        is_network = is_network_size(length - len(FEATURES), len(LEARNED_FEATURES))
        if rows not in (1, len(self.columns)) or not (length == len(FEATURES) or is_network):
            raise ValueError(f"The weights are of shape {weights.shape}; give {(len(self.columns), len(FEATURES))}.")
        width = self.columns.shape[1]
        after, values, hidden = np.zeros(width, np.int64), np.zeros(MAX_ROTATIONS * width), np.zeros(HIDDEN)
        boards = self.columns, self.status, self.bags
        tables = after, values, hidden, SHAPES, np.array(ROTATIONS)
        if self.fast:
            rngs = self.piece_words, self.tie_words
            return game_loop(True)(*boards, rngs, weights, order, *tables, self.height, self._strict, limit, budget)
        return self._play_plain(boards, weights, order, tables, limit, budget)

    def _play_plain(self, boards: Any, weights: Any, order: Any, tables: Any, limit: int, budget: int) -> int:
        """Return the same on Python's own numbers, by memoryviews of the same arrays."""
        words = self.piece_words, self.tie_words
        rngs = [{int(g): np.random.Generator(np.random.PCG64(0)) for g in order} for _ in words]
        for kind, generators in zip(words, rngs, strict=True):
            for g, rng in generators.items():
                unpack(kind[g], rng)
        rows = [[memoryview(row) for row in array] for array in (*boards, weights)]
        tables = [memoryview(table) for table in tables]
        placed = game_loop(False)(
            *rows[:3], rngs, rows[3], order.tolist(), *tables, self.height, self._strict, limit, budget
        )
        for kind, generators in zip(words, rngs, strict=True):
            for g, rng in generators.items():
                kind[g] = pack(rng)
        return placed
