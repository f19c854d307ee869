"""`gridworld record`: a film of a saved run as GIF or MP4."""

from __future__ import annotations

from pathlib import Path

import click
from tqdm import tqdm

from gridworld.cli.loading import load_option
from gridworld.cli.parameters import BAR, Real, Whole, note
from gridworld.cli.picture import colour_option, theme_option
from gridworld.cli.places import check_place
from gridworld.pictures.film import FILMS, SECONDS, WIDTH, record_film
from gridworld.storage import run_file


@click.command(short_help="Make a film of a saved run.")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("out", metavar="OUT.gif|OUT.mp4", type=click.Path(path_type=Path))
@click.option(
    "--what",
    type=click.Choice(tuple(FILMS)),
    default="episode",
    show_default=True,
    help="The greedy policy at play, or the whole training.",
)
@click.option("--seconds", type=Real(*SECONDS), default=10.0, show_default=True, help="Length of the film.")
@click.option("--width", type=Whole(*WIDTH), default=480, show_default=True, help="Width in pixels.")
@theme_option
@colour_option
@load_option
def record(file: Path, out: Path, what: str, seconds: float, width: int, theme: str, colour: str) -> None:
    """Make a film of the saved run of FILE, as GIF, or as MP4 with the extra "video". Ctrl-C stops it."""
    check_place(out, "film", ".gif", ".mp4")
    session = run_file.load(file)
    with tqdm(total=1.0, desc=out.name, bar_format=BAR, leave=False, disable=None) as bar:
        record_film(
            session, out, what=what, seconds=seconds, width=width, theme=theme, colour=colour,
            progress=lambda share: bar.update(share - bar.n),
        )  # fmt: skip
    note(f"Written: {out}")
