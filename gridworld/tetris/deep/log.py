"""The log of a training with stable-baselines3: its games and generations, and figures made of them."""

from __future__ import annotations

import base64
import zlib
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gridworld.runs.frame import Columns, concatenate
from gridworld.runs.history import History, Stream
from gridworld.tetris.deep.games import Game
from gridworld.tetris.deep.recipe import DeepMetrics
from gridworld.tetris.game.features import LEARNED_FEATURES
from gridworld.tetris.records import GameRecord, GenerationRecord
from gridworld.tetris.report import (
    FORMER_WIDTH,
    GAMES,
    GENERATIONS,
    game_columns,
    generation_columns,
    present_rows,
)

RECENT = 100  # games in a running mean
FORMER_WIDTHS = {GAMES.name: len(GAMES.columns), GENERATIONS.name: FORMER_WIDTH}


class DeepLog:
    """Games and generations of a training. What is not known yet is NaN.

    A generation is what one state of the teacher covers: a rollout of PPO, the time between two updates of DQN's target
    network. One in which no game ended goes on in the next.
    """

    def __init__(self) -> None:
        self.games = self.generation = 0
        self.best_lines = self.player_lines = self.best_player_lines = np.nan
        self.recent: deque[float] = deque(maxlen=RECENT)  # lines
        self.returns: deque[float] = deque(maxlen=RECENT)
        self.histories = {stream.name: History(stream) for stream in (GAMES, GENERATIONS)}
        self._lines: list[int] = []  # of this generation's games
        self._news: dict[str, Columns] = {}

    @property
    def mean_lines(self) -> float:
        """Of the last 100 games."""
        return float(np.mean(self.recent)) if self.recent else np.nan

    @property
    def mean_return(self) -> float:
        """Of the last 100 games."""
        return float(np.mean(self.returns)) if self.returns else np.nan

    def record(self, games: Iterable[Game]) -> None:
        """Take up games that are over."""
        for game in games:
            self._append(
                GAMES,
                game_columns([GameRecord(self.generation, 0, game.lines, game.pieces, game.cut_off)], self.games + 1),
            )
            self.games += 1
            self.best_lines = float(np.nanmax([self.best_lines, game.lines]))
            self.recent.append(game.lines)
            self.returns.append(game.total)
            self._lines.append(game.lines)

    def end_generation(self, step: int, weights: tuple[float, ...] = ()) -> None:
        """Close a generation, if it had a game. The player's lines are the mean of the last 100 games; its `weights`
        are those of the features of DT, or none."""
        if not self._lines:
            return
        self.player_lines = self.mean_lines
        self.best_player_lines = float(np.nanmax([self.best_player_lines, self.player_lines]))
        mean, spread, best = np.mean(self._lines), np.std(self._lines), max(self._lines)
        figures = float(mean), float(spread), best, self.player_lines
        record = GenerationRecord(self.generation, step, 0, *figures, weights, (0.0,) * len(weights))
        self._append(GENERATIONS, generation_columns([record], LEARNED_FEATURES[: len(weights)]))
        self.generation += 1
        self._lines.clear()

    def metrics(self, step: int, weights: tuple[float, ...], algorithm: str, target: int, **now: Any) -> DeepMetrics:
        """Return the figures of a training after `step` timesteps of `target`; `now` has those that change at once."""
        moving: dict[str, Any] = {"placements_per_second": 0.0, "score": 0, "lines": 0, **now}
        return DeepMetrics(
            placements=step,
            games=int(self.games),
            generation=self.generation + 1,
            cap=0,
            mean_lines=self.mean_lines,
            best_lines=float(self.best_lines),
            player_lines=float(self.player_lines),
            best_player_lines=float(self.best_player_lines),
            weights=np.array(weights),
            deviation=np.zeros(len(weights)),
            features=LEARNED_FEATURES[: len(weights)],
            candidates=np.zeros((0, len(weights)), np.float16),
            algorithm=algorithm,
            mean_return=self.mean_return,
            target=target,
            **moving,
        )

    def news(self) -> Mapping[str, Columns]:
        """Return the rows added since the last call."""
        news, self._news = self._news, {}
        return news

    def state(self) -> dict[str, Any]:
        """Return all of it, as JSON knows it."""
        figures = (self.best_lines, self.player_lines, self.best_player_lines)
        return {
            "games": self.games,
            "generation": self.generation,
            "figures": [None if np.isnan(figure) else figure for figure in figures],
            "recent": list(self.recent),
            "returns": list(self.returns),
            "lines": list(self._lines),
            "widths": {name: len(history.stream.columns) for name, history in self.histories.items()},
            "rows": {name: _pack(history.rows[: len(history)]) for name, history in self.histories.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave, and have it all as news."""
        self.games, self.generation = state["games"], state["generation"]
        figures = [np.nan if figure is None else figure for figure in state["figures"]]
        self.best_lines, self.player_lines, self.best_player_lines = figures
        self.recent.extend(state["recent"])
        self.returns.extend(state["returns"])
        self._lines = list(state["lines"])
        for name, history in self.histories.items():
            width = state.get("widths", FORMER_WIDTHS)[name]
            rows = _unpack(state["rows"][name], width, history.capacity)
            if history.stream is GENERATIONS:
                rows = present_rows(rows)
            if len(rows):
                self._append(history.stream, dict(zip(history.stream.columns, rows.T, strict=True)))

    def _append(self, stream: Stream, columns: Columns) -> None:
        self.histories[stream.name].append(columns)
        self._news[stream.name] = concatenate(self._news.get(stream.name), columns)


def _pack(rows: np.ndarray) -> str:
    """Return rows as a short text: a model's description is written number by number, which takes a while for many."""
    return base64.b64encode(zlib.compress(rows.tobytes(), 1)).decode()


def _unpack(text: str, columns: int, most: int) -> np.ndarray:
    """Return at most `most` rows. Raise ValueError, or what zlib raises, for what `_pack` has not made."""
    size = 8 * columns * most
    numbers = zlib.decompressobj().decompress(base64.b64decode(text), size + 1)
    if len(numbers) > size:
        raise ValueError(f"a log has more than {most:,} rows")
    return np.frombuffer(numbers).reshape(-1, columns)
