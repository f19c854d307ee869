"""Games of one player on one board, to their end, in all cores, in slices, and resumable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from msgspec import Meta, Struct

from gridworld.compiled import CAN_COMPILE
from gridworld.errors import CheckpointError
from gridworld.storage.archive import Archive, pack_archive
from gridworld.storage.atomic_files import opened, written_whole
from gridworld.storage.json_records import check_head, decode
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.game.board import LITERATURE, MAX_HEIGHT, MAX_WIDTH, MIN_SIZE
from gridworld.tetris.game.features import BCTS_FEATURES, check_weights, player_row
from gridworld.tetris.game.games import LINES, OVER, RUNNING, TOPPED_OUT, Games, random_words

FORMAT, VERSION = "tetris evaluation", 1
SLOTS = 64  # games that are played side by side
SLICE = 10_000  # placements of each between two looks at all of them
NO_LIMIT = int(np.iinfo(np.int64).max)
MOST_GAMES = 100_000_000


class Evaluation:
    """Games number 0, 1, 2, ... of a seed, `SLOTS` at a time; when one is over the next number begins in its place.

    What is known after each call of `advance` depends on nothing but the arguments here and the number of calls: not on
    threads, nor on saving in between. Every player is dealt the same pieces in the game of the same number.

    Parameters
    ----------
    weights, features
        The player: float64 [D], or those of a network, and the names of its features.
    width, height, rules, seed
        The board, the rules and the seed.
    games
        How many games to play; None for no end.
    """

    def __init__(
        self,
        weights: Sequence[float] | np.ndarray,
        features: Sequence[str] = BCTS_FEATURES,
        *,
        width: int = 10,
        height: int = 20,
        rules: str = LITERATURE,
        seed: int = 0,
        games: int | None = None,
        fast: bool = CAN_COMPILE,
    ) -> None:
        self.weights, self.features = check_weights(weights, features), tuple(features)
        self.seed, self.games, self.rules, self._fast = seed, games, rules, fast
        slots = SLOTS if games is None else min(games, SLOTS)
        self.begun, self._ended, self._ended_lines, self.placements = slots, 0, 0, 0
        words = [self._words(number) for number in range(slots)]
        deals, ties = (np.vstack(kind) for kind in zip(*words, strict=True))
        self._batch = Games(deals, ties, width=width, height=height, rules=rules, fast=fast)
        self._player = player_row(self.weights, self.features)

    @property
    def board(self) -> str:
        """The size of the board as "10x20": columns and rows."""
        return f"{self._batch.columns.shape[1]}x{self._batch.height}"

    @property
    def order(self) -> tuple[Any, ...]:
        """What was asked for: the same order gives the same games."""
        return self.weights.tolist(), self.features, self.board, self.rules, self.seed, self.games

    @property
    def estimate(self) -> LinesEstimate:
        """What is known so far; games that go on count as cut off here."""
        status = self._batch.status
        running = status[:, OVER] == RUNNING
        begun = self._ended + int(running.sum())
        return LinesEstimate(begun, self._ended, self._ended_lines + int(status[running, LINES].sum()))

    @property
    def finished(self) -> bool:
        """Whether all games have come to their end."""
        return self.games is not None and self._ended == self.games

    def advance(self, pool: ThreadPoolExecutor | None = None) -> None:
        """Play every game that goes on for up to `SLICE` placements, in the threads of `pool` if there is one."""

        def play(slot: int) -> int:
            return self._batch.play(self._player, np.array([slot]), limit=NO_LIMIT, budget=SLICE)

        running = self._batch.unfinished().tolist()
        self.placements += sum((pool.map if pool else map)(play, running))
        for slot in running:
            if self._batch.status[slot, OVER] == TOPPED_OUT:
                self._ended += 1
                self._ended_lines += int(self._batch.status[slot, LINES])
                if self.games is None or self.begun < self.games:
                    self._batch.begin(slot, *(words[0] for words in self._words(self.begun)))
                    self.begun += 1

    def _words(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([self.seed, number])
        return random_words(rng, 1), random_words(rng, 1)

    def save(self, path: Path) -> None:
        """Write all of it to a file, which is there as a whole or not at all."""
        width, height = self._batch.columns.shape[1], self._batch.height
        document = {
            "format": FORMAT, "version": VERSION, "width": width, "height": height, "rules": self.rules,
            "seed": self.seed, "games": self.games, "features": list(self.features), "weights": self.weights.tolist(),
            "begun": self.begun, "ended": self._ended, "ended_lines": self._ended_lines, "placements": self.placements,
        }  # fmt: skip
        with written_whole(path, replace=True) as file:
            pack_archive(file, "evaluation", document, {n: getattr(self._batch, n) for n in Games.ARRAYS})

    @classmethod
    def load(cls, path: Path, *, fast: bool = CAN_COMPILE) -> Evaluation:
        """Go on from a file that `save` has written. Raise CheckpointError, with the reason, for any other file."""
        with opened(path) as file:
            archive = Archive(file)
            text = archive.text("evaluation")
            arrays = {name: archive.array(name) for name in archive.array_names}
        if text is None:
            raise CheckpointError("not_a_checkpoint", f"{path.name!r} is not a {FORMAT}.")
        check_head(text, FORMAT, VERSION, repr(path.name))
        stored = decode(text, _Stored, repr(path.name))
        board: dict[str, Any] = {"width": stored.width, "height": stored.height, "rules": stored.rules}
        try:
            found = cls(stored.weights, stored.features, **board, seed=stored.seed, games=stored.games, fast=fast)
        except ValueError as problem:
            raise CheckpointError("damaged", f"{path.name!r}: {problem}") from None
        found._restore(stored, arrays, path.name)
        return found

    def _restore(self, stored: _Stored, arrays: Mapping[str, np.ndarray], name: str) -> None:
        for array in Games.ARRAYS:
            mine, other = getattr(self._batch, array), arrays.get(array)
            if other is None or other.shape != mine.shape or other.dtype != mine.dtype:
                raise CheckpointError("damaged", f"{name!r} lacks the array {array!r}, or it has another shape.")
            mine[:] = other
        try:
            self._batch.check()
        except ValueError as problem:
            raise CheckpointError("damaged", f"{name!r}: {problem}") from None
        self.begun, self._ended = stored.begun, stored.ended
        self._ended_lines, self.placements = stored.ended_lines, stored.placements


Count = Annotated[int, Meta(ge=0, lt=1 << 60)]


class _Stored(Struct, forbid_unknown_fields=True):
    """The document of a stored evaluation."""

    format: Any
    version: Any
    width: Annotated[int, Meta(ge=MIN_SIZE, le=MAX_WIDTH)]
    height: Annotated[int, Meta(ge=MIN_SIZE, le=MAX_HEIGHT)]
    rules: str
    seed: Count
    games: Annotated[int, Meta(ge=1, le=MOST_GAMES)] | None
    features: list[str]
    weights: list[float]
    begun: Count
    ended: Count
    ended_lines: Count
    placements: Count
