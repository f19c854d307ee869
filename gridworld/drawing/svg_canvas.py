"""A canvas that writes SVG."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
from PIL import Image

from gridworld.drawing.canvas import HATCH, Anchor, Paint

FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"
SHARP = 4  # pixels a cell and side, because some programs smooth a picture that is enlarged


class SvgCanvas:
    """Gathers elements; `document` returns them as one picture."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._hatches: set[str] = set()

    def rectangle(self, x: float, y: float, width: float, height: float, paint: Paint, corner: float = 0.0) -> None:
        rounded = f' rx="{corner:g}"' if corner else ""
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.parts.append(f"<rect {place}{rounded} {_attributes(paint)}/>")

    def circle(self, x: float, y: float, radius: float, paint: Paint) -> None:
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {_attributes(paint)}/>')

    def polygon(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        self.parts.append(f'<path d="{_path(x, y)}Z" {_attributes(paint)}/>')

    def line(self, x: np.ndarray, y: np.ndarray, paint: Paint) -> None:
        if path := _path(x, y):
            self.parts.append(f'<path d="{path}" stroke-linejoin="round" {_attributes(paint)}/>')

    def hatching(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._hatches.add(colour)
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.parts.append(f'<rect {place} fill="url(#hatch{colour[1:]})"/>')

    def image(self, x: float, y: float, width: float, height: float, pixels: np.ndarray) -> None:
        file = io.BytesIO()
        Image.fromarray(pixels.repeat(SHARP, 0).repeat(SHARP, 1)).save(file, "PNG")
        data = base64.b64encode(file.getvalue()).decode()
        place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" image-rendering="pixelated"'
        self.parts.append(f'<image {place} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>')

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
        weight = ' font-weight="700"' if bold else ""
        place = f'x="{x:.1f}" y="{y + 0.35 * size:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
        self.parts.append(f'<text {place} fill="{colour}"{weight}>{escape(words)}</text>')

    def document(
        self, width: float, height: float, scale: float, background: str, title: str, metadata: dict[str, str]
    ) -> str:
        """Return an SVG of `width` x `height` units, shown `scale` pixels a unit.

        `metadata` is text by the id of its element.
        """
        size = f'width="{width * scale:g}" height="{height * scale:g}" viewBox="0 0 {width:g} {height:g}"'
        held = "".join(f'<metadata id="{name}">{escape(text)}</metadata>\n' for name, text in metadata.items())
        body = "\n".join(self.parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{escape(FONT)}" role="img">\n'
            f"<title>{escape(title)}</title>\n{held}"
            f"<defs>{''.join(map(_pattern, sorted(self._hatches)))}</defs>\n"
            f'<rect width="100%" height="100%" fill="{background}"/>\n{body}\n</svg>\n'
        )


def _attributes(paint: Paint) -> str:
    parts = [f'fill="{paint.fill or "none"}"']
    parts += [f'fill-opacity="{paint.opacity:.3g}"'] if paint.fill and paint.opacity < 1 else []
    parts += [f'stroke="{paint.line}" stroke-width="{paint.line_width:g}"'] if paint.line else []
    parts += [f'stroke-dasharray="{" ".join(f"{length:g}" for length in paint.dashes)}"'] if paint.dashes else []
    return " ".join(parts)


def _path(x: np.ndarray, y: np.ndarray) -> str:
    """Return the points of a line; it is broken where one has no place."""
    parts, pen_is_down = [], False
    for px, py in zip(x, y, strict=True):
        is_known = bool(np.isfinite(px) and np.isfinite(py))
        if is_known:
            parts.append(f"{'L' if pen_is_down else 'M'}{px:.1f} {py:.1f}")
        pen_is_down = is_known
    return "".join(parts)


def _pattern(colour: str) -> str:
    a = HATCH
    lines = f'<path d="M0 {a}L{a} 0M-1 1L1 -1M{a - 1} {a + 1}L{a + 1} {a - 1}" stroke="{colour}" stroke-width="1.25"/>'
    size = f'width="{a}" height="{a}" patternUnits="userSpaceOnUse"'
    return f'<pattern id="hatch{colour[1:]}" {size}>{lines}</pattern>'
