"""A game as a film: an animated GIF of its first pieces."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image

from gridworld.tetris.game.render import as_image
from gridworld.tetris.game.watch import GameScene

MOST_PIECES = 500
COLOURS = 16  # of each frame's palette
LAST = 2000  # milliseconds for which the last frame is shown


def gif(scenes: Iterable[GameScene], rate: float = 10.0, pixels: int = 16) -> bytes:
    """Return an animated GIF with a frame for each of some scenes, of which there is at least one.

    `rate` is in frames a second, `pixels` is the side of a cell.
    """
    pictures = (as_image(scene.cells, scene.piece, scene.next_piece, pixels) for scene in scenes)
    first, *others = [Image.fromarray(picture).quantize(COLOURS) for picture in pictures]
    times, file = [round(1000 / rate)] * len(others) + [LAST], BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=times, loop=0)
    return file.getvalue()
