"""What the Tetris commands share: players, boards, rules, and the processor's cores."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gridworld.cli.parameters import Whole
from gridworld.errors import CheckpointError
from gridworld.tetris.game.board import LITERATURE, RULES, check_size
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.saved import LARGEST, Player, Players, read_player
from gridworld.tetris.search.storage import players_folder
from gridworld.tetris.search.trainer import usable_cores

MOST_THREADS = 256


class Board(click.ParamType):
    """The size of a board as "10x20": columns and rows."""

    name = "board"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        match = re.fullmatch(r"([0-9]{1,4})[x×]([0-9]{1,4})", value)
        if not match:
            self.fail(
                f"{reprlib.repr(value)} is not the size of a board; give columns and rows, such as 10x20.", param, ctx
            )
        try:
            check_size(int(match[1]), int(match[2]))
        except ValueError as problem:
            self.fail(str(problem), param, ctx)
        return int(match[1]), int(match[2])


def board_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --board, --rules and --seed to a command."""
    options = (
        click.option(
            "--board", type=Board(), default="10x20", show_default=True, help="Columns and rows, such as 10x10."
        ),
        click.option(
            "--rules",
            type=click.Choice(RULES),
            default=LITERATURE,
            show_default=True,
            help="Whether a piece may stick out above the board where clearing rows makes room.",
        ),
        click.option(
            "--seed", type=Whole(0, (1 << 53) - 1), default=0, show_default=True, help="The seed of the pieces."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


threads_option = click.option(
    "--threads", type=Whole(1, MOST_THREADS), help=f"Games played at the same time.  [default: {usable_cores()}]"
)


def find_player(word: str) -> Player:
    """Return the player of a file, of that name, or the built-in one.

    Raises
    ------
    CheckpointError
        If its file can't be used, or there is no such player.
    """
    path = Path(word)
    if path.suffix == ".json" or "/" in word or (path.is_file() and word not in BUILT_IN):
        return _of_file(path)
    if word in BUILT_IN:
        return BUILT_IN[word]
    try:
        return Players(players_folder()).read(word)
    except CheckpointError as problem:
        names = ", ".join(BUILT_IN)
        raise CheckpointError(
            problem.code, f"There is no player {reprlib.repr(word)}: {problem} The built-in players are {names}."
        ) from None


def _of_file(path: Path) -> Player:
    if not path.is_file():
        raise CheckpointError("missing", f"{path}: there is no such file.")
    with path.open("rb") as file:
        try:
            return read_player(file.read(LARGEST + 1))
        except CheckpointError as problem:
            raise CheckpointError(problem.code, f"{path}: {problem}") from None
