"""A picture that can be shown and saved, as SVG or as pixels."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gridworld.drawing.canvas import Canvas
from gridworld.drawing.pixel_canvas import PixelCanvas
from gridworld.drawing.svg_canvas import SvgCanvas
from gridworld.pictures.recipe import NAME
from gridworld.storage.atomic_files import written_whole

FORMATS = ("svg", "png")
SMALLEST, LARGEST, USUAL = 64, 4096, 640  # pixels of a picture's height


@dataclass(frozen=True)
class Drawing:
    """What `paint` draws on a sheet of `width` x `height` units, shown `scale` pixels a unit.

    `recipe` is the text that its files carry, for `read_recipe`.
    """

    width: float
    height: float
    scale: float
    title: str
    colours: Mapping[str, Any] = field(repr=False)
    paint: Callable[[Canvas], None] = field(repr=False)
    recipe: str = field(default="", repr=False)

    def svg(self) -> str:
        """Return the picture as SVG."""
        canvas = SvgCanvas()
        self.paint(canvas)
        metadata = {NAME: self.recipe} if self.recipe else {}
        return canvas.document(self.width, self.height, self.scale, self.colours["paper"], self.title, metadata)

    def image(self) -> Image.Image:
        """Return the picture as pixels, RGB."""
        canvas = PixelCanvas(self.width, self.height, self.scale, self.colours["paper"])
        self.paint(canvas)
        return canvas.shown()

    def png(self) -> bytes:
        """Return the picture as PNG."""
        file, held = io.BytesIO(), PngInfo()
        if self.recipe:
            held.add_text(NAME, self.recipe)
        self.image().save(file, "PNG", pnginfo=held)
        return file.getvalue()

    def encoded(self, form: str) -> bytes:
        """Return the picture in one of `FORMATS`."""
        return self.png() if form == "png" else self.svg().encode()

    def save(self, path: str | Path) -> Path:
        """Write the picture as SVG or PNG, by the ending of the name, whole or not at all; return the path.

        Raises
        ------
        ValueError
            For another ending.
        """
        path = Path(path)
        form = path.suffix.lower().removeprefix(".")
        if form not in FORMATS:
            raise ValueError(f"{path} is not the name of a picture; it must end in .svg or .png.")
        content = self.encoded(form)
        with written_whole(path) as file:
            file.write(content)
        return path

    def _repr_svg_(self) -> str:
        return self.svg()


def check_size(size: int) -> None:
    """Refuse a height that no picture has."""
    if type(size) is not int or not SMALLEST <= size <= LARGEST:
        raise ValueError(f"The size is {size!r}; a picture is from {SMALLEST} to {LARGEST:,} pixels high.")


def check_theme(theme: str) -> None:
    """Refuse a theme that there is not."""
    if theme not in ("light", "dark"):
        raise ValueError(f"There is no theme {theme!r} of a picture; choose light or dark.")
