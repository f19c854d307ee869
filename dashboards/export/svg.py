"""What every SVG picture is made of: its frame of numbers, its text and its document."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np
from bokeh.plotting import figure

from dashboards.style.theme import FONT


class PlotArea:
    """Where a figure lies on a picture: a rectangle of pixels, and what its ranges are mapped to."""

    def __init__(self, plot: figure, left: float, top: float, width: float, height: float) -> None:
        self.plot, self.left, self.top, self.width, self.height = plot, left, top, width, height

    def x(self, value: Any) -> Any:
        """Return pixels from the left."""
        start, end = self.plot.x_range.start, self.plot.x_range.end
        return self.left + (np.asarray(value, float) - start) / (end - start) * self.width

    def y(self, value: Any, name: str = "default") -> Any:
        """Return pixels from the top; `name` is that of a range other than the figure's own."""
        found = self.plot.y_range if name == "default" else self.plot.extra_y_ranges[name]
        return self.top + (found.end - np.asarray(value, float)) / (found.end - found.start) * self.height

    @property
    def unit(self) -> float:
        """Pixels of one unit of the horizontal range."""
        return self.width / (self.plot.x_range.end - self.plot.x_range.start)


def document(width: float, height: float, body: str, title: str, colours: Mapping[str, Any], shown: float) -> str:
    """Return a picture in the colours and the type of a theme, drawn `height` and shown `shown` pixels high."""
    size = f'width="{width * shown / height:g}" height="{shown:g}" viewBox="0 0 {width:g} {height:g}"'
    hatching = f'<path d="M0 6L6 0M-1 1L1 -1M5 7L7 5" stroke="{colours["hatch"]}" stroke-width="1.25"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(FONT)}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">{hatching}</pattern></defs>\n'
        f'<rect width="100%" height="100%" fill="{colours["paper"]}"/>\n{body}\n</svg>\n'
    )


def text(
    x: float, y: float, words: str, colour: str, size: float = 12, anchor: str = "start", bold: bool = False
) -> str:
    """Return a line of text, `y` its middle."""
    weight = ' font-weight="700"' if bold else ""
    place = f'x="{x:.1f}" y="{y + 0.35 * size:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
    return f'<text {place} fill="{colour}"{weight}>{escape(words)}</text>'
