"""`gridworld tetris evaluate`: games to their end, with an exact interval."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.parameters import Real, Whole, finite, json_option, note, print_json
from gridworld.cli.tables import NONE, csv_text, number, table
from gridworld.cli.tetris.inputs import board_options, find_player, threads_option
from gridworld.cli.tetris.state_file import StateFile
from gridworld.errors import CheckpointError
from gridworld.tetris.evaluation.estimate import LEVEL
from gridworld.tetris.evaluation.evaluation import MOST_GAMES, Evaluation
from gridworld.tetris.game.board import LITERATURE
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.rating import BOARDS
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.search.storage import players_folder
from gridworld.tetris.search.trainer import usable_cores

DEFAULT_GAMES = 100


@click.command
@click.argument("player", metavar="PLAYER")
@board_options
@click.option("--games", type=Whole(1, MOST_GAMES), help=f"Games to play to their end.  [default: {DEFAULT_GAMES}]")
@click.option(
    "--precision",
    type=Real(0.001, 1.0),
    help="In place of --games: play until half the interval's width is this share of the mean.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    help="Keep the games in this file, once a minute and at the end; if it is there, go on with them.",
)
@threads_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values on standard output.")
def evaluate(
    player: str,
    board: tuple[int, int],
    rules: str,
    seed: int,
    games: int | None,
    precision: float | None,
    state: Path | None,
    threads: int | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Play games of PLAYER until each has ended, and print the mean lines of a game with its 95% interval.

    PLAYER is a player's file, the name of a saved player, or bcts, dt10 or dt20. There is no cap on a game. A game
    that Ctrl-C cuts off, or that still goes on when --precision is reached, counts with the lines it has: lengths are
    distributed exponentially.
    """
    if games is not None and precision is not None:
        raise click.UsageError("Give either --games or --precision.")
    if as_json and as_csv:
        raise click.UsageError("Give either --json or --csv.")
    file = StateFile(state)
    chosen = find_player(player)
    wanted = games or (None if precision else DEFAULT_GAMES)
    options: dict[str, Any] = {"width": board[0], "height": board[1], "rules": rules, "seed": seed, "games": wanted}
    made = Evaluation(chosen.weights, chosen.features, **options)
    made = _go_on(made, file)
    with GracefulEnd() as ending:
        _play(made, precision, file, threads or usable_cores(), ending)
        _print(player, made, as_json, as_csv)
        _keep_rating(player, chosen, made)
        file.end(made.save, "Saved: {}. The same command goes on with it.")
    return ending.code or 0


def _go_on(made: Evaluation, file: StateFile) -> Evaluation:
    stored = file.read(Evaluation.load)
    if stored is not None and stored.order != made.order:
        raise CheckpointError(
            "settings", f"{file.path} has games of another player, board, rules, seed or number; name another file."
        )
    return stored or made


def _play(made: Evaluation, precision: float | None, file: StateFile, threads: int, ending: GracefulEnd) -> None:
    """Play until all games are over, the interval is narrow enough, or somebody interrupts."""
    interval = 0.1 if sys.stderr.isatty() else 10
    with (
        ThreadPoolExecutor(threads, "evaluation") as pool,
        tqdm(total=made.games, unit="game", mininterval=interval) as bar,
    ):
        while not (ending.stop.is_set() or made.finished or _is_narrow(made, precision)):
            made.advance(pool)
            found = made.estimate
            share = f" ± {found.precision:.1%}" if found.precision is not None else ""
            bar.set_postfix_str(f"{number(found.mean, 0)} lines{share}, {made.placements:,} placements", refresh=False)
            bar.update(found.finished - bar.n)
            file.keep(made.save)


def _is_narrow(made: Evaluation, precision: float | None) -> bool:
    found = made.estimate.precision
    return precision is not None and found is not None and found <= precision


def _print(player: str, made: Evaluation, as_json: bool, as_csv: bool) -> None:
    found = made.estimate
    low, high = found.interval
    if as_json:
        counts = {"games": found.games, "finished": found.finished, "mean_lines": finite(found.mean)}
        figures = {**counts, "interval": [finite(low), finite(high)], "level": LEVEL}
        print_json({"player": player, "board": made.board, "rules": made.rules, **figures})
        return
    names = ["player", "board", "rules", "games", "finished", "mean_lines", "low", "high", "level"]
    values = [player, made.board, made.rules, found.games, found.finished, found.mean, low, high, LEVEL]
    if as_csv:
        click.echo(csv_text(names, [values]))
        return
    head = ["player", "board", "rules", "games", "finished", "mean lines", f"{LEVEL:.0%} interval"]
    interval = f"{number(low, 0)} to {NONE if high is None else number(high, 0)}"
    row = [player, made.board, made.rules, f"{found.games:,}", f"{found.finished:,}", number(found.mean, 0), interval]
    click.echo(table(head, [row], left=3))


def _keep_rating(word: str, player: Player, made: Evaluation) -> None:
    """Write the estimate into the saved player's file, if it is the best that is known of it."""
    if made.rules != LITERATURE or made.board not in BOARDS or word in BUILT_IN or word != player.name:
        return
    players, found, known = Players(players_folder()), made.estimate, player.ratings.get(made.board)
    if not found.finished or (known is not None and known.finished >= found.finished):
        return
    try:
        if players.read(word).weights == player.weights:
            players.save(replace(player, ratings={**player.ratings, made.board: found}), replace=True)
    except CheckpointError:
        return  # the player was named by a file that only looks like a saved one's name
    note(f"This is now the rating of {word} on {made.board}.")
