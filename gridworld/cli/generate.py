"""`gridworld generate`: a world drawn at random, as text."""

from __future__ import annotations

from pathlib import Path

import click

from gridworld.cli.parameters import Real, Whole, note
from gridworld.cli.places import check_file
from gridworld.storage.atomic_files import written_whole
from gridworld.worlds.edit import drafted
from gridworld.worlds.generators import GENERATORS, LARGEST, SMALLEST, generate_world
from gridworld.worlds.generators.generate import MAX_SEED
from gridworld.worlds.text import format_world


@click.command(short_help="Draw a world at random.")
@click.argument("kind", type=click.Choice(tuple(GENERATORS)))
@click.argument("out", metavar="[OUT.txt]", required=False, type=click.Path(path_type=Path))
@click.option("--rows", type=Whole(SMALLEST, LARGEST), default=15, show_default=True, help="From top to bottom.")
@click.option("--columns", type=Whole(SMALLEST, LARGEST), default=15, show_default=True, help="From left to right.")
@click.option("--seed", type=Whole(0, MAX_SEED), default=0, show_default=True, help="The same numbers draw the same.")
@click.option("--density", type=Real(0, 1), help="Of walls kept, rooms divided, holes, or walls.  [default: by KIND]")
@click.option(
    "--success",
    type=Real(0, 1),
    default=1.0,
    show_default=True,
    help="The probability that a move goes where it aims; else it goes to one side.",
)
def generate(
    kind: str, out: Path | None, rows: int, columns: int, seed: int, density: float | None, success: float
) -> None:
    """Draw a world at random, always solvable: a maze, a maze with loops, rooms, a lake, or random walls.

    Its text goes to OUT, a world file that other commands take, or to standard output.
    """
    if density is not None and not GENERATORS[kind].density:
        raise ValueError(f"--density {density:g} means nothing for {kind}; it is for the other kinds.")
    if out is not None:
        check_file("", out)
    world = generate_world(kind, rows, columns, seed=seed, density=density, success=success)
    text = format_world(drafted(world)).rstrip("\n") + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    with written_whole(out) as file:
        file.write(text.encode())
    note(f"Written: {out}")
