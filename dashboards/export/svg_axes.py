"""The axes of a picture: grid lines with their numbers, and the numbers below."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboards.export.svg import PlotArea, text


def _ticks(start: float, end: float, most: int) -> list[float]:
    """Return round numbers between two others, about as many as requested."""
    step = (end - start) / most
    power = 10.0 ** np.floor(np.log10(step))
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= step)
    return [round(i * step, 10) for i in range(int(np.ceil(start / step)), int(np.floor(end / step)) + 1)]


def _short(value: float) -> str:
    for size, letter in ((1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def grid(frame: PlotArea, colours: dict[str, Any]) -> str:
    """Return horizontal grid lines with their numbers."""
    parts = []
    for tick in _ticks(frame.plot.y_range.start, frame.plot.y_range.end, 4):
        y = float(frame.y(tick))
        parts.append(f'<path d="M{frame.left} {y:.1f}h{frame.width}" stroke="{colours["line"]}"/>')
        parts.append(text(frame.left - 8, y, _short(tick), colours["muted"], 12, "end"))
    return "".join(parts)


def numbers_below(frame: PlotArea, colours: dict[str, Any]) -> str:
    """Return the numbers of the horizontal axis, below the frame."""
    ticks = _ticks(frame.plot.x_range.start, frame.plot.x_range.end, 6)
    below = frame.top + frame.height + 16
    return "".join(text(float(frame.x(tick)), below, f"{tick:,g}", colours["muted"], 12, "middle") for tick in ticks)
