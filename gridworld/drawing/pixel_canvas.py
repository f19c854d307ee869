"""A canvas of pixels: drawn larger than it is shown, so that edges are smooth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gridworld.drawing.canvas import HATCH, Anchor, Paint
from gridworld.drawing.palette import EDGE

OVERSAMPLING = 3  # pixels that are drawn for each that is shown, on a side
ANCHORS: dict[Anchor, str] = {"start": "lm", "middle": "mm", "end": "rm"}
REGULAR, BOLD, WIDTH = 400, 700, 100  # of the variable font
Colour = tuple[int, int, int] | tuple[int, int, int, int]


class PixelCanvas:
    """`width` x `height` units, each `scale` pixels wide when shown."""

    def __init__(self, width: float, height: float, scale: float, background: str) -> None:
        self._shown = max(1, round(width * scale)), max(1, round(height * scale))
        self._unit = scale * OVERSAMPLING
        size = self._shown[0] * OVERSAMPLING, self._shown[1] * OVERSAMPLING
        self._take(Image.new("RGB", size, background))

    def _take(self, image: Image.Image) -> None:
        self._image, self._draw = image, ImageDraw.Draw(image, "RGBA")

    def copy(self) -> PixelCanvas:
        """Return a canvas with the same on it, to go on drawing there."""
        other = object.__new__(PixelCanvas)
        other._shown, other._unit = self._shown, self._unit
        other._take(self._image.copy())
        return other

    def shown(self) -> Image.Image:
        """Return what is drawn, RGB, in the size in which it is shown."""
        return self._image.reduce(OVERSAMPLING)

    def rectangle(self, x: float, y: float, width: float, height: float, paint: Paint, corner: float = 0.0) -> None:
        left, top, right, bottom = self._box(x, y, x + width, y + height)
        if paint.fill:
            self._draw.rounded_rectangle((left, top, right, bottom), corner * self._unit, _rgba(paint))
        if paint.line and paint.dashes:
            corners = np.array([x, x + width, x + width, x, x]), np.array([y, y, y + height, y + height, y])
            self.line(*corners, paint)
        elif paint.line:
            half = paint.line_width / 2 * self._unit  # Pillow draws a line inwards, SVG on both sides
            box, thickness = (left - half, top - half, right + half, bottom + half), self._thickness(paint)
            self._draw.rounded_rectangle(box, corner * self._unit, None, _rgb(paint.line), thickness)

    def circle(self, x: float, y: float, radius: float, paint: Paint) -> None:
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        fill = _rgba(paint) if paint.fill else None
        line = _rgb(paint.line) if paint.line else None
        self._draw.ellipse(box, fill, line, self._thickness(paint) if line else 0)

    def polygon(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        points = self._points(x, y)
        if paint.fill:
            self._draw.polygon(points, _rgba(paint))
        if paint.line:
            self._draw.line([*points, points[0]], _rgb(paint.line), self._thickness(paint), "curve")

    def line(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        colour, thickness = _rgb(paint.line or EDGE), self._thickness(paint)
        for points in self._pieces(x, y):
            if paint.dashes:
                for dash in _dashes(points, [length * self._unit for length in paint.dashes]):
                    self._draw.line(dash, colour, thickness, "curve")
            else:
                self._draw.line(points, colour, thickness, "curve")

    def _pieces(self, x: np.ndarray, y: np.ndarray) -> Iterator[list[tuple[float, float]]]:
        """Yield the runs of points that have a place."""
        known = np.isfinite(x) & np.isfinite(y)
        for run in np.split(np.arange(len(x)), np.flatnonzero(np.diff(known)) + 1):
            if len(run) > 1 and known[run[0]]:
                yield self._points(x[run], y[run])

    def hatching(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        right, bottom = x + width, y + height
        for total in np.arange(np.ceil((x + y) / HATCH) * HATCH, right + bottom, HATCH):
            ends = np.array([max(x, total - bottom), min(right, total - y)])
            self.line(ends, total - ends, Paint(line=colour, line_width=1.25))

    def image(self, x: float, y: float, width: float, height: float, pixels: np.ndarray) -> None:
        left, top, right, bottom = (round(edge) for edge in self._box(x, y, x + width, y + height))
        size = max(1, right - left), max(1, bottom - top)
        picture = Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST)
        self._image.paste(picture, (left, top), picture)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str,
        size: float = 12,
        anchor: Anchor = "start",
        bold: bool = False,
    ) -> None:
        place, font = (x * self._unit, y * self._unit), font_of(max(1, round(size * self._unit)), bold)
        self._draw.text(place, words, _rgb(colour), font, ANCHORS[anchor])

    def _thickness(self, paint: Paint) -> int:
        return max(1, round(paint.line_width * self._unit))

    def _box(self, *edges: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = (edge * self._unit for edge in edges)
        return left, top, max(left, right), max(top, bottom)

    def _points(self, x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
        return list(zip((np.asarray(x) * self._unit).tolist(), (np.asarray(y) * self._unit).tolist(), strict=True))


def _rgb(colour: str) -> Colour:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _rgba(paint: Paint) -> Colour:
    assert paint.fill is not None
    return (*_rgb(paint.fill)[:3], round(255 * paint.opacity))


def _dashes(points: list[tuple[float, float]], lengths: list[float]) -> Iterator[list[tuple[float, float]]]:
    """Yield the dashes along a line, each by its ends; none goes around a corner."""
    index, left = 0, lengths[0]
    for (x0, y0), (x1, y1) in pairwise(points):
        whole, at = float(np.hypot(x1 - x0, y1 - y0)), 0.0
        while at < whole:
            end = min(whole, at + left)
            if index % 2 == 0:
                yield [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (at / whole, end / whole)]
            left -= end - at
            at = end
            if left < 1e-6:
                index += 1
                left = lengths[index % len(lengths)]


@cache
def _font_file() -> bytes:
    return (files("fontpkg_roboto") / "files" / "Roboto[wdth,wght].ttf").read_bytes()


@lru_cache(maxsize=64)
def font_of(pixels: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the pages' type, this many pixels high."""
    font = ImageFont.truetype(BytesIO(_font_file()), pixels, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([BOLD if bold else REGULAR, WIDTH])
    return font
