"""The ratings that a saved player gets by itself: a few million placements on each board, under the literature's
rules, the same pieces for every player."""

from __future__ import annotations

from dataclasses import replace

from gridworld.tetris.evaluation.estimate import MeanLines
from gridworld.tetris.evaluation.evaluation import Evaluation
from gridworld.tetris.evaluation.splitting import estimate_by_splitting
from gridworld.tetris.players.saved import Player, Players

BOARDS = {"10x10": (10, 10), "10x20": (10, 20)}
PRECISION = 0.05
PLACEMENTS = 6_000_000
"""On each board, unless the interval is within `PRECISION` before: fifteen seconds of a core."""
NETWORK_SHARE = 10
"""A network plays this many times fewer of them: it takes up to thirty times as long for each."""
ENDS = 10
"""Where fewer games have ended by then, the rating of a linear player is an estimate by splitting."""
SIDE_BY_SIDE = 400
"""Games in each of its estimates: half a minute of a core for all."""


def rate(player: Player, board: str, placements: int = PLACEMENTS, side_by_side: int = SIDE_BY_SIDE) -> Player:
    """Return the player with its rating on one of `BOARDS`."""
    width, height = BOARDS[board]
    played = Evaluation(player.weights, player.features, width=width, height=height)
    wanted = placements if player.is_linear else placements // NETWORK_SHARE
    while played.placements < wanted and not (0 < (played.estimate.precision or 0) <= PRECISION):
        played.advance()
    found: MeanLines = played.estimate
    if played.estimate.finished < ENDS and player.is_linear:
        split = estimate_by_splitting(player.weights, player.features, width=width, height=height, games=side_by_side)
        found = split if is_better(split, found) else found
    return replace(player, ratings={**player.ratings, board: found})


def is_better(found: MeanLines, known: MeanLines | None) -> bool:
    """Return whether an estimate is better than one that is known: its interval is narrower for its mean."""
    return found.mean is not None and (known is None or _uncertainty(found) < _uncertainty(known))


def _uncertainty(found: MeanLines) -> tuple[bool, bool, float]:
    return found.mean is None, found.precision is None, found.precision or 0.0


def rate_saved(players: Players, player: Player) -> None:
    """Write the rating on each board beside a saved player, as long as it is there."""
    for board in BOARDS:
        player = rate(player, board)
        if players.read(player.name).weights != player.weights:
            return
        players.save(player, replace=True)
