"""The best placements of the piece at hand, drawn on the board: the best one filled, the others as outlines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource
from bokeh.models.glyphs import Rect, Text
from bokeh.plotting import figure

from dashboards.style.theme import FONT
from gridworld.tetris.explain import PlacementValue
from gridworld.tetris.game.pieces import BITS, MAX_ROTATIONS, SHAPES, WIDTH

FILLED, FAINT = 0.35, 0.0
NOTHING: dict[str, list[Any]] = {"x": [], "y": [], "alpha": [], "width": [], "rank": []}


class PlacementMarks:
    """Marks on a board's figure, whose cells are one wide; row 0 is at the floor."""

    def __init__(self, drawn: figure, tokens: dict[str, Any]) -> None:
        self.cells = ColumnDataSource(dict(NOTHING))
        self._outline = Rect(
            x="x", y="y", width=0.9, height=0.9, border_radius=3, fill_alpha="alpha", line_width="width"
        )
        self._rank = Text(
            x="x", y="y", text="rank", text_align="center", text_baseline="middle", text_font=value(FONT),
            text_font_size="12px", text_font_style="bold",
        )  # fmt: skip
        drawn.add_glyph(self.cells, self._outline)
        drawn.add_glyph(self.cells, self._rank)
        self.retheme(tokens)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._outline.update(line_color=tokens["primary"], fill_color=tokens["primary"])
        self._rank.text_color = tokens["ink"]

    def show(self, piece: int, placements: Sequence[PlacementValue]) -> None:
        """Mark placements of a piece, the best first; none takes all marks away."""
        marks: dict[str, list[Any]] = {name: [] for name in NOTHING}
        taken = set()
        for rank, placement in enumerate(placements, 1):
            for x, y in cells_of(piece, placement):
                free = (x, y) not in taken
                taken.add((x, y))
                cell = {"x": x + 0.5, "y": y + 0.5, "rank": str(rank) if free else ""}
                cell |= {"alpha": FILLED if rank == 1 else FAINT, "width": 2.5 if rank == 1 else 1.25}
                for name, mark in cell.items():
                    marks[name].append(mark)
        if marks != self.cells.data:
            self.cells.data = marks


def cells_of(piece: int, placement: PlacementValue) -> Iterator[tuple[int, int]]:
    """Yield the column and the row from the floor of each cell of a placed piece."""
    shape = SHAPES[MAX_ROTATIONS * piece + placement.rotation]
    for k in range(shape[WIDTH]):
        for r in np.flatnonzero([shape[BITS + k] >> r & 1 for r in range(4)]).tolist():
            yield placement.column + k, placement.row + r
