"""`gridworld tetris`: train, evaluate and watch Tetris players."""

from __future__ import annotations

import click

from gridworld.cli.group import LazyGroup

SUMMARIES = {
    "train": "Train a player by searching for weights.",
    "evaluate": "Play games to their end, and give the mean lines with an interval.",
    "play": "Show a game piece by piece.",
}


@click.group(cls=LazyGroup, summaries=SUMMARIES, package=__name__, extensible=False)
def tetris() -> None:
    """Train, evaluate and watch Tetris players.

    A PLAYER is a player's file, the name of a saved player, or a published one: bcts, dt10, dt20.
    """
