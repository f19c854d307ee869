"""What a Tetris training reports: streams of rows, a board and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gridworld.runs.frame import Columns
from gridworld.runs.history import Stream
from gridworld.tetris.game.features import COVERED_WELLS, FORMER_FEATURES, NAMES, OPEN_FEATURES, full_weights
from gridworld.tetris.records import MEAN_PLAYER, GameRecord, GenerationRecord


def feature_column(prefix: str, name: str) -> str:
    """Return the column of `GENERATIONS` for a feature; the prefix is "weight" or "deviation"."""
    return f"{prefix}_{name.replace(' ', '_').replace('/', '_')}"


SCORES = (0, 40, 100, 300, 1200)  # of a placement by the number of rows it clears, as on the first consoles

GAMES = Stream(
    "games",
    {
        "game": "last",  # number of the row's last game, counted from 1
        "generation": "last",
        "games": "sum",  # how many games the row covers
        "evaluations": "sum",  # how many of them were played by the mean player
        "lines": "sum",
        "lines_min": "min",
        "lines_max": "max",
        "pieces": "sum",
        "cut_off": "sum",
    },
    counts="games",
)
"""The games of a training. Divide sums by `games`."""

GENERATIONS = Stream(
    "generations",
    {
        "generation": "last",  # counted from 1
        "placements": "last",
        "generations": "sum",  # how many the row covers
        "cap": "last",
        "mean_lines": "sum",
        "std_lines": "sum",
        "best_lines": "max",
        "player_lines": "sum",
        **{feature_column("weight", name): "last" for name in NAMES},
        **{feature_column("deviation", name): "last" for name in NAMES},
    },
    counts="generations",
)
"""The generations of a training: see `GenerationRecord`. Divide sums by `generations`. A feature that the training does
not use has 0 for its weight and deviation."""

_FIGURES = len(GENERATIONS.columns) - 2 * len(NAMES)
FORMER_WIDTH = _FIGURES + 2 * len(FORMER_FEATURES)
"""Columns of the generations' log in checkpoints from before there was a choice of features."""
_FORMER_LOGS = {_FIGURES + 2 * len(names): names for names in (FORMER_FEATURES, (*OPEN_FEATURES, NAMES[COVERED_WELLS]))}
"""The features whose weights the generations' log has in older checkpoints, by the number of its columns: from before
there was a choice of features, and from before wells and depths were counted as in MDPTetris."""


@dataclass(frozen=True, slots=True)
class TetrisBoard:
    """The game that is shown beside a training: the present player's on a board of ordinary size, piece by piece."""

    cells: np.ndarray  # uint8 [20, 10], the top row first: 0 empty, p + 1 a cell of piece p
    piece: int
    next_piece: int
    score: int
    lines: int
    pieces: int
    generation: int  # of the player, counted from 1
    over: bool


@dataclass(frozen=True, slots=True)
class TetrisMetrics:
    """The progress of a training. What is not known before the first game or generation is over is NaN."""

    placements: int
    placements_per_second: float
    games: int
    generation: int  # the present one, counted from 1
    cap: int
    mean_lines: float  # of the last 100 games
    best_lines: float  # the most in one game
    player_lines: float  # mean of the evaluation games of the last generation
    best_player_lines: float
    weights: np.ndarray  # float64 [D], the present player
    deviation: np.ndarray  # float64 [D]
    features: tuple[str, ...]  # D names
    candidates: np.ndarray  # float16 [n, D], of the present generation


def game_columns(games: Sequence[GameRecord], first: int) -> Columns:
    """Return rows of `GAMES`; `first` is the number of the first game."""
    rows = [
        (first + i, g.generation + 1, 1, g.candidate == MEAN_PLAYER, g.lines, g.lines, g.lines, g.pieces, g.cut_off)
        for i, g in enumerate(games)
    ]
    return _columns(GAMES, rows)


def generation_columns(generations: Sequence[GenerationRecord], features: Sequence[str]) -> Columns:
    """Return rows of `GENERATIONS` for a training with these features."""
    rows = [
        (g.generation + 1, g.placements, 1, *g[2:7], *_full(g.weights, features), *_full(g.deviation, features))
        for g in generations
    ]
    return _columns(GENERATIONS, rows)


def present_rows(rows: np.ndarray) -> np.ndarray:
    """Return logged generations, float64 [N, C], with the columns that `GENERATIONS` has now."""
    names = _FORMER_LOGS.get(rows.shape[1]) if rows.ndim == 2 else None
    if names is None:
        return rows
    figures, weights, deviation = np.split(rows, [_FIGURES, _FIGURES + len(names)], axis=1)
    return np.hstack([figures, full_weights(weights, names), full_weights(deviation, names)])


def _full(weights: Sequence[float], features: Sequence[str]) -> np.ndarray:
    return full_weights(np.array(weights, np.float64), features)


def _columns(stream: Stream, rows: Sequence[tuple[float, ...]]) -> Columns:
    table = np.array(rows, np.float64).reshape(-1, len(stream.columns))
    return dict(zip(stream.columns, table.T, strict=True))
