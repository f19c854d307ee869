"""Where the cells of a layout lie on a picture, and the outlines of their contents. All lengths are in cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from gridworld.worlds.layout import Kind, Layout

GAP = 0.12  # between panels, as a share of a panel's width
TITLE = 0.42  # height of a panel's title, as a share of its width
Outline = tuple[np.ndarray, np.ndarray]
MOST_OUTLINED = 15  # cells on a side of a board whose best wedges are outlined
MOST_WEDGES = 30  # boards of more cells show a number for each action as an image
REACH = 0.46  # from a cell's centre to the edge of what is drawn in it
AMID_NUMBERS = 0.22  # of their size have an agent and its trail amid the numbers of wedges, so that these can be read
SIDES = {(-1, 0), (0, 1), (1, 0), (0, -1)}


@dataclass(frozen=True, eq=False)
class Placement:
    """A layout in the middle of a square of `side` cells, x to the right and y upwards; panels run down its columns."""

    layout: Layout

    @cached_property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of panels that leave the cells largest."""
        panels = self.layout.panels
        choices = [(rows, -(-panels // rows)) for rows in range(1, panels + 1)]
        return min(choices, key=lambda grid: (max(self._extent(*grid)), grid[0] * grid[1]))

    def _extent(self, rows: int, columns: int) -> tuple[float, float]:
        """Return the width and height of this many panels."""
        return columns * self._pitch[0] - self._gap, rows * self._pitch[1] - self._gap

    @property
    def _gap(self) -> float:
        return GAP * self.layout.columns if self.layout.panels > 1 else 0.0

    @property
    def title_height(self) -> float:
        return TITLE * self.layout.columns if self.layout.panels > 1 else 0.0

    @property
    def _pitch(self) -> tuple[float, float]:
        return self.layout.columns + self._gap, self.layout.rows + self._gap + self.title_height

    @cached_property
    def side(self) -> float:
        return float(max(self._extent(*self.grid)))

    @property
    def scale(self) -> float:
        """How much the agent, goals and starts are enlarged, so that they are found on a large board."""
        return max(1.0, self.side / 40)

    @property
    def margin(self) -> float:
        """Free space around the square, for what reaches beyond its cells."""
        return 0.45 * (self.scale - 1) + 0.25 * (self.layout.panels > 1)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of what the board fills, with its margin."""
        width, height = self._extent(*self.grid)
        middle, right, top = self.side / 2, width / 2 + self.margin, height / 2 + self.margin
        return middle - right, middle + right, middle - top, middle + top

    @cached_property
    def corners(self) -> np.ndarray:
        """Upper left corner (x, y) of each panel's map, float64 [P, 2]."""
        width, height = self._extent(*self.grid)
        panel = np.arange(self.layout.panels)
        left = (self.side - width) / 2 + panel // self.grid[0] * self._pitch[0]
        top = self.side - (self.side - height) / 2 - panel % self.grid[0] * self._pitch[1] - self.title_height
        return np.stack([left, top], 1)

    @cached_property
    def centres(self) -> np.ndarray:
        """Centre (x, y) of each cell, panel by panel and row by row, float64 [N, 2]."""
        row, column = np.indices(self.layout.kinds.shape[1:])
        offsets = np.stack([column + 0.5, -row - 0.5], -1).reshape(1, -1, 2)
        return (self.corners[:, None] + offsets).reshape(-1, 2)

    @cached_property
    def kinds(self) -> np.ndarray:
        """uint8 [N]"""
        return self.layout.kinds.ravel()

    @cached_property
    def states(self) -> np.ndarray:
        """int64 [N], -1 where a cell shows no state"""
        return self.layout.states.ravel()

    def fences(self) -> np.ndarray:
        """Return centre, width and height of each thin wall in each panel, float64 [F, 4]."""
        if not self.layout.fences:
            return np.zeros((0, 4))
        x0, y0, x1, y1 = np.array(self.layout.fences).T
        width, height = np.maximum(np.abs(x1 - x0), 0.14), np.maximum(np.abs(y1 - y0), 0.14)
        one = np.stack([(x0 + x1) / 2, -(y0 + y1) / 2, width, height], 1)
        shift = np.pad(self.corners, ((0, 0), (0, 2)))
        return (shift[:, None] + one).reshape(-1, 4)


@lru_cache(maxsize=8)
def placed(layout: Layout) -> Placement:
    """Return the placement of a layout, one for all pages that show it."""
    return Placement(layout)


def leads_to_sides(layout: Layout) -> bool:
    """Return whether each action of a map leads to a side of its own, so that a cell can be divided among them."""
    aims = [aim for aim in layout.directions if aim is not None]
    return layout.panels == 1 and len(aims) == len(layout.directions) == len(SIDES) and set(aims) == SIDES


def pinwheels(levels: np.ndarray, directions: tuple[tuple[int, int] | None, ...]) -> np.ndarray:
    """Return a map of levels by action, uint8 [rows, columns, 4], as pixels, uint8 [4 rows, 4 columns].

    A cell is 4 x 4 pixels, of which each action has four: those on its side but the last, and the one further in.
    """
    rows, columns = levels.shape[:2]
    pixels = np.zeros((rows, 4, columns, 4), np.uint8)
    for action, aim in enumerate(directions):
        sail = np.zeros((4, 4), bool)
        sail[0, :3] = sail[1, 1] = True  # of the action that leads upwards; the others are turned
        turned = np.rot90(sail, [(-1, 0), (0, -1), (1, 0), (0, 1)].index(aim or (-1, 0)))
        for down, right in np.argwhere(turned):
            pixels[:, down, :, right] = levels[:, :, action]
    return pixels.reshape(4 * rows, 4 * columns)


def star(radius: float = 0.4) -> Outline:
    """Return five points, one upwards."""
    angle = np.pi / 2 + np.arange(10) * np.pi / 5
    length = np.tile([radius, radius * 0.43], 5)
    return length * np.cos(angle), length * np.sin(angle)


def cross(arm: float = 0.26, half_width: float = 0.09) -> Outline:
    """Return two bars over the diagonals."""
    a, w = arm, half_width
    x = np.array([-a, w - a, 0, a - w, a, w, a, a - w, 0, w - a, -a, -w])
    y = np.array([w - a, -a, -w, -a, w - a, 0, a - w, a, w, a, a - w, 0])
    return x, y


def chevron(top: float, half_width: float = 0.3, drop: float = 0.2, thickness: float = 0.14) -> Outline:
    """Return a V, its outer ends at the height `top`."""
    w, d, t = half_width, drop, thickness
    return np.array([-w, 0, w, w, 0, -w]), top + np.array([0, -d, 0, -t, -d - t, -t])


def frame(corners: int, outer: float, inner: float) -> Outline:
    """Return a regular polygon with a hole of its shape, the first corner at the top, as one outline with a slit."""
    angle = np.pi / 2 + np.arange(corners + 1) * 2 * np.pi / corners
    turns = np.concatenate([angle, angle[::-1]])
    length = np.repeat([outer, inner], corners + 1)
    return length * np.cos(turns), length * np.sin(turns)


def corners(reach: float = 0.42, leg: float = 0.2) -> list[Outline]:
    """Return a triangle in each corner of a cell."""
    x, y = np.array([reach, reach, reach - leg]), np.array([reach, reach - leg, reach])
    return [(right * x, up * y) for right in (-1, 1) for up in (-1, 1)]


def bar(start: np.ndarray, end: np.ndarray, thickness: float) -> Outline:
    """Return a straight line of some thickness between two points."""
    along = (end - start) / max(float(np.hypot(*(end - start))), 1e-9)
    across = np.array([-along[1], along[0]]) * thickness / 2
    corners = np.array([start + across, end + across, end - across, start - across])
    return corners[:, 0], corners[:, 1]


MARKS: dict[Kind, tuple[Callable[[], list[Outline]], str]] = {
    Kind.GOAL: (lambda: [star()], "goal"),
    Kind.PIT: (lambda: [cross()], "pitx"),
    Kind.CLIFF: (lambda: [chevron(0.29), chevron(0.03)], "pitx"),
    Kind.JUMP: (lambda: [frame(4, 0.38, 0.25)], "mark"),
    Kind.EXIT: (lambda: [frame(24, 0.34, 0.22)], "mark"),
}
"""The outlines drawn in cells of a kind, around their centre, and the name of their colour."""
