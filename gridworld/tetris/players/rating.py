"""The ratings that a saved player gets by itself: a few million placements on each board, under the literature's
rules, the same pieces for every player."""

from __future__ import annotations

from dataclasses import replace

from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.players.saved import Player, Players

BOARDS = {"10x10": (10, 10), "10x20": (10, 20)}
PRECISION = 0.05
PLACEMENTS = 6_000_000
"""On each board, unless the interval is within `PRECISION` before: fifteen seconds of a core."""


def rate(player: Player, board: str, placements: int = PLACEMENTS) -> Player:
    """Return the player with its rating on one of `BOARDS`."""
    width, height = BOARDS[board]
    played = Evaluation(player.weights, player.features, width=width, height=height)
    while played.placements < placements and not (0 < (played.estimate.precision or 0) <= PRECISION):
        played.advance()
    return replace(player, ratings={**player.ratings, board: played.estimate})


def rate_saved(players: Players, player: Player) -> None:
    """Write the rating on each board beside a saved player, as long as it is there."""
    for board in BOARDS:
        player = rate(player, board)
        if players.read(player.name).weights != player.weights:
            return
        players.save(player, replace=True)
