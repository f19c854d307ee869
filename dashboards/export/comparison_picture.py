"""The curves of a comparison as a picture, without a browser and as the page draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.export.picture import to_png
from dashboards.export.svg import PlotArea, document, text
from dashboards.export.svg_axes import grid, numbers_below
from dashboards.export.svg_glyphs import marks_of
from dashboards.style.theme import tokens
from dashboards.views.comparison.curves import TITLES, ComparisonCurves, what_is_drawn
from dashboards.views.comparison.marks import DASHES, place_of
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import Curve, CurveKind
from gridworld.experiments.plan import Cell

WIDTH, SHOWN = 760, 360  # units of the picture, and of the height of its curves
LEFT, EDGE, HEAD, LINE, BELOW = 60, 12, 46, 20, 44  # around the curves, and a line of the legend
MOST = len(DASHES)


@dataclass(frozen=True)
class ComparisonPicture:
    """A picture that a notebook shows."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write it as SVG, or as PNG if the name ends so (which needs the extra "pictures"), and return the path."""
        path = Path(path)
        path.write_bytes(to_png(self.svg) if path.suffix.lower() == ".png" else self.svg.encode())
        return path


def draw_comparison(
    result: Comparison, kind: CurveKind = "returns", *, world: str | None = None, theme: str = "light"
) -> ComparisonPicture:
    """Return the curves of all contestants in a world, with their bands.

    Raises
    ------
    ValueError
        If there are several worlds and none is named, or more contestants than can be distinguished.
    """
    worlds = result.plan.worlds
    if world is None and len(worlds) > 1:
        raise ValueError(f"The plan has {len(worlds)} worlds; name the one to draw: world={worlds[0]!r:.40}.")
    cells = [cell for cell in result.plan.cells if world in (None, cell.settings.world)]
    if not 0 < len(cells) <= MOST:
        raise ValueError(f"There are {len(cells)} contestants in that world; a picture shows from 1 to {MOST}.")
    curves = [result.curve(cell.label, kind, world=cell.settings.world) for cell in cells]
    return ComparisonPicture(curves_picture(cells, curves, kind, result.plan.runs, theme))


def curves_picture(cells: Sequence[Cell], curves: Sequence[Curve], kind: CurveKind, runs: int, theme: str) -> str:
    """Return curves of this many runs as SVG."""
    colours = tokens(dark=theme == "dark")
    view = ComparisonCurves(colours)
    view.show(cells, curves, kind, runs)
    legend, lines = _legend(cells, colours)
    frame = PlotArea(view.figure, LEFT, HEAD + LINE * lines, WIDTH - LEFT - EDGE, SHOWN)
    middle, bottom = LEFT + frame.width / 2, frame.top + SHOWN
    body = [
        text(EDGE, 18, TITLES[kind], colours["ink"], 14, bold=True),
        text(EDGE, 36, what_is_drawn(curves[0], runs), colours["muted"], 11),
        *legend,
        grid(frame, colours),
        marks_of(frame),
        numbers_below(frame, colours),
        text(middle, bottom + 34, curves[0].unit.title(), colours["muted"], 12, "middle"),
    ]
    return document(WIDTH, bottom + BELOW, "\n".join(body), TITLES[kind], colours, bottom + BELOW)


def _legend(cells: Sequence[Cell], colours: dict[str, Any]) -> tuple[list[str], int]:
    """Return an entry for each contestant, and how many lines they take."""
    entries, line, left = [], 0, float(EDGE)
    for place, cell in enumerate(cells):
        width = 44 + 7 * len(cell.label)
        if left > EDGE and left + width > WIDTH:
            line, left = line + 1, float(EDGE)
        entries.append(_entry(place, cell.label, left, HEAD + LINE * (line + 0.5), colours))
        left += width
    return entries, line + 1


def _entry(place: int, label: str, left: float, y: float, colours: dict[str, Any]) -> str:
    """Return a line as the curve is drawn, and whose it is."""
    dash = " ".join(map(str, DASHES[place_of(place)]))
    stroke = f'stroke="{colours["contestants"][place_of(place)]}" stroke-width="2.5" stroke-dasharray="{dash}"'
    return f'<path d="M{left:.1f} {y:.1f}h28" {stroke}/>' + text(left + 34, y, label, colours["ink"], 12)
