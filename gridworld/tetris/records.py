"""Records of the games and generations of a Tetris training."""

from __future__ import annotations

from typing import NamedTuple

MEAN_PLAYER = -1
"""The number of the candidate that is the mean of a generation's distribution."""


class GameRecord(NamedTuple):
    """A finished training game. `candidate` is 0 .. population - 1, or `MEAN_PLAYER` in an evaluation game."""

    generation: int
    candidate: int
    lines: int
    pieces: int
    cut_off: bool


class GenerationRecord(NamedTuple):
    """A finished generation.

    `placements` counts from the start of the run; `cap` is the number of pieces after which its games were cut off;
    `mean_lines`, `std_lines` and `best_lines` are over the candidates' scores; `player_lines` is the mean of the
    evaluation games, played by `weights` [D], the mean of the distribution with standard deviations `deviation` [D],
    one for each feature of the training.
    """

    generation: int
    placements: int
    cap: int
    mean_lines: float
    std_lines: float
    best_lines: float
    player_lines: float
    weights: tuple[float, ...]
    deviation: tuple[float, ...]


class Progress(NamedTuple):
    """What `TetrisTrainer.advance` did: pieces placed, and the games and generations that were finished, in order."""

    placements: int
    games: list[GameRecord]
    generations: list[GenerationRecord]
