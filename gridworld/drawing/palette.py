"""The colours of pages and pictures, in one place.

The value ramp runs through OKLCh with monotone lightness, so it reads the same under deutan and protan vision; it is
capped so that one colour of arrow reads on every cell. Kinds of cells differ in shape as well as in colour.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def ramp(low: tuple[float, float, float], high: tuple[float, float, float], steps: int = 64) -> list[str]:
    """Return colours between two OKLCh points (lightness, chroma, hue in degrees), evenly spaced, as #rrggbb."""
    lightness, chroma, hue = np.linspace(low, high, steps).T
    a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    to_cone = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
    )
    to_rgb = np.array([[4.07674, -3.30771, 0.23097], [-1.26844, 2.60976, -0.34132], [-0.00420, -0.70342, 1.70761]])
    linear = (to_rgb @ (to_cone @ np.array([lightness, a, b])) ** 3).T.clip(0, 1)
    rgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return ["#{:02x}{:02x}{:02x}".format(*colour) for colour in (rgb * 255).round().astype(int)]


LIGHT: dict[str, Any] = {
    "bg": "#F3F5F8",
    "paper": "#FFFFFF",
    "ink": "#14202B",
    "muted": "#52606D",
    "line": "#DDE3E9",
    "primary": "#1B669E",
    "on": "#FFFFFF",
    "success": "#1B7F4B",
    "warning": "#96590A",
    "error": "#B3261E",
    "info": "#1B669E",
    "mark": "#14202B",
    "ring": "#FFFFFF",
    "agent": "#D9480F",
    "trail": "#E8590C",
    "goal": "#FFC53D",
    "pit": "#5A2233",
    "pitx": "#FFC9D2",
    "wall": "#4A5764",
    "hatch": "#2E3944",
    "unknown": "#8592A0",
    "ramp": ramp((0.965, 0.022, 170), (0.62, 0.125, 243)),
    "contestants": ["#1B669E", "#C2410C", "#1B7F4B", "#7B3FA0", "#8A6100", "#C2255C", "#0B7285", "#52606D"],
    "diverging": [*ramp((0.70, 0.14, 55), (0.97, 0.01, 75), 32), *ramp((0.97, 0.01, 240), (0.62, 0.125, 243), 32)],
}
DARK: dict[str, Any] = {
    "bg": "#0E1319",
    "paper": "#161D25",
    "ink": "#E8EDF2",
    "muted": "#A3B0BD",
    "line": "#2A3541",
    "primary": "#74B9EE",
    "on": "#0E1319",
    "success": "#5CC98C",
    "warning": "#F0B354",
    "error": "#FF8A80",
    "info": "#74B9EE",
    "mark": "#FFFFFF",
    "ring": "#0B0F14",
    "agent": "#FF7A3D",
    "trail": "#C2501A",
    "goal": "#FFD15C",
    "pit": "#4F1C2B",
    "pitx": "#FF9FB0",
    "wall": "#A3AEB9",
    "hatch": "#4A5662",
    "unknown": "#64727F",
    "ramp": ramp((0.285, 0.035, 262), (0.62, 0.115, 234)),
    "contestants": ["#74B9EE", "#FF9F5A", "#5CC98C", "#C9A0F5", "#F0D060", "#FF8AB5", "#5AD1D8", "#A3B0BD"],
    "diverging": [*ramp((0.58, 0.13, 50), (0.26, 0.01, 60), 32), *ramp((0.26, 0.01, 250), (0.62, 0.115, 234), 32)],
}
CLEAR = "rgba(0,0,0,0)"
EDGE = LIGHT["mark"]  # of what is bright in both themes
EMPTY_COLOUR, LINE_COLOUR = "#14171c", "#242a33"  # of a Tetris board
PIECE_COLOURS = ("#56b4e9", "#f0e442", "#cc79a7", "#009e73", "#d55e00", "#0072b2", "#e69f00")
"""One colour per Tetris piece, I O T S Z J L: the palette of Okabe and Ito, safe for the colour-blind."""


def tokens(dark: bool) -> dict[str, Any]:
    """Return the colours of one of the two themes."""
    return DARK if dark else LIGHT
