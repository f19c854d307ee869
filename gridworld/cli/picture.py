"""`gridworld picture`: the board or the curves of a saved run as SVG or PNG."""

from __future__ import annotations

from pathlib import Path

import click

from gridworld.cli.loading import load_option
from gridworld.cli.parameters import Whole, note
from gridworld.cli.places import check_place
from gridworld.pictures.draw import PICTURES, draw_picture
from gridworld.pictures.picture import LARGEST, SMALLEST, USUAL
from gridworld.storage import run_file

theme_option = click.option(
    "--theme", type=click.Choice(("light", "dark")), default="light", show_default=True, help="The colours."
)
colour_option = click.option(
    "--colour",
    default="state value",
    show_default=True,
    help='What the colours of the board mean, as in the list "Colour by", such as visits.',
)


@click.command(short_help="Draw the board or the curves of a saved run.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.svg|OUT.png", type=click.Path(path_type=Path))
@click.option("--of", "what", type=click.Choice(PICTURES), default="board", show_default=True, help="What to draw.")
@theme_option
@click.option(
    "--size",
    type=Whole(SMALLEST, LARGEST),
    default=USUAL,
    show_default=True,
    help="Height in pixels; of a board, its longer side.",
)
@colour_option
@load_option
def picture(file: Path, out: Path, what: str, theme: str, size: int, colour: str) -> None:
    """Draw the board or the curves of the saved run of FILE, as SVG or PNG."""
    check_place(out, "picture", ".svg", ".png")
    draw_picture(run_file.load(file), what, colour=colour, theme=theme, size=size).save(out)
    note(f"Written: {out}")
