"""`gridworld tetris play`: a game piece by piece."""

from __future__ import annotations

from itertools import islice, pairwise
from typing import Any

import click

from gridworld.cli.parameters import Whole, json_option, print_json
from gridworld.cli.tables import csv_text
from gridworld.cli.tetris.inputs import board_options, find_player
from gridworld.tetris.game.pieces import NAMES
from gridworld.tetris.game.render import as_text
from gridworld.tetris.game.watch import GameScene, demo

MOST_PIECES = 1_000_000


@click.command
@click.argument("player", metavar="PLAYER")
@board_options
@click.option("--pieces", type=Whole(0, MOST_PIECES), default=200, show_default=True, help="Pieces to place, at most.")
@click.option("--steps", is_flag=True, help="Print the board after each piece instead of only the last.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print each placement as comma-separated values.")
def play(
    player: str,
    board: tuple[int, int],
    rules: str,
    seed: int,
    pieces: int,
    steps: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Let PLAYER play one game, and print its board: a letter for each cell, the piece to place above it."""
    if as_json + as_csv + steps > 1:
        raise click.UsageError("Give one of --steps, --json and --csv.")
    chosen = find_player(player)
    options: dict[str, Any] = {"width": board[0], "height": board[1], "rules": rules, "seed": seed}
    scenes = islice(demo(chosen.weights, features=chosen.features, **options), pieces + 1)
    if as_csv:
        rows = (_placement(before, after, board[0]) for before, after in pairwise(scenes))
        click.echo(csv_text(["piece", "rotation", "column", "lines"], [row for row in rows if row is not None]))
        return
    for scene in scenes:
        if steps:
            click.echo(_text(scene))
    if as_json:
        counts = {"pieces": scene.pieces, "lines": scene.lines, "over": scene.over}
        facts = {"player": player, "board": f"{board[0]}x{board[1]}", "rules": rules, "seed": seed}
        print_json({**facts, **counts, "cells": scene.cells.tolist()})
    elif not steps:
        click.echo(_text(scene))


def _text(scene: GameScene) -> str:
    end = "  game over" if scene.over else ""
    return as_text(scene.cells, scene.piece, scene.next_piece, scene.lines) + f"\n{scene.pieces:,} pieces{end}\n"


def _placement(before: GameScene, after: GameScene, width: int) -> list[Any] | None:
    """Return the piece, its rotation and column, and the lines of a placement; None where there was none."""
    if after.pieces == before.pieces:
        return None
    rotation, column = divmod(after.action, width)
    return [NAMES[before.piece], rotation, column, after.lines - before.lines]
