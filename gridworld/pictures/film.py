"""Films of a run, as GIF or MP4: an episode of its greedy policy, or the whole training."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import numpy as np
from PIL import Image

from gridworld.pictures.episode_film import EpisodeFilm
from gridworld.pictures.picture import check_theme
from gridworld.pictures.recipe import recipe_of
from gridworld.pictures.training_film import TrainingFilm
from gridworld.pictures.video import ffmpeg, mp4_writer
from gridworld.storage.atomic_files import written_whole
from gridworld.training.session import TrainingSession

FILMS: dict[str, Any] = {"episode": EpisodeFilm, "training": TrainingFilm}
"""What there are films of."""
FORMATS = ("gif", "mp4")
SECONDS, WIDTH = (1.0, 120.0), (120, 1920)  # shortest and longest; pixels
MOST_PIXELS = 1_500_000_000  # of all images of a GIF together, which are held while it is written
RATE = 25  # images a second of an MP4
SAMPLES, PALETTE = 4, 255  # images from which the colours of a GIF are taken, and how many colours


class FilmStoppedError(ValueError):
    """The film was stopped before it was done; nothing was written."""


class Film(Protocol):
    """The images of a film, all of the same even size."""

    seconds: list[float]  # how long each image is shown

    def image(self, number: int) -> Image.Image:
        """Return an image, RGB."""


def record_film(
    session: TrainingSession,
    path: str | Path,
    *,
    what: str = "episode",
    seconds: float = 10.0,
    width: int = 480,
    theme: str = "light",
    colour: str = "state value",
    progress: Callable[[float], object] = lambda share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Path:
    """Write a film of a run, a GIF or an MP4 by the ending of its name, whole or not at all; return the path.

    Parameters
    ----------
    session
        The run, which is left as it is. One that has not begun is trained by its own settings for a film of the
        training; of another its run so far is made again.
    what
        "episode": the greedy policy at play; "training": the whole run, keyframe by keyframe.
    seconds, width
        Length, and width in pixels; the height follows from the map.
    theme, colour
        "light" or "dark", and the overlay that the colours of the board mean.
    progress
        Called now and then with the share that is done, from 0 to 1.
    stopped
        Asked now and then; once it returns True, no film is made.

    Raises
    ------
    ValueError
        In one sentence, if an argument makes no sense or there is nothing to show.
    FilmStoppedError
        Where `stopped` returned True.
    """
    path = Path(path)
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise ValueError(f"{path} is not the name of a film; it must end in .gif or .mp4.")
    check_film(what, seconds, width, theme)
    if form == "mp4":
        ffmpeg()

    def report(share: float) -> None:
        if stopped():
            raise FilmStoppedError("The film was stopped; nothing was written.")
        progress(share)

    recipe = recipe_of(session, what=what, seconds=seconds, width=width, theme=theme, colour=colour)
    film = FILMS[what](session, seconds, width, theme, colour, lambda share: report(share / 2))
    with written_whole(path) as file:
        if form == "mp4":
            file.write(_mp4(film, recipe, lambda share: report((1 + share) / 2)))
        else:
            _write_gif(film, file, recipe, lambda share: report((1 + share) / 2))
    return path


def check_film(what: str, seconds: float, width: int, theme: str) -> None:
    """Refuse what no film has, in a sentence."""
    if what not in FILMS:
        raise ValueError(f"There is no film of {what!r}; choose one of {', '.join(FILMS)}.")
    if not isinstance(seconds, int | float) or not SECONDS[0] <= seconds <= SECONDS[1]:
        raise ValueError(f"The film has {seconds!r} seconds; give a number from {SECONDS[0]:g} to {SECONDS[1]:g}.")
    if type(width) is not int or not WIDTH[0] <= width <= WIDTH[1]:
        raise ValueError(f"The width is {width!r}; a film is from {WIDTH[0]} to {WIDTH[1]:,} pixels wide.")
    if width % 2:
        raise ValueError(f"The width is {width}; it must be even.")
    check_theme(theme)


def _images(film: Film, report: Callable[[float], None]) -> Iterator[Image.Image]:
    for number in range(len(film.seconds)):
        report(number / len(film.seconds))
        yield film.image(number)


def _write_gif(film: Film, file: Any, recipe: str, report: Callable[[float], None]) -> None:
    """Write a GIF, whose images have the same colours, so that only what moves is stored of each."""
    number = len(film.seconds)
    first = film.image(0)
    if number * first.width * first.height > MOST_PIXELS:
        raise ValueError(
            f"A GIF of {number:,} images of {first.width} × {first.height} pixels is too large; make it narrower or "
            "shorter, or make an MP4."
        )
    samples = [np.asarray(film.image(round(i * (number - 1) / (SAMPLES - 1)))) for i in range(SAMPLES)]
    palette = Image.fromarray(np.concatenate(samples)).quantize(PALETTE, Image.Quantize.MEDIANCUT)

    def coloured() -> Iterator[Image.Image]:
        for image in _images(film, report):
            yield image.quantize(palette=palette, dither=Image.Dither.NONE)

    images = coloured()
    hundredths = np.diff(np.round(100 * np.cumsum([0.0, *film.seconds]))).astype(int)
    next(images).save(
        file, "GIF", save_all=True, append_images=images, duration=(10 * hundredths).tolist(), loop=0,
        comment=recipe.encode("ascii"), optimize=False, disposal=1,
    )  # fmt: skip


def _mp4(film: Film, recipe: str, report: Callable[[float], None]) -> bytes:
    ends = np.round(RATE * np.cumsum(film.seconds)).astype(int)
    with TemporaryDirectory(prefix="gridworld-film-") as folder:
        path, written, writer = Path(folder) / "film.mp4", 0, None
        for image, end in zip(_images(film, report), ends.tolist(), strict=True):
            if writer is None:
                writer = mp4_writer(path, image.size, RATE, recipe)
                writer.send(None)
            pixels = np.ascontiguousarray(image)
            for _ in range(end - written):
                writer.send(pixels)
            written = end
        assert writer is not None
        writer.close()
        return path.read_bytes()
