"""`gridworld tetris train`: search for a player's weights."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import click
from tqdm import tqdm

from gridworld.cli.ending import GracefulEnd
from gridworld.cli.inputs import read_pairs
from gridworld.cli.parameters import Real, Whole, finite, json_option, note, print_json
from gridworld.cli.progress import between_drawings
from gridworld.cli.tables import csv_text, number, table
from gridworld.cli.tetris.inputs import threads_option
from gridworld.cli.tetris.state_file import StateFile
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.report import GENERATIONS
from gridworld.tetris.search.storage import players_folder
from gridworld.tetris.search.worker import OTHERS, WorkerTrainer, check_settings, make_trainer

DEFAULT_PLACEMENTS = 5_000_000
SLICE = 100_000  # placements between two looks at the clock
SUMS = ("mean_lines", "std_lines", "player_lines")
COLUMNS = ("generation", "placements", "cap", "mean_lines", "std_lines", "best_lines", "player_lines")


@click.command
@click.option(
    "--placements",
    type=Whole(1, 1 << 53),
    help=f"Pieces to place in all.  [default: {DEFAULT_PLACEMENTS:,}, or no end with --minutes]",
)
@click.option("--minutes", type=Real(0.001, 1e6), help="Minutes to train now.")
@click.option("--set", "pairs", metavar="NAME=VALUE", multiple=True, help="A hyperparameter; may be repeated.")
@click.option("--seed", type=Whole(0, (1 << 53) - 1), default=0, show_default=True, help="The seed of the training.")
@click.option("--save", "name", metavar="NAME", help="Save the player under this name at the end.")
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    help="Keep the training in this file, once a minute and at the end; if it is there, go on with it.",
)
@threads_option
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print the generations as comma-separated values.")
def train(
    placements: int | None,
    minutes: float | None,
    pairs: tuple[str, ...],
    seed: int,
    name: str | None,
    state: Path | None,
    threads: int | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Search for the weights of a Tetris player: the mean of the last generation is the player that is found.

    The same seed, --placements and --threads give the same player. Ctrl-C ends it early, with
    the player found by then. Judge the player with `gridworld tetris evaluate`: its games in training are few.
    """
    if as_json and as_csv:
        raise click.UsageError("Give either --json or --csv.")
    file = StateFile(state)
    if name is not None:
        Players(players_folder()).check_free(name)
    trainer = _trainer({**read_pairs(pairs), "seed": seed}, file, threads)
    wanted = placements or (None if minutes else DEFAULT_PLACEMENTS)
    with GracefulEnd() as ending:
        _work(trainer, wanted, minutes, file, ending)
        _print(trainer, as_json, as_csv)
        file.end(trainer.write, f"Saved after {trainer.step:,} placements: {{}}. The same command goes on with it.")
        if name is not None:
            Players(players_folder()).save(_player(trainer, name))
            note(f"Saved as {name}.")
    return ending.code or 0


def _trainer(settings: Mapping[str, Any], file: StateFile, threads: int | None) -> WorkerTrainer:
    stored = file.read(lambda path: WorkerTrainer.load(path, {**OTHERS, "threads": threads}))
    if stored is not None:
        note(f"Continuing {file.path} with its own settings and seed.")
        return stored
    check_settings(settings)
    return make_trainer({**settings, "threads": threads}, None)


def _work(
    trainer: WorkerTrainer, wanted: int | None, minutes: float | None, file: StateFile, ending: GracefulEnd
) -> None:
    """Train until enough pieces are placed, the time is over, or somebody interrupts."""
    began = monotonic()
    with tqdm(total=wanted, unit="placement", unit_scale=True, mininterval=between_drawings()) as bar:

        def attend() -> int:
            bar.set_postfix_str(f"player {number(trainer.player_lines, 0)} lines", refresh=False)
            bar.update(trainer.step - bar.n)
            file.keep(trainer.write)
            if ending.stop.is_set() or (minutes is not None and monotonic() - began >= 60 * minutes):
                return 0
            return SLICE if wanted is None else max(0, min(SLICE, wanted - trainer.step))

        trainer.work(attend)


def _player(trainer: WorkerTrainer, name: str) -> Player:
    found = trainer.trainer
    place = found.generation, found.placements
    return Player(name, tuple(found.weights.tolist()), *place, str(found.settings["method"]), found.features)


def _print(trainer: WorkerTrainer, as_json: bool, as_csv: bool) -> None:
    rows = trainer.histories[GENERATIONS.name].since()
    listed = [rows[column] / (rows["generations"] if column in SUMS else 1) for column in COLUMNS]
    generations = [[int(value) if value.is_integer() else value for value in row] for row in zip(*listed, strict=True)]
    found = trainer.trainer
    if as_csv:
        click.echo(csv_text(COLUMNS, generations))
    elif as_json:
        player = {
            "features": found.features,
            "weights": found.weights.tolist(),
            "player_lines": finite(trainer.player_lines),
        }
        facts = {"settings": found.settings, "seed": found.seed, "placements": found.placements}
        listing = [dict(zip(COLUMNS, row, strict=True)) for row in generations]
        print_json({**facts, "generation": found.generation, **player, "generations": listing})
    else:
        lines = [[name, number(weight)] for name, weight in zip(found.features, found.weights, strict=True)]
        report = f"generation {found.generation:,}, {found.placements:,} placements"
        games = trainer.trainer.settings["evaluations"]
        report += f", {number(trainer.player_lines, 0)} lines in the last {games} evaluation games"
        click.echo(f"{table(['feature', 'weight'], lines)}\n{report}")
