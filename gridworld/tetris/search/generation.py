"""One generation of a training: the games of its candidates and of its mean player, and what they scored."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gridworld.tetris.game.features import full_weights
from gridworld.tetris.game.games import CUT_OFF, LINES, OVER, PIECES, RUNNING, Games, random_words
from gridworld.tetris.records import MEAN_PLAYER, GameRecord
from gridworld.tetris.search.settings import TetrisHyperparameters

Share = Callable[[np.ndarray], int]


FIRST, AGAIN, EVALUATION = range(3)
"""The rounds of a generation: all candidates play; the best of them play again; and in the final phase, where the
candidates' games are hard ones, the mean player plays on the board of the settings. Before it plays in the first round.
"""
FINAL_HEIGHT, FINAL_TWISTED = 20, 3
"""The game of the final phase: rows of the board, and how many times as often as other pieces S and Z come."""


class Generation:
    """Every candidate plays some games on the same pieces, the mean player its evaluation games. Then the finalists,
    twice as many as the elite, play again on other pieces, so that the elite is less a matter of luck.

    `candidates` is float64 [N, D], `mean` [D]; `lines` int64 [N] are the lines of each candidate's games in the rounds
    that are over; `round` is the present one, `hard` whether this is the final phase.
    """

    def __init__(
        self,
        hyper: TetrisHyperparameters,
        candidates: np.ndarray,
        mean: np.ndarray,
        rng: np.random.Generator,
        fast: bool,
        hard: bool = False,
    ) -> None:
        self._hyper, self._fast, self.hard = hyper, fast, hard
        self.candidates, self.mean = candidates, mean
        self.lines = np.zeros(hyper.population, np.int64)
        self.finalists = np.zeros(hyper.finalists, np.int64)
        self.round = FIRST
        deals = np.tile(random_words(rng, hyper.games), (hyper.population, 1))
        if not hard:
            deals = np.vstack([deals, random_words(rng, hyper.evaluations)])
        self._line_up(deals, random_words(rng, len(deals)))
        self.player_lines = np.nan

    @property
    def _next_round(self) -> int | None:
        if self.round == FIRST and self._hyper.finalists:
            return AGAIN
        return EVALUATION if self.hard and self.round != EVALUATION else None

    def begin_next(self, rng: np.random.Generator) -> None:
        """Keep what this round gave, and begin the next one."""
        following = self._next_round
        assert following is not None, "ask `over` before"
        self._keep()
        self.round = following
        if following == AGAIN:
            self.finalists = np.argsort(-self.lines, kind="stable")[: self._hyper.finalists]
            deals = np.tile(random_words(rng, self._hyper.again), (len(self.finalists), 1))
        else:
            deals = random_words(rng, self._hyper.evaluations)
        self._line_up(deals, random_words(rng, len(deals)))

    def _keep(self) -> None:
        """Take from the round's games each candidate's lines and who was cut off at first, or the evaluation."""
        hyper, status = self._hyper, self.games.status
        trained = hyper.population * hyper.games
        if self.round == FIRST:
            self.lines = status[:trained, LINES].reshape(hyper.population, hyper.games).sum(axis=1)
            self._cut = (status[:trained, OVER] == CUT_OFF).reshape(hyper.population, hyper.games).mean(axis=1)
            if not self.hard:
                self.player_lines = float(status[trained:, LINES].mean())
        elif self.round == AGAIN:
            self.lines[self.finalists] += status[:, LINES].reshape(-1, hyper.again).sum(axis=1)
        else:
            self.player_lines = float(status[:, LINES].mean())

    def _line_up(self, deals: np.ndarray, ties: np.ndarray) -> None:
        hyper = self._hyper
        height, twisted = hyper.height, hyper.twisted
        if self.hard and self.round != EVALUATION:
            height, twisted = max(height, FINAL_HEIGHT), max(twisted, FINAL_TWISTED)
        size = {"width": hyper.width, "height": height}
        pieces = {"bag": hyper.bag, "twisted": twisted}
        self.games = Games(deals, ties, fast=self._fast, rules=hyper.rules, **size, **pieces)
        self._owners = self._owners_of_round()
        rows = np.vstack([self.candidates, self.mean[None]])  # the mean player's number is that of the last row
        self._players = full_weights(rows[self._owners], hyper.feature_names)
        self.reported = 0

    def _owners_of_round(self) -> np.ndarray:
        """Return who plays each game of this round, int64 [n]."""
        hyper = self._hyper
        if self.round == AGAIN:
            return self.finalists.repeat(hyper.again)
        mean = np.full(hyper.evaluations, MEAN_PLAYER)
        if self.round == EVALUATION:
            return mean
        candidates = np.arange(hyper.population).repeat(hyper.games)
        return candidates if self.hard else np.concatenate([candidates, mean])

    def play(self, order: np.ndarray, *, limit: int, budget: int) -> int:
        """Play the games numbered in `order` on, as `Games.play` does."""
        return self.games.play(self._players, order, limit=limit, budget=budget)

    @property
    def played(self) -> bool:
        """Whether all games of this round are over and reported."""
        return self.reported == len(self._owners)

    @property
    def over(self) -> bool:
        """Whether no round follows."""
        return self.played and self._next_round is None

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
        self._keep()
        games = np.full(self._hyper.population, float(self._hyper.games))
        games[self.finalists] += self._hyper.again
        return self.lines / games

    def ranking(self, scores: np.ndarray) -> np.ndarray:
        """Return the scores, float64 [N], with every candidate that did not play again below those that did."""
        if not len(self.finalists):
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
        if self.round != FIRST:
            arrays |= {"finalists": self.finalists.copy(), "first_lines": self.lines.copy(), "first_cut": self._cut}
            arrays["player_lines"] = np.array(self.player_lines)
        if self.round == EVALUATION:
            arrays["evaluating"] = np.array(True)
        return arrays

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Go on from what `state` gave; raise ValueError where it does not fit these settings."""
        self.round = EVALUATION if "evaluating" in arrays else AGAIN if "finalists" in arrays else FIRST
        if self.round == EVALUATION and not self.hard:
            raise ValueError("The state's games are of a round that this phase has not.")
        expected = {"candidates": self.candidates}
        if self.round != FIRST:
            first = {"first_lines": self.lines, "first_cut": np.zeros(len(self.lines)), "player_lines": np.array(0.0)}
            expected |= {"finalists": self.finalists, **first}
        check_arrays(arrays, expected)
        self.candidates = arrays["candidates"].copy()
        if self.round != FIRST:
            self.finalists, self.lines = arrays["finalists"].copy(), arrays["first_lines"].copy()
            self._cut, self.player_lines = arrays["first_cut"].copy(), float(arrays["player_lines"])
            if ((self.finalists < 0) | (self.finalists >= len(self.candidates))).any():
                raise ValueError("The state's array 'finalists' names a candidate that does not exist.")
        words = [arrays.get(f"games_{name}", np.zeros(0, np.uint64)) for name in ("piece_words", "tie_words")]
        n = len(self._owners_of_round())
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
