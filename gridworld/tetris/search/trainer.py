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
from gridworld.tetris.game.watch import GameScene, demo
from gridworld.tetris.records import GameRecord, GenerationRecord, Progress
from gridworld.tetris.search.generation import Generation, check_arrays
from gridworld.tetris.search.settings import TetrisHyperparameters, present_settings

VERSIONS = 1, 2, 3
"""Versions of a state that can be read; the last one is written. The first had no choice of features and rules, the
second counted wells and depths differently and had no final phase."""


class TetrisTrainer:
    """Learns the weights of a player's features by playing.

    All candidates of a generation are dealt the same pieces, which makes their scores comparable. One seed gives one
    run, bit for bit: it depends neither on the number of threads, nor on how the run is cut into calls of `advance`,
    nor on whether it was saved and resumed in between, nor on whether it runs compiled.

    Parameters
    ----------
    hyperparameters
        What is trained and how; they are copied. The defaults if None.
    seed
        A whole number from 0 up.
    threads
        Games played at the same time; if None, one for each core (one where nothing is compiled).
    fast
        Run the loops compiled; False runs the same source as plain Python.

    Attributes
    ----------
    generation, placements, cap
        Generations that are over, pieces placed, and the pieces after which a game is cut off.
    best_lines, best_weights
        The mean player with the best evaluation so far, float64 [D]; -inf and zeros before the first generation is
        over. `best_lines` is the luckiest of many small samples, hence more than that player's true mean.
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
        self.best_lines, self.best_weights = -np.inf, np.zeros(len(self.features))
        self._begin_generation()

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the D features."""
        return self._hyper.feature_names

    @property
    def weights(self) -> np.ndarray:
        """The mean of the current distribution, float64 [D]: the present player."""
        return self._search.mean.copy()

    @property
    def candidates(self) -> np.ndarray:
        """The players of the present generation, float64 [N, D]."""
        return self._games.candidates

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of each weight in the current distribution, float64 [D]."""
        return self._search.deviation.copy()

    def advance(self, placements: int) -> Progress:
        """Learn by placing this many pieces (up to `threads - 1` more), and return what was finished meanwhile.

        A few thousand placements take milliseconds, so calls of that size leave a caller free to pause in between.
        """
        if placements < 1:
            raise ValueError(f"The number of placements is {placements}; give 1 or more.")
        start = self.placements
        games: list[GameRecord] = []
        generations: list[GenerationRecord] = []
        while (left := start + placements - self.placements) > 0:
            self._play(left)
            games += self._games.finished_games(self.generation)
            if self._games.over:
                generations.append(self._end_generation())
                self._begin_generation()
            elif self._games.played:
                self._games.begin_next(self._rng)
        return Progress(self.placements - start, games, generations)

    def play(self, *, best: bool = False, width: int = 10, height: int = 20, seed: int = 0) -> Iterator[GameScene]:
        """Watch the present player (or the best one) play a game of its own, piece by piece: see `watch.demo`."""
        player = self.best_weights if best else self.weights
        options = {"bag": self._hyper.bag, "rules": self._hyper.rules, "features": self.features}
        return demo(player, width=width, height=height, seed=seed, fast=self.fast, **options)

    def close(self) -> None:
        """Let the threads go. `advance` must not be called afterwards."""
        if self._pool:
            self._pool.shutdown()

    def _begin_generation(self) -> None:
        candidates = self._search.ask(self._rng)
        hard = 0 < self._hyper.final <= self.placements
        self._games = Generation(self._hyper, candidates, self.weights, self._rng, self.fast, hard)

    def _play(self, placements: int) -> None:
        """Play the generation's games on, in all threads."""
        unfinished = self._games.games.unfinished()
        shares = [unfinished[t :: self.threads] for t in range(min(self.threads, len(unfinished)))]
        budget = -(-placements // len(shares))

        def play(share: np.ndarray) -> int:
            return self._games.play(share, limit=self.cap, budget=budget)

        self.placements += sum((self._pool.map if self._pool else map)(play, shares))

    def _end_generation(self) -> GenerationRecord:
        scores = self._games.scores()
        record = GenerationRecord(
            self.generation,
            self.placements,
            self.cap,
            float(scores.mean()),
            float(scores.std()),
            float(scores.max()),
            self._games.player_lines,
            tuple(self.weights.tolist()),
            tuple(self.deviation.tolist()),
        )
        if record.player_lines >= self.best_lines:
            self.best_lines, self.best_weights = record.player_lines, self.weights
        ranking = self._games.ranking(scores)
        self._search.tell(self._games.candidates, ranking)
        elite = np.argsort(-ranking, kind="stable")[: self._hyper.elite_size]
        if self._games.share_cut_off(elite) >= 0.5:
            self.cap *= 2
        self.generation += 1
        return record

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Return the whole run, in the midst of its games: arrays by name, and a dict that JSON can hold."""
        arrays = {f"search_{name}": array.copy() for name, array in self._search.state().items()}
        arrays |= self._games.state()
        arrays |= {"rng": pack(self._rng), "best_weights": self.best_weights.copy()}
        meta = {"version": VERSIONS[-1], "settings": dict(self.settings), "seed": self.seed}
        meta |= {name: getattr(self, name) for name in ("generation", "placements", "cap")}
        meta |= {"reported": self._games.reported, "hard": self._games.hard}
        meta |= {"best_lines": self.best_lines if self.generation else None}
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
        version = meta.get("version")
        if version not in VERSIONS:
            raise ValueError(
                f"The state is of version {version!r}; this program reads version {VERSIONS[-1]} and older."
            )
        for name in ("settings", "seed", "generation", "placements", "cap", "reported", "best_lines"):
            if name not in meta:
                raise ValueError(f"The state lacks {name!r}; it is damaged or was not written by this program.")
        hyper = TetrisHyperparameters(**present_settings(meta["settings"], version))
        trainer = cls(hyper, seed=meta["seed"], threads=threads, fast=fast)
        trainer._restore(arrays, meta)
        return trainer

    def _restore(self, arrays: dict[str, np.ndarray], meta: dict[str, Any]) -> None:
        prefix = "search_"
        expected = {f"{prefix}{name}": array for name, array in self._search.state().items()}
        check_arrays(arrays, {**expected, "rng": pack(self._rng), "best_weights": self.best_weights})
        self._search.restore({name.removeprefix(prefix): arrays[name] for name in expected})
        self._games.mean, self._games.hard = self.weights, bool(meta.get("hard", False))
        self._games.restore(arrays)
        unpack(arrays["rng"], self._rng)
        self.best_weights = arrays["best_weights"].copy()
        self.generation, self.placements, self.cap = meta["generation"], meta["placements"], meta["cap"]
        self._games.reported = meta["reported"]
        self.best_lines = -np.inf if meta["best_lines"] is None else meta["best_lines"]


def usable_cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
