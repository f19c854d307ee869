"""The words around a board, as HTML whose colours are CSS variables: they follow the theme without a round trip."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from dashboards.style.markup import fill
from dashboards.style.theme import EDGE
from gridworld.drawing.colour_scale import Scale
from gridworld.worlds.layout import Kind
from gridworld.worlds.placement import Placement
from gridworld.worlds.terrain import Terrain

BAR_CSS = """
:host { font-family: var(--bokeh-base-font); }
.bk-clearfix { height: 100%; }
.scale { height: 100%; display: grid; grid-template: 1fr / 12px auto; gap: 5px; font-size: 11px; line-height: 14px;
  color: var(--mui-palette-text-secondary); }
.scale i { border-radius: 3px; background: linear-gradient(to top,
  var(--mui-palette-board-r0), var(--mui-palette-board-r1), var(--mui-palette-board-r2),
  var(--mui-palette-board-r3), var(--mui-palette-board-r4)); }
.scale i.diverging { background: linear-gradient(to top,
  var(--mui-palette-board-d0), var(--mui-palette-board-d1), var(--mui-palette-board-d2),
  var(--mui-palette-board-d3), var(--mui-palette-board-d4)); }
.scale div { display: flex; flex-direction: column; justify-content: space-between;
  font-variant-numeric: tabular-nums; }
"""
TITLES_CSS = """
:host { position: absolute; inset: 0; width: 100% !important; pointer-events: none;
  font-family: var(--bokeh-base-font); }
.bk-clearfix { position: absolute; inset: 0; }
p { position: absolute; margin: 0; display: flex; align-items: flex-end; padding-bottom: .25em; box-sizing: border-box;
  line-height: 1.15;
  color: var(--mui-palette-text-primary); overflow: hidden; }
i { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""


def icon(label: str, drawing: str) -> Markup:
    """Return an entry of the legend; `$name` in the SVG is a colour of the board."""
    drawing = drawing.replace("$", "var(--mui-palette-board-")
    picture = '<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{}</svg>'
    return Markup("<span>" + picture + "{}</span>").format(Markup(drawing), label)


def _square(paint: str) -> str:
    return f'<rect x="1" y="1" width="12" height="12" rx="2" {paint}/>'


def _path(points: str, paint: str) -> str:
    return f'<path d="{points}" {paint}/>'


def _disc(radius: float, paint: str) -> str:
    return f'<circle cx="7" cy="7" r="{radius}" {paint}/>'


MARK, PIT = 'fill="$mark)"', _square('fill="$pit)"')
THIN, THICK = 'fill="none" stroke="$mark)" stroke-width="1.5"', 'fill="none" stroke="$mark)" stroke-width="2"'
PALE = 'fill="none" stroke="$pitx)" stroke-width="1.75"'
STAR = "M7 .6l1.9 4.1 4.5.5-3.4 3 1 4.4L7 10.4l-4 2.2 1-4.4-3.4-3 4.5-.5z"
ICONS = {
    "agent": _disc(6.5, MARK) + _disc(5.6, 'fill="$ring)"') + _disc(4.2, 'fill="$agent)"'),
    "start": _square(THIN + ' stroke-dasharray="2.5 2"'),
    "goal": _path(STAR, f'fill="$goal)" stroke="{EDGE}" stroke-width=".8"'),
    "pit": PIT + _path("M4 4l6 6M10 4l-6 6", PALE),
    "cliff": PIT + _path("M3 3.5l4 2.5 4-2.5M3 7.5L7 10l4-2.5", PALE),
    "jump": _path("M7 1.5L12.5 7 7 12.5 1.5 7z", THIN),
    "landing": _path("M1 1h4L1 5zM13 1v4L9 1zM1 13V9l4 4zM13 13H9l4-4z", MARK),
    "exit": _disc(5, THICK),
    "wall": _square('fill="$wall)"') + _path("M2 8L8 2M3 12L12 3M8 12l4-4", 'stroke="$hatch)"'),
    "thin wall": _path("M7 0V14", THICK),
    "not visited": _square('fill="none" stroke="$unknown)" stroke-width="1.5"'),
}
AIMLESS = {
    24: _disc(4.5, MARK),
    4: _path("M3 3h8v8H3z", MARK),
    3: _path("M7 2l5 9H2z", MARK),
    5: _path("M7 2l5 3.8-1.9 5.7H3.9L2 5.8z", MARK),
    6: _path("M7 2l4.3 2.5v5L7 12l-4.3-2.5v-5z", MARK),
}


def head_html(
    title: str, kinds: list[tuple[str, str]], aimless: dict[str, int], note: str, explanation: str = ""
) -> str:
    """Return the title line: what colours mean, the kinds of cells on this board, the actions without a direction."""
    entries = [icon(label, ICONS[kind]) for kind, label in [("agent", "agent"), *kinds]]
    entries += [icon(f"best: {action}", AIMLESS[corners]) for action, corners in aimless.items()]
    end = Markup("<span>{}</span>").format(note) if note else ""
    about = Markup('<span class="about">{}</span>').format(explanation) if explanation else ""
    return fill('<div class="head"><b>{}</b>{}{}{}</div>', title, about, Markup("").join(entries), end)


def kinds_shown(terrain: Terrain, is_large: bool) -> list[tuple[str, str]]:
    """Return the kinds of cells on a board, as (icon, label)."""
    kinds = {Kind(kind) for kind in np.unique(terrain.kinds)}
    is_plain_jump = Kind.JUMP in kinds and not terrain.landings
    shown = [
        ("start", "start", len(terrain.starts) > 0),
        ("goal", "goal", Kind.GOAL in kinds),
        ("pit", "pit", Kind.PIT in kinds),
        ("cliff", "cliff", Kind.CLIFF in kinds),
        ("jump", "stop" if is_plain_jump else "jump", Kind.JUMP in kinds),
        ("landing", "landing", bool(terrain.landings)),
        ("exit", "exit", Kind.EXIT in kinds),
        ("wall", "wall", Kind.WALL in kinds),
        ("thin wall", "thin wall", bool(terrain.placement.layout.fences)),
        ("not visited", "not visited", not is_large),
    ]
    return [(name, label) for name, label, is_there in shown if is_there]


def bar_html(scale: Scale | None, what: str) -> str:
    """Return the colour bar with its range as it is now, or words for none; "" where nothing has colours."""
    if scale is None:
        return ""
    top, middle, bottom = scale.ticks()
    label = f"Colour scale of {what}" + (f", from {bottom} to {top}" if top else ", which has no numbers yet")
    ticks = Markup("").join(Markup("<span>{}</span>").format(tick) for tick in (top, middle or "none yet", bottom))
    paint = Markup(' class="diverging"') if scale.is_diverging else ""
    return fill('<div class="scale" role="img" aria-label="{}"><i{}></i><div>{}</div></div>', label, paint, ticks)


def titles_html(placement: Placement, name: str) -> str:
    """Return the titles above a board's panels, in shares of the board, and a description for screen readers."""
    layout = placement.layout
    kinds = [
        f"{(layout.kinds == kind).sum()} {kind.name.lower()}" for kind in Kind if kind and (layout.kinds == kind).any()
    ]
    described = f"Board of {name}: {layout.rows} rows and {layout.columns} columns" + (
        f"; cells: {', '.join(kinds)}" if kinds else ""
    )
    parts = [fill('<i role="img" aria-label="{}"></i>', described)]
    if layout.panels == 1:
        return parts[0]
    west, east, south, north = placement.bounds
    width, height = layout.columns / (east - west), placement.title_height / (north - south)
    longest = max(len(word) for title in layout.titles for word in title.split(" → ")) + 2
    size = f"font-size:min(13px,{100 * width / longest / 0.52:.2f}cqw,{100 * height / 2.7:.2f}cqh)"
    for title, (x, top) in zip(layout.titles, placement.corners, strict=True):
        left, above = (x - west) / (east - west), (north - top) / (north - south) - height
        place = f"left:{left:.3%};top:{above:.3%};width:{width:.3%};height:{height:.3%}"
        lines = Markup("<br>→ ").join(title.split(" → "))
        parts.append(fill('<p style="{};{}"><span>{}</span></p>', place, size, lines))
    return "".join(parts)
