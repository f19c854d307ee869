"""One generation of a training: the games of its candidates and of its mean player, and what they scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gridworld.tetris.game.features import full_weights
from gridworld.tetris.game.games import CUT_OFF, LINES, OVER, PIECES, RUNNING, Games, random_words
from gridworld.tetris.records import MEAN_PLAYER, GameRecord
from gridworld.tetris.search.settings import TetrisHyperparameters

Share = Callable[[np.ndarray], int]


class Generation:
    """Every candidate plays some games on the same pieces, the mean player its evaluation games. Then the finalists,
    twice as many as the elite, play again on other pieces, so that the elite is less a matter of luck.

    `candidates` is float64 [N, D], `mean` [D]; `lines` int64 [N] are the lines of each candidate's first games; `final`
    is whether the finalists play, whose numbers are `finalists`.
    """

    def __init__(
        self,
        hyper: TetrisHyperparameters,
        candidates: np.ndarray,
        mean: np.ndarray,
        rng: np.random.Generator,
        fast: bool,
    ) -> None:
        self._hyper, self._fast = hyper, fast
        self.candidates, self.mean = candidates, mean
        self.lines = np.zeros(hyper.population, np.int64)
        self.finalists = np.zeros(hyper.finalists, np.int64)
        self.final = False
        deals = np.tile(random_words(rng, hyper.games), (hyper.population, 1))
        deals = np.vstack([deals, random_words(rng, hyper.evaluations)])
        self._line_up(deals, random_words(rng, len(deals)))
        self.player_lines = np.nan

    def begin_final(self, rng: np.random.Generator) -> None:
        """Keep what the first games gave, and let the best candidates play again."""
        self._keep_first_games()
        self.finalists = np.argsort(-self.lines, kind="stable")[: self._hyper.finalists]
        self.final = True
        deals = np.tile(random_words(rng, self._hyper.again), (len(self.finalists), 1))
        self._line_up(deals, random_words(rng, len(deals)))

    def _keep_first_games(self) -> None:
        """Take from the first games each candidate's lines, the evaluation, and who was cut off."""
        hyper, status = self._hyper, self.games.status
        trained = hyper.population * hyper.games
        self.lines = status[:trained, LINES].reshape(hyper.population, hyper.games).sum(axis=1)
        self.player_lines = float(status[trained:, LINES].mean())
        self._cut = (status[:trained, OVER] == CUT_OFF).reshape(hyper.population, hyper.games).mean(axis=1)

    def _line_up(self, deals: np.ndarray, ties: np.ndarray) -> None:
        hyper = self._hyper
        size = {"width": hyper.width, "height": hyper.height}
        pieces = {"bag": hyper.bag, "twisted": hyper.twisted}
        self.games = Games(deals, ties, fast=self._fast, rules=hyper.rules, **size, **pieces)
        mean = np.full(hyper.evaluations, MEAN_PLAYER)
        first = np.arange(hyper.population).repeat(hyper.games)
        self._owners = self.finalists.repeat(hyper.again) if self.final else np.concatenate([first, mean])
        rows = np.vstack([self.candidates, self.mean[None]])  # the mean player's number is that of the last row
        self._players = full_weights(rows[self._owners], hyper.feature_names)
        self.reported = 0

    def play(self, order: np.ndarray, *, limit: int, budget: int) -> int:
        """Play the games numbered in `order` on, as `Games.play` does."""
        return self.games.play(self._players, order, limit=limit, budget=budget)

    @property
    def played(self) -> bool:
        """Whether all games of this round are over and reported."""
        return self.reported == len(self._owners)

    @property
    def over(self) -> bool:
        """Whether nobody plays again."""
        return self.played and (self.final or not self._hyper.finalists)

    def finished_games(self, number: int) -> list[GameRecord]:
        """Return the games before the first unfinished one that were not reported yet: an order that no slicing
        changes. `number` is the generation's."""
        status, first = self.games.status, self.reported
        running = np.flatnonzero(status[first:, OVER] == RUNNING)
        self.reported = first + int(running[0]) if len(running) else len(status)
        rows = status[first : self.reported, [LINES, PIECES, OVER]].tolist()
        owners = self._owners[first : self.reported].tolist()
        return [
            GameRecord(number, owner, lines, pieces, over == CUT_OFF)
            for owner, (lines, pieces, over) in zip(owners, rows, strict=True)
        ]

    def scores(self) -> np.ndarray:
        """Return each candidate's mean lines over all its games, float64 [N], once the generation is over."""
        hyper = self._hyper
        if not self.final:
            self._keep_first_games()
        lines, games = self.lines.astype(float), np.full(hyper.population, float(hyper.games))
        if self.final:
            lines[self.finalists] += self.games.status[:, LINES].reshape(-1, hyper.again).sum(axis=1)
            games[self.finalists] += hyper.again
        return lines / games

    def ranking(self, scores: np.ndarray) -> np.ndarray:
        """Return the scores, float64 [N], with every candidate that did not play again below those that did."""
        if not self.final:
            return scores
        ranked = np.full(len(scores), -np.inf)
        ranked[self.finalists] = scores[self.finalists]
        return ranked

    def share_cut_off(self, candidates: np.ndarray) -> float:
        """Return which share of the first games of these candidates was cut off."""
        return float(self._cut[candidates].mean())

    def state(self) -> dict[str, np.ndarray]:
        """Return all that changes, in the midst of the games."""
        arrays = {f"games_{name}": getattr(self.games, name).copy() for name in Games.ARRAYS}
        arrays["candidates"] = self.candidates.copy()
        if self.final:
            arrays |= {"finalists": self.finalists.copy(), "first_lines": self.lines.copy(), "first_cut": self._cut}
            arrays["player_lines"] = np.array(self.player_lines)
        return arrays

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave; raise ValueError where it does not fit these settings."""
        self.final = "finalists" in arrays
        expected = {"candidates": self.candidates}
        if self.final:
            first = {"first_lines": self.lines, "first_cut": np.zeros(len(self.lines)), "player_lines": np.array(0.0)}
            expected |= {"finalists": self.finalists, **first}
        check_arrays(arrays, expected)
        self.candidates = arrays["candidates"].copy()
        if self.final:
            self.finalists, self.lines = arrays["finalists"].copy(), arrays["first_lines"].copy()
            self._cut, self.player_lines = arrays["first_cut"].copy(), float(arrays["player_lines"])
            if self.finalists.min() < 0 or self.finalists.max() >= len(self.candidates):
                raise ValueError("The state's array 'finalists' names a candidate that does not exist.")
        words = [arrays.get(f"games_{name}", np.zeros(0, np.uint64)) for name in ("piece_words", "tie_words")]
        n = len(self.finalists) * self._hyper.again if self.final else len(self._owners)
        check_arrays(arrays, dict.fromkeys(("games_piece_words", "games_tie_words"), np.zeros((n, 4), np.uint64)))
        self._line_up(*words)
        check_arrays(arrays, {f"games_{name}": getattr(self.games, name) for name in Games.ARRAYS})
        for name in Games.ARRAYS:
            getattr(self.games, name)[:] = arrays[f"games_{name}"]
        self.games.check()


def check_arrays(arrays: Mapping[str, np.ndarray], expected: Mapping[str, np.ndarray]) -> None:
    """Raise ValueError where an array is missing or of another kind or shape than the expected one."""
    for name, array in expected.items():
        found = arrays.get(name)
        if found is None or found.shape != array.shape or found.dtype != array.dtype:
            raise ValueError(f"The state's array {name!r} is missing or is not {array.dtype} {list(array.shape)}.")
