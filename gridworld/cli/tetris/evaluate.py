"""`gridworld tetris evaluate`: the mean lines of a player's games, with an interval."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.parameters import Real, Whole, finite, json_option, note, print_json
from gridworld.cli.progress import between_drawings
from gridworld.cli.tables import NONE, csv_text, number, table
from gridworld.cli.tetris.by_splitting import MOST_GAMES as MOST_SIDE_BY_SIDE
from gridworld.cli.tetris.by_splitting import estimate
from gridworld.cli.tetris.inputs import board_options, find_player, threads_option
from gridworld.cli.tetris.state_file import StateFile
from gridworld.errors import CheckpointError
from gridworld.tetris.evaluation.estimate import LEVEL, LinesEstimate, MeanLines
from gridworld.tetris.evaluation.evaluation import MOST_GAMES, Evaluation
from gridworld.tetris.evaluation.splitting import GAMES as SIDE_BY_SIDE
from gridworld.tetris.evaluation.splitting import REPETITIONS, SplittingEstimate
from gridworld.tetris.game.board import LITERATURE
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.rating import BOARDS, is_better
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.search.storage import players_folder
from gridworld.tetris.search.trainer import usable_cores

DEFAULT_GAMES = 100


@click.command
@click.argument("player", metavar="PLAYER")
@board_options
@click.option(
    "--games",
    type=Whole(1, MOST_GAMES),
    help=f"Games to play to their end; with --splitting, games side by side in each of {REPETITIONS} estimates.  "
    f"[default: {DEFAULT_GAMES}; {SIDE_BY_SIDE:,}]",
)
@click.option(
    "--precision",
    type=Real(0.001, 1.0),
    help="In place of --games: play until half the interval's width is this share of the mean.",
)
@click.option(
    "--splitting",
    is_flag=True,
    help="Estimate games that would last for hours or days by splitting them at heights of the stack: minutes.",
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
    splitting: bool,
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
    _check(games, precision, splitting, state)
    if as_json and as_csv:
        raise click.UsageError("Give either --json or --csv.")
    file, chosen, cores = StateFile(state), find_player(player), threads or usable_cores()
    options: dict[str, Any] = {"width": board[0], "height": board[1], "rules": rules, "seed": seed}
    facts: dict[str, Any] = {"player": player, "board": f"{board[0]}x{board[1]}", "rules": rules}
    made: Evaluation | None = None
    found: LinesEstimate | SplittingEstimate
    if not splitting:
        wanted = games or (None if precision else DEFAULT_GAMES)
        made = _go_on(Evaluation(chosen.weights, chosen.features, games=wanted, **options), file)
    with GracefulEnd() as ending:
        if made is None:
            found = estimate(chosen, precision, cores, ending, games=games or SIDE_BY_SIDE, **options)
            counts = {"estimates": found.estimates, "placements": found.placements}
        else:
            _play(made, precision, file, cores, ending)
            found = made.estimate
            counts = {"games": found.games, "finished": found.finished}
        _print({**facts, **counts}, found, as_json, as_csv)
        _keep_rating(player, chosen, facts["board"], rules, found)
        if made is not None:
            file.end(made.save, "Saved: {}. The same command goes on with it.")
    return ending.code or 0


def _check(games: int | None, precision: float | None, splitting: bool, state: Path | None) -> None:
    """Refuse options that do not go together."""
    if games is not None and precision is not None and not splitting:
        raise click.UsageError("Give either --games or --precision.")
    if state is not None and splitting:
        raise click.UsageError("--state keeps games that are played to their end; leave it or --splitting out.")
    if splitting and (games or 0) > MOST_SIDE_BY_SIDE:
        raise click.UsageError(f"--games is {games:,}; with --splitting give {MOST_SIDE_BY_SIDE:,} or fewer.")


def _go_on(made: Evaluation, file: StateFile) -> Evaluation:
    stored = file.read(Evaluation.load)
    if stored is not None and stored.order != made.order:
        raise CheckpointError(
            "settings", f"{file.path} has games of another player, board, rules, seed or number; name another file."
        )
    return stored or made


def _play(made: Evaluation, precision: float | None, file: StateFile, threads: int, ending: GracefulEnd) -> None:
    """Play until all games are over, the interval is narrow enough, or somebody interrupts."""
    interval = between_drawings()
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


def _print(facts: dict[str, Any], found: MeanLines, as_json: bool, as_csv: bool) -> None:
    low, high = found.interval
    if as_json:
        print_json({**facts, "mean_lines": finite(found.mean), "interval": [finite(low), finite(high)], "level": LEVEL})
        return
    if as_csv:
        names = [*facts, "mean_lines", "low", "high", "level"]
        click.echo(csv_text(names, [[*facts.values(), found.mean, low, high, LEVEL]]))
        return
    head = [*facts, "mean lines", f"{LEVEL:.0%} interval"]
    interval = f"{number(low, 0)} to {NONE if high is None else number(high, 0)}"
    counts = [f"{value:,}" if isinstance(value, int) else value for value in facts.values()]
    click.echo(table(head, [[*counts, number(found.mean, 0), interval]], left=3))


def _keep_rating(word: str, player: Player, board: str, rules: str, found: MeanLines) -> None:
    """Write the estimate into the saved player's file, if it is the best that is known of it."""
    if rules != LITERATURE or board not in BOARDS or word in BUILT_IN or word != player.name:
        return
    players, known = Players(players_folder()), player.ratings.get(board)
    if not is_better(found, known):
        return
    try:
        if players.read(word).weights == player.weights:
            players.save(replace(player, ratings={**player.ratings, board: found}), replace=True)
    except CheckpointError:
        return  # the player was named by a file that only looks like a saved one's name
    note(f"This is now the rating of {word} on {board}.")
