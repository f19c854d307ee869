"""Strokes of a mouse or a finger over the board, as the cells that they pass."""

from __future__ import annotations

from collections.abc import Callable

from bokeh.events import DoubleTap, Pan, PanEnd, PanStart, Tap
from bokeh.models import BoxAnnotation, BoxSelectTool
from bokeh.plotting import figure

from gridworld.worlds.edit import Cell


class Strokes:
    """Calls `stroke(cells, is_done)` with the cells that were passed since the last call; a tap is a stroke too.

    Parameters
    ----------
    drawing
        The board's figure, before it is part of a document: Bokeh takes note of wanted events only when it becomes one.
    cell_at
        `cell_at(x, y)` is the cell at a point of the figure, None where there is none.
    """

    def __init__(
        self,
        drawing: figure,
        cell_at: Callable[[float, float], Cell | None],
        stroke: Callable[[list[Cell], bool], None],
    ) -> None:
        self._drawing, self._cell_at, self._stroke = drawing, cell_at, stroke
        self._last: Cell | None = None
        self.is_watching = False  # whether strokes are reported
        self._drag: BoxSelectTool | None = None
        for tap in (Tap, DoubleTap):  # two quick clicks on different cells are one double click to a browser
            drawing.on_event(tap, lambda event: self._tapped(event.x, event.y))
        drawing.on_event(PanStart, lambda event: self._dragged(event.x, event.y, begins=True))
        drawing.on_event(Pan, lambda event: self._dragged(event.x, event.y))
        drawing.on_event(PanEnd, lambda event: self._dragged(event.x, event.y, ends=True))

    def watch(self, is_on: bool) -> None:
        """Report strokes from now on, or no more."""
        self.is_watching = is_on
        if self._drag is None:
            # a browser scrolls by a finger unless a tool takes drags; this one selects and draws nothing
            self._drag = BoxSelectTool(renderers=[], overlay=BoxAnnotation(visible=False), visible=False)
            self._drawing.add_tools(self._drag)
        self._drawing.toolbar.active_drag = self._drag if is_on else None

    def _tapped(self, x: float, y: float) -> None:
        cell = self._cell_at(x, y)
        if self.is_watching and cell is not None:
            self._stroke([cell], True)

    def _dragged(self, x: float, y: float, *, begins: bool = False, ends: bool = False) -> None:
        if not self.is_watching:
            return
        cell = self._cell_at(x, y)
        cells = [] if cell is None else [cell] if begins or self._last is None else passed(self._last, cell)
        self._last = None if ends else cell
        if cells or ends:
            self._stroke(cells, ends)


def passed(start: Cell, end: Cell) -> list[Cell]:
    """Return the cells on the straight line from one cell to another, both included."""
    (row, column), (down, right) = start, (end[0] - start[0], end[1] - start[1])
    steps = max(abs(down), abs(right), 1)
    return list(
        dict.fromkeys((row + round(i * down / steps), column + round(i * right / steps)) for i in range(steps + 1))
    )
