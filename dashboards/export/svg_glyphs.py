"""Bokeh figures as SVG, without a browser: the glyphs that the board and the curves are drawn with, and no others."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from bokeh.core.properties import field, value
from bokeh.models import GlyphRenderer, Span
from PIL import Image

from dashboards.export.svg import PlotArea, text
from dashboards.style.theme import CLEAR

SHARP = 4  # pixels a cell and side, because some programs smooth a picture that is enlarged
RIM = 6  # units around a frame in which a dot at its edge still shows
FIELD, VALUE = type(field("")), type(value(0))  # what a property holds: the name of a column, or one value for all
NO_COLOUR = (None, CLEAR)


def marks_of(frame: PlotArea) -> str:
    """Return all that a figure draws, cut off a little outside its frame: outliers lie far beyond it."""
    drawn = [_draw(frame, renderer) for renderer in frame.plot.renderers if renderer.visible]
    drawn += [_level(frame, span) for span in frame.plot.center if isinstance(span, Span) and span.visible]
    x, y = f"{frame.left - RIM:.1f}", f"{frame.top - RIM:.1f}"
    size = f"{frame.width + 2 * RIM:.1f}", f"{frame.height + 2 * RIM:.1f}"
    opening = f'<svg x="{x}" y="{y}" width="{size[0]}" height="{size[1]}" viewBox="{x} {y} {size[0]} {size[1]}">'
    return "\n".join([opening, *filter(None, drawn), "</svg>"])


def _draw(frame: PlotArea, renderer: GlyphRenderer) -> str:
    draw = DRAWERS.get(type(renderer.glyph).__name__)
    data = renderer.data_source.data
    rows = len(next(iter(data.values()), ()))
    if draw is None or not rows:
        return ""

    def read(name: str) -> list[Any]:
        """Return a property of the glyph for each row."""
        return _resolved(getattr(renderer.glyph, name), data, rows)

    return draw(frame, renderer, read)


def _resolved(spec: Any, data: Mapping[str, Any], rows: int) -> list[Any]:
    """Return the values of a property: those of a column, through its colours if it has any, or one for all."""
    if isinstance(spec, FIELD):
        values = list(data[spec.field])
        return [_coloured(spec.transform, value) for value in values] if hasattr(spec, "transform") else values
    if isinstance(spec, VALUE):
        spec = spec.value
    return list(data[spec]) if isinstance(spec, str) and spec in data else [spec] * rows


def _coloured(mapper: Any, value: float) -> str:
    """Return the colour that a linear colour mapper gives to a value."""
    share = (value - mapper.low) / (mapper.high - mapper.low)
    return (
        mapper.low_color
        if share < 0
        else mapper.palette[min(int(share * len(mapper.palette)), len(mapper.palette) - 1)]
    )


Read = Callable[[str], list[Any]]


def _paints(renderer: GlyphRenderer, read: Read, line: bool = True) -> list[str]:
    """Return the paint of each row as SVG attributes; "" where nothing is to be seen."""
    glyph, paints = renderer.glyph, []
    dash = f' stroke-dasharray="{" ".join(map(str, glyph.line_dash))}"' if line and glyph.line_dash else ""
    fills = zip(read("fill_color"), read("fill_alpha"), strict=True)
    edges = zip(read("line_color"), read("line_alpha"), read("line_width"), strict=True) if line else None
    for fill, opacity in fills:
        edge, edge_opacity, width = next(edges) if edges else (None, 0, 0)
        has_edge = edge not in NO_COLOUR and edge_opacity > 0
        if fill in NO_COLOUR and not has_edge:
            paints.append("")
            continue
        inner = (
            'fill="none"'
            if fill in NO_COLOUR
            else f'fill="{fill}"' + (f' fill-opacity="{opacity:.3g}"' if opacity < 1 else "")
        )
        paints.append(inner + (f' stroke="{edge}" stroke-width="{width}"{dash}' if has_edge else ""))
    return paints


def _rects(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    corner = renderer.glyph.border_radius
    rounded = f' rx="{corner}"' if isinstance(corner, int) and corner else ""
    hatches, parts = read("hatch_pattern"), []
    columns = (read(name) for name in ("x", "y", "width", "height", "angle"))
    for x, y, width, height, angle, paint, hatch in zip(*columns, _paints(renderer, read), hatches, strict=True):
        if not paint or not np.isfinite([x, y]).all():
            continue
        px, py, w, h = frame.x(x), frame.y(y), width * frame.unit, height * frame.unit
        turned = f' transform="rotate({-np.degrees(angle):.1f} {px:.1f} {py:.1f})"' if angle else ""
        place = f'x="{px - w / 2:.1f}" y="{py - h / 2:.1f}" width="{w:.1f}" height="{h:.1f}"{rounded}{turned}'
        parts.append(f"<rect {place} {paint}/>")
        if hatch == "right_diagonal_line":
            parts.append(f'<rect {place} fill="url(#hatch)"/>')
    return "".join(parts)


def _circles(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    columns = (read(name) for name in ("x", "y", "radius"))
    return "".join(
        f'<circle cx="{frame.x(x):.1f}" cy="{frame.y(y):.1f}" r="{radius * frame.unit:.1f}" {paint}/>'
        for x, y, radius, paint in zip(*columns, _paints(renderer, read), strict=True)
        if paint and np.isfinite([x, y]).all()
    )


def _path(x: Any, y: Any, closed: bool = False) -> str:
    """Return the points of a line; it is broken where one has no place."""
    parts, pen_is_down = [], False
    for px, py in zip(x, y, strict=True):
        is_known = bool(np.isfinite(px) and np.isfinite(py))
        if is_known:
            parts.append(f"{'L' if pen_is_down else 'M'}{px:.1f} {py:.1f}")
        pen_is_down = is_known
    return "".join(parts) + "Z" * closed


def _patches(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    return "".join(
        f'<path d="{_path(frame.x(xs), frame.y(ys), True)}" {paint}/>'
        for xs, ys, paint in zip(read("xs"), read("ys"), _paints(renderer, read), strict=True)
    )


def _ngons(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    parts = []
    columns = (read(name) for name in ("x", "y", "radius", "angle", "n"))
    for x, y, radius, angle, corners, paint in zip(*columns, _paints(renderer, read), strict=True):
        if np.isfinite([x, y]).all():
            turns = np.pi / 2 + angle + np.arange(int(corners)) * 2 * np.pi / int(corners)
            outline = frame.x(x + radius * np.cos(turns)), frame.y(y + radius * np.sin(turns))
            parts.append(f'<path d="{_path(*outline, True)}" {paint}/>')
    return "".join(parts)


def _texts(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    glyph, anchors = renderer.glyph, {"left": "start", "center": "middle", "right": "end"}
    size = float(getattr(glyph.text_font_size, "value", glyph.text_font_size).removesuffix("px"))
    lift = -size / 2 - 1 if glyph.text_baseline == "bottom" else 0.0
    columns = (read(name) for name in ("x", "y", "text", "text_color", "text_align", "x_offset", "y_offset"))
    return "".join(
        text(
            float(frame.x(x)) + dx,
            float(frame.y(y, renderer.y_range_name)) + dy + lift,
            words,
            colour,
            size,
            anchors[align],
        )
        for x, y, words, colour, align, dx, dy in zip(*columns, strict=True)
        if words
    )


def _images(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    mapper, parts = renderer.glyph.color_mapper, []
    table = [(0, 0, 0, 0), *((*bytes.fromhex(colour[1:]), 255) for colour in mapper.palette)]
    for image, x, y, width, height in zip(*(read(name) for name in ("image", "x", "y", "dw", "dh")), strict=True):
        pixels = np.array(table, np.uint8)[np.asarray(image)[::-1]].repeat(SHARP, 0).repeat(SHARP, 1)
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG")
        data = base64.b64encode(file.getvalue()).decode()
        place = f'x="{frame.x(x):.1f}" y="{frame.y(y + height):.1f}"'
        size = f'width="{width * frame.unit:.1f}" height="{height * frame.unit:.1f}" image-rendering="pixelated"'
        parts.append(f'<image {place} {size} preserveAspectRatio="none" href="data:image/png;base64,{data}"/>')
    return "".join(parts)


def _lines(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    glyph = renderer.glyph
    stroke = f'stroke="{glyph.line_color}" stroke-width="{glyph.line_width}" stroke-opacity="{glyph.line_alpha}"'
    dash = f' stroke-dasharray="{" ".join(map(str, glyph.line_dash))}"' if glyph.line_dash else ""
    path = _path(frame.x(read("x")), frame.y(read("y")))
    return f'<path d="{path}" fill="none" stroke-linejoin="round" {stroke}{dash}/>' if path else ""


def _bands(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    x, low, high = frame.x(read("x")), frame.y(read("y1")), frame.y(read("y2"))
    path = _path(np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]), True)
    return f'<path d="{path}" fill="{renderer.glyph.fill_color}" fill-opacity="{renderer.glyph.fill_alpha}"/>'


def _scatters(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    parts = []
    for x, y, size, marker, colour in zip(*(read(n) for n in ("x", "y", "size", "marker", "fill_color")), strict=True):
        if np.isfinite([x, y]).all():
            px, py, r = frame.x(x), frame.y(y), size / 2
            outlines = {
                "diamond": f"M{px:.1f} {py - r:.1f}l{r * 0.7:.1f} {r}l{-r * 0.7:.1f} {r}l{-r * 0.7:.1f} {-r}Z",
                "triangle": f"M{px:.1f} {py - r:.1f}l{r} {2 * r}h{-2 * r}Z",
                "inverted_triangle": f"M{px:.1f} {py + r:.1f}l{r} {-2 * r}h{-2 * r}Z",
            }
            dot = f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{r}"'
            shape = f'<path d="{outlines[marker]}"' if marker in outlines else dot
            parts.append(f'{shape} fill="{colour}"/>')
    return "".join(parts)


def _upright(frame: PlotArea, renderer: GlyphRenderer, read: Read) -> str:
    glyph = renderer.glyph
    stroke = f'stroke="{glyph.line_color}" stroke-width="{glyph.line_width}"'
    dash = f' stroke-dasharray="{" ".join(map(str, glyph.line_dash))}"' if glyph.line_dash else ""
    return "".join(
        f'<path d="M{frame.x(x):.1f} {frame.top:.1f}v{frame.height:.1f}" {stroke}{dash}/>' for x in read("x")
    )


def _level(frame: PlotArea, span: Span) -> str:
    dash = " ".join(map(str, span.line_dash))
    stroke = f'stroke="{span.line_color}" stroke-width="{span.line_width}" stroke-dasharray="{dash}"'
    return f'<path d="M{frame.left:.1f} {frame.y(span.location):.1f}h{frame.width:.1f}" {stroke}/>'


DRAWERS: dict[str, Callable[[PlotArea, GlyphRenderer, Read], str]] = {
    "Rect": _rects, "Circle": _circles, "Patches": _patches, "Ngon": _ngons, "Text": _texts, "Image": _images,
    "Line": _lines, "VArea": _bands, "Scatter": _scatters, "VSpan": _upright,
}  # fmt: skip
