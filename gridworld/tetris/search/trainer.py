"""The Tetris trainer: generations of linear players, better from one to the next.

It knows no clock, no screen and no process: the caller calls `advance` as often as wanted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from gridworld.compiled import CAN_COMPILE, pack, unpack
from gridworld.tetris.game.features import FEATURES
from gridworld.tetris.game.games import CUT_OFF, LINES, OVER, PIECES, RUNNING, Games, random_words
from gridworld.tetris.game.watch import GameScene, demo
from gridworld.tetris.records import MEAN_PLAYER, GameRecord, GenerationRecord, Progress
from gridworld.tetris.search.settings import TetrisHyperparameters

VERSION = 1


class TetrisTrainer:
    """Learns the weights of the eight features by playing.

    All candidates of a generation are dealt the same pieces, which makes their scores comparable. One seed gives one
    run, bit for bit: it depends neither on the number of threads, nor on how the run is cut into calls of `advance`,
    nor on whether it was saved and resumed in between, nor on whether it runs compiled.

    Parameters: hyperparameters, copied (defaults if None); seed, a whole number >= 0; threads, as many as there are
    cores to use if None (one where nothing is compiled); fast=False for the plain loops.

    Attributes to read: `generation`, `placements`, `cap`, `best_lines` and `best_weights` (float64 [8], the mean player
    with the best evaluation so far; -inf and zeros before the first generation is over). `best_lines` is the luckiest
    of many small samples, hence more than that player's true mean.
    """

    def __init__(
        self,
        hyperparameters: TetrisHyperparameters | None = None,
        *,
        seed: int = 0,
        threads: int | None = None,
        fast: bool = CAN_COMPILE,
    ) -> None:
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise ValueError(f"The seed is {seed!r}; give a whole number from 0 up.")
        if threads is not None and threads < 1:
            raise ValueError(f"The number of threads is {threads}; give 1 or more, or None for all cores.")
        self.settings: dict[str, Any] = (hyperparameters or TetrisHyperparameters()).param.values()
        del self.settings["name"]
        self._hyper = TetrisHyperparameters(**self.settings)
        self.seed, self.fast = seed, fast and CAN_COMPILE
        self.threads = threads or (usable_cores() if self.fast else 1)
        self._pool = ThreadPoolExecutor(self.threads, "tetris") if self.threads > 1 else None
        self._rng = np.random.default_rng(seed)
        self._search = self._hyper.make_search()
        self.generation = self.placements = 0
        self.cap: int = self._hyper.cap
        self.best_lines, self.best_weights = -np.inf, np.zeros(len(FEATURES))
        self._begin_generation()

    @property
    def weights(self) -> np.ndarray:
        """The mean of the current distribution, float64 [8]: the present player."""
        return self._search.mean.copy()

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each weight in the current distribution, float64 [8]."""
        return self._search.deviation.copy()

    def advance(self, placements: int) -> Progress:
        """Learn by placing this many pieces (up to `threads - 1` more), and return what was finished meanwhile.

        A few thousand placements take milliseconds, so calls of that size leave a caller free to pause in between.
        """
        if placements < 1:
            raise ValueError(f"The number of placements is {placements}; give 1 or more.")
        start, games, generations = self.placements, [], []
        while (left := start + placements - self.placements) > 0:
            self._play(left)
            games += self._finished_games()
            if self._reported == len(self._players):
                generations.append(self._end_generation())
                self._begin_generation()
        return Progress(self.placements - start, games, generations)

    def play(self, *, best: bool = False, width: int = 10, height: int = 20, seed: int = 0) -> Iterator[GameScene]:
        """Watch the present player (or the best one) play a game of its own, piece by piece: see `watch.demo`."""
        player = self.best_weights if best else self.weights
        return demo(player, width=width, height=height, bag=self._hyper.bag, seed=seed, fast=self.fast)

    def close(self) -> None:
        """Let the threads go. `advance` must not be called afterwards."""
        if self._pool:
            self._pool.shutdown()

    def _begin_generation(self) -> None:
        hyper = self._hyper
        self._candidates = self._search.ask(self._rng)
        self._players = self._line_up()
        deals = np.tile(random_words(self._rng, hyper.games), (hyper.population, 1))
        deals = np.vstack([deals, random_words(self._rng, hyper.evaluations)])
        ties = random_words(self._rng, len(deals))
        self._games = Games(deals, ties, width=hyper.width, height=hyper.height, bag=hyper.bag, fast=self.fast)
        self._reported = 0

    def _line_up(self) -> np.ndarray:
        """Return the player of each game, float64 [N, 8]: the candidates, then the mean in the evaluation games."""
        mean = np.tile(self.weights, (self._hyper.evaluations, 1))
        return np.vstack([self._candidates.repeat(self._hyper.games, axis=0), mean])

    def _play(self, placements: int) -> None:
        """Play the generation's games on, in all threads."""
        unfinished = self._games.unfinished()
        shares = [unfinished[t :: self.threads] for t in range(min(self.threads, len(unfinished)))]
        budget = -(-placements // len(shares))

        def play(share: np.ndarray) -> int:
            return self._games.play(self._players, share, limit=self.cap, budget=budget)

        self.placements += sum((self._pool.map if self._pool else map)(play, shares))

    def _finished_games(self) -> list[GameRecord]:
        """Return the games before the first unfinished one that were not reported yet: an order that no slicing
        changes."""
        status, first, population = self._games.status, self._reported, self._hyper.population
        running = np.flatnonzero(status[first:, OVER] == RUNNING)
        self._reported = first + int(running[0]) if len(running) else len(status)
        rows = status[first : self._reported, [LINES, PIECES, OVER]].tolist()
        numbers = [g // self._hyper.games for g in range(first, self._reported)]
        return [
            GameRecord(self.generation, n if n < population else MEAN_PLAYER, lines, pieces, over == CUT_OFF)
            for n, (lines, pieces, over) in zip(numbers, rows, strict=True)
        ]

    def _end_generation(self) -> GenerationRecord:
        hyper, lines = self._hyper, self._games.status[:, LINES].astype(float)
        trained = hyper.population * hyper.games
        scores = lines[:trained].reshape(hyper.population, hyper.games).mean(axis=1)
        player_lines = float(lines[trained:].mean())
        record = GenerationRecord(
            self.generation,
            self.placements,
            self.cap,
            float(scores.mean()),
            float(scores.std()),
            float(scores.max()),
            player_lines,
            tuple(self.weights.tolist()),
            tuple(self.deviation.tolist()),
        )
        if player_lines >= self.best_lines:
            self.best_lines, self.best_weights = player_lines, self.weights
        self._search.tell(self._candidates, scores)
        self._raise_cap(scores)
        self.generation += 1
        return record

    def _raise_cap(self, scores: np.ndarray) -> None:
        hyper = self._hyper
        elite = np.argsort(-scores, kind="stable")[: hyper.elite_size]
        cut = (self._games.status[:, OVER] == CUT_OFF)[: hyper.population * hyper.games]
        if cut.reshape(hyper.population, hyper.games)[elite].mean() >= 0.5:
            self.cap *= 2

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the whole run, in the midst of its games: arrays by name, and a dict that JSON can hold."""
        arrays = {f"search_{name}": array.copy() for name, array in self._search.state().items()}
        arrays |= {f"games_{name}": getattr(self._games, name).copy() for name in Games.ARRAYS}
        arrays |= {"rng": pack(self._rng), "candidates": self._candidates.copy()}
        arrays["best_weights"] = self.best_weights.copy()
        meta = {"version": VERSION, "settings": dict(self.settings), "seed": self.seed}
        meta |= {name: getattr(self, name) for name in ("generation", "placements", "cap")}
        meta |= {"reported": self._reported, "best_lines": self.best_lines if self.generation else None}
        return arrays, meta

    @classmethod
    def from_state(
        cls,
        arrays: dict[str, np.ndarray],
        meta: dict[str, Any],
        *,
        threads: int | None = None,
        fast: bool = CAN_COMPILE,
    ) -> TetrisTrainer:
        """Resume what `state` gave. Raises ValueError where it is not such a state, or not of this version."""
        if meta.get("version") != VERSION:
            raise ValueError(f"The state is of version {meta.get('version')!r}; this program reads version {VERSION}.")
        for name in ("settings", "seed", "generation", "placements", "cap", "reported", "best_lines"):
            if name not in meta:
                raise ValueError(f"The state lacks {name!r}; it is damaged or was not written by this program.")
        trainer = cls(TetrisHyperparameters(**meta["settings"]), seed=meta["seed"], threads=threads, fast=fast)
        expected = trainer.state()[0]
        for name, array in expected.items():
            found = arrays.get(name)
            if found is None or found.shape != array.shape or found.dtype != array.dtype:
                raise ValueError(f"The state's array {name!r} is missing or is not {array.dtype} {list(array.shape)}.")
        trainer._restore(arrays, meta)
        return trainer

    def _restore(self, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> None:
        prefix = "search_"
        self._search.restore({name[len(prefix) :]: arrays[name] for name in arrays if name.startswith(prefix)})
        for name in Games.ARRAYS:
            getattr(self._games, name)[:] = arrays[f"games_{name}"]
        unpack(arrays["rng"], self._rng)
        self._candidates = arrays["candidates"].copy()
        self._players = self._line_up()
        self.best_weights = arrays["best_weights"].copy()
        self.generation, self.placements, self.cap = meta["generation"], meta["placements"], meta["cap"]
        self._reported = meta["reported"]
        self.best_lines = -np.inf if meta["best_lines"] is None else meta["best_lines"]


def usable_cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
