"""A map as a picture: what never changes in its cells, and the agent in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gridworld.drawing.canvas import Canvas, Paint
from gridworld.drawing.palette import CLEAR, LIGHT
from gridworld.drawing.pixel_canvas import PixelCanvas
from gridworld.drawing.plot_area import PlotArea
from gridworld.worlds.terrain import BASE, HasMaps, Terrain

CORNER = 3.0  # units of a picture
GROUND, START = 0.92, 0.9  # width of a ground and of a start's square, in cells
RINGS = (("mark", 0.40), ("ring", 0.36), ("agent", 0.28))  # of the agent: colour and radius
TRAIL = 20


class MapPicture:
    """Draws one map onto canvases.

    Parameters
    ----------
    terrain
        What is in the cells.
    left, top, width
        Where the map is drawn; its height follows.
    colours
        Of a theme.
    """

    def __init__(self, terrain: Terrain, left: float, top: float, width: float, colours: Mapping[str, Any]) -> None:
        self.terrain, self.placement, self.colours = terrain, terrain.placement, colours
        west, east, south, north = self.placement.bounds
        height = width * (north - south) / (east - west)
        self.area = PlotArea(left, top, width, height, (west, east), (south, north))
        self.centres = np.stack(
            [self.area.x(self.placement.centres[:, 0]), self.area.y(self.placement.centres[:, 1])], 1
        )

    def square(self, canvas: Canvas, centre: np.ndarray, side: float, paint: Paint) -> None:
        """Draw a square around a point of the picture, `side` in cells."""
        size = side * self.area.unit
        left, top = centre - size / 2
        canvas.rectangle(left, top, size, size, paint, min(CORNER, 0.12 * size))

    def grounds(self, canvas: Canvas) -> None:
        """Draw walls, pits, cliffs and what is under a goal."""
        columns, colours = self.terrain.grounds(), self.colours
        centres = np.stack([self.area.x(columns["x"]), self.area.y(columns["y"])], 1)
        names = ("fill", "opacity", "line", "hatch", "hatching")
        size = GROUND * self.area.unit
        for centre, fill, opacity, line, hatch, hatching in zip(centres, *(columns[n] for n in names), strict=True):
            width = min(1.0, 0.04 * size)
            self.square(canvas, centre, GROUND, Paint(colours[fill], opacity, colours[line], width))
            if hatch != " ":
                left, top = centre - size / 2
                canvas.hatching(left, top, size, size, colours[hatching])

    def marks(self, canvas: Canvas, shrink: float = 1.0, lift: float = 0.0) -> None:
        """Draw stars, crosses and the like, thin walls, and the squares of starts."""
        columns = self.terrain.marks(shrink, lift)
        for x, y, *look in zip(*(columns[n] for n in ("xs", "ys", "fill", "opacity", "line")), strict=True):
            canvas.polygon(self.area.x(x), self.area.y(y), self._paint(*look))
        unit = self.area.unit
        for x, y, width, height in self.placement.fences():
            left, top = self.area.x(x - width / 2), self.area.y(y + height / 2)
            canvas.rectangle(left, top, width * unit, height * unit, Paint(self.colours["mark"]))
        thick = min(2.0, 0.05 * unit)
        paint = Paint(line=self.colours["mark"], line_width=thick, dashes=(2 * thick, 1.5 * thick))
        for cell in self.terrain.starts:
            self.square(canvas, self.centres[cell], START * self.placement.scale, paint)

    def _paint(self, fill: str, opacity: float, line: str) -> Paint:
        return Paint(
            None if fill == CLEAR else self.colours.get(fill, fill),
            opacity,
            None if line == CLEAR else self.colours.get(line, line),
            min(1.0, 0.025 * self.area.unit),
        )

    def trail(self, canvas: Canvas, cells: list[int], share: float = 1.0) -> None:
        """Draw the cells that were entered, the newest last, as discs that fade with age, in a share of their size."""
        taken, size = {-1}, share * self.placement.scale * self.area.unit
        discs = []
        for age, cell in zip(np.arange(TRAIL, 0, -1) / TRAIL, reversed(cells), strict=False):
            if cell not in taken:
                taken.add(cell)
                discs.append((cell, (0.14 + 0.22 * age) * size, 0.12 + 0.78 * age**1.5))
        for cell, radius, opacity in reversed(discs):
            x, y = self.centres[cell]
            canvas.circle(x, y, radius, Paint(self.colours["trail"], opacity))

    def agent(self, canvas: Canvas, cell: int, share: float = 1.0) -> None:
        """Draw the agent in a cell, in a share of its size; -1 is no cell."""
        if cell < 0:
            return
        x, y = self.centres[cell]
        for colour, radius in RINGS:
            canvas.circle(x, y, share * radius * self.placement.scale * self.area.unit, Paint(self.colours[colour]))


class MapSketch:
    """One map of a world, drawn once, onto which the agent is put; `cell` is the width of a cell in pixels."""

    def __init__(self, world: HasMaps, phase: int, cell: int) -> None:
        self.phase = phase
        terrain = Terrain(world, phase)
        layout = terrain.placement.layout
        picture = MapPicture(terrain, 0.0, 0.0, float(layout.columns * cell), LIGHT)
        self._picture, self._still = picture, PixelCanvas(picture.area.width, picture.area.height, 1.0, LIGHT["paper"])
        for cell_, kind in enumerate(terrain.kinds):
            if kind not in BASE:
                picture.square(self._still, picture.centres[cell_], GROUND, Paint(LIGHT["bg"]))
        picture.grounds(self._still)
        picture.marks(self._still)

    def with_agent(self, cell: int) -> np.ndarray:
        """Return the map with the agent in a cell, uint8 [height, width, 3]."""
        canvas = self._still.copy()
        self._picture.agent(canvas, cell)
        return np.asarray(canvas.shown())
