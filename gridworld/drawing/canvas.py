"""What pictures are drawn on: the same calls give an SVG or pixels. All lengths are in units of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

Anchor = Literal["start", "middle", "end"]
HATCH = 6  # units between two lines of a hatching


@dataclass(frozen=True, slots=True)
class Paint:
    """How a shape is filled and outlined; None is no colour, else #rrggbb."""

    fill: str | None = None
    opacity: float = 1.0  # of the filling
    line: str | None = None
    line_width: float = 1.0
    dashes: tuple[float, ...] = ()  # lengths of dashes and gaps of the line


class Canvas(Protocol):
    """A sheet of paper, x to the right and y downwards."""

    def rectangle(self, x: float, y: float, width: float, height: float, paint: Paint, corner: float = 0.0) -> None:
        """Draw a rectangle by its upper left corner; `corner` is the radius of its corners."""

    def circle(self, x: float, y: float, radius: float, paint: Paint) -> None:
        """Draw a circle around a point."""

    def polygon(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        """Draw a closed outline through points, float64 [n] each."""

    def line(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        """Draw a line through points, float64 [n] each, in the colour of the paint's line; nan breaks it."""

    def hatching(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Draw slanting lines over a rectangle."""

    def image(self, x: float, y: float, width: float, height: float, pixels: np.ndarray) -> None:
        """Draw pixels, uint8 [rows, columns, 4] with their opacity, over a rectangle, unsmoothed."""

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
        """Write a line of text around the height `y`."""


def coloured(levels: np.ndarray, palette: list[str]) -> np.ndarray:
    """Return the pixels of levels, uint8 [rows, columns] with 0 for no colour, as uint8 [rows, columns, 4]."""
    table: Any = [(0, 0, 0, 0), *((*bytes.fromhex(colour[1:]), 255) for colour in palette)]
    return np.array(table, np.uint8)[levels]
