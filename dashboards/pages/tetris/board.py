"""The Tetris board: the cells in the colours and letters of their pieces, and the two pieces to come."""

from __future__ import annotations

from typing import Any

import numpy as np
import panel as pn
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, LinearColorMapper, Range1d
from bokeh.models.glyphs import Rect, Text
from bokeh.plotting import figure

from dashboards.live.patches import patch_changes
from dashboards.live.view import Hideable
from dashboards.style.theme import CLEAR, DARK, FONT
from dashboards.style.widgets import FILL, html
from gridworld.drawing.palette import PIECE_COLOURS
from gridworld.runs.journal import Journal
from gridworld.tetris.game.pieces import NAMES, ORIENTATIONS
from gridworld.tetris.report import TetrisBoard

ROWS, COLUMNS = 20, 10
LETTERS = np.array(["", *NAMES])
LETTER_COLOURS = [DARK["ring"] if name != "J" else DARK["mark"] for name in NAMES]  # on the colour of the piece
MARGIN = 0.3
SIDE = COLUMNS + 0.8  # where the pieces to come begin
WIDTH = SIDE + 4
PREVIEWS = {"Piece": 18.4, "Next": 14.4}  # the height of the upper row of each
HEAD_CSS = """
:host { color: var(--mui-palette-text-secondary); font-size: 12px; line-height: 18px; padding-top: 8px; }
b { font-size: 13px; margin-right: 6px; color: var(--mui-palette-text-primary); }
"""


def preview(piece: int) -> np.ndarray:
    """Return a piece lying as it is dealt, uint8 [2, 4], the upper row first."""
    cells = np.zeros((2, 4), np.uint8)
    for r, line in enumerate(ORIENTATIONS[piece][0].split("\n")):
        for c, mark in enumerate(line):
            cells[r, c] = (piece + 1) * (mark == "#")
    return cells


def levels(board: TetrisBoard) -> np.ndarray:
    """Return what each cell shows, uint8 [216]: the board from the top left, then the next two pieces; 0 is empty."""
    return np.concatenate([board.cells.ravel(), preview(board.piece).ravel(), preview(board.next_piece).ravel()])


class TetrisBoardView(Hideable):
    """Draws the board of a journal's scene. A tick sends only the cells that changed.

    `title` and `note` are above it, if there is a title; a run without a board yet shows an empty one. `part` is the
    scene's attribute that has the board.
    """

    _cover = ""

    def __init__(self, tokens: dict[str, Any], title: str = "", note: str = "", part: str = "board") -> None:
        self._part = part
        self._still: list[tuple[Any, str, str]] = []
        self.head = html("", stylesheets=[HEAD_CSS], sizing_mode="stretch_width")
        self.cells = ColumnDataSource(self._empty_cells())
        self.cover_text = ColumnDataSource({"x": [COLUMNS / 2], "y": [ROWS / 2], "text": [""], "alpha": [0.0]})
        self.figure = self._make_figure()
        self.entitle(title, note)
        side = f"min(100cqw, 100cqh * {WIDTH + 2 * MARGIN} / {ROWS + 2 * MARGIN})"
        height = f"min(100cqh, 100cqw * {ROWS + 2 * MARGIN} / {WIDTH + 2 * MARGIN})"
        size = {"width": side, "height": height, "flex": "none", "margin": "0 auto auto"}
        sized = pn.Column(pn.pane.Bokeh(self.figure, **FILL), styles=size)
        hold = pn.Column(sized, styles={"container-type": "size", "min-height": "0", "min-width": "0"}, **FILL)
        self.panel = pn.Column(self.head, hold, styles={"gap": "8px", "min-height": "0"}, **FILL)
        self.begin()
        self.retheme(tokens)

    def entitle(self, title: str, note: str) -> None:
        """Write the line above the board."""
        self.head.param.update(object=f"<div><b>{title}</b>{note}</div>", visible=bool(title))

    def begin(self, problem: Any = None) -> None:
        """Show an empty board."""
        self._seen: tuple[int, int] | None = None
        self.forget_waiting()
        self._draw(np.zeros(len(self.cells.data["level"]), np.uint8))
        self._end = ""
        self._write()

    def refresh(self, journal: Journal) -> None:
        """Send what changed since the last time."""
        frame = journal.frame
        if frame is None or not self.is_seen(journal):
            return
        seen = (frame.epoch, journal.revision)
        board = getattr(frame.scene, self._part) if frame.scene else None
        if board is None or seen == self._seen:
            return
        self._seen = seen
        self._draw(levels(board))
        self._end = "Game over" if board.over else ""
        self._write()

    move = refresh

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme; pieces keep theirs."""
        for glyph, name, colour in self._still:
            setattr(glyph, name, tokens[colour])

    def _draw(self, new: np.ndarray) -> None:
        patch_changes(self.cells, {"level": new, "letter": LETTERS[new].tolist()})

    def cover(self, text: str) -> None:
        """Write a few words over the board, or take them away."""
        self._cover = text
        self._write()

    def _write(self) -> None:
        text = self._cover or self._end
        patch_changes(self.cover_text, {"text": [text], "alpha": [0.9 if text else 0.0]})

    def _empty_cells(self) -> dict[str, Any]:
        across, down = np.meshgrid(np.arange(COLUMNS) + 0.5, ROWS - 0.5 - np.arange(ROWS))
        x, y = [across.ravel()], [down.ravel()]
        for top in PREVIEWS.values():
            across, down = np.meshgrid(SIDE + np.arange(4) + 0.5, top - 0.5 - np.arange(2))
            x.append(across.ravel())
            y.append(down.ravel())
        count = sum(map(len, x))
        level = np.zeros(count, np.uint8)
        return {"x": np.concatenate(x), "y": np.concatenate(y), "level": level, "letter": [""] * count}

    def _make_figure(self) -> figure:
        made = figure(
            x_range=Range1d(-MARGIN, WIDTH + MARGIN),
            y_range=Range1d(-MARGIN, ROWS + MARGIN),
            toolbar_location=None,
            tools="",
            min_border=0,
            outline_line_color=None,
            background_fill_alpha=0,
            border_fill_alpha=0,
            sizing_mode="stretch_both",
        )
        made.axis.visible = made.grid.visible = False
        self._add_well(made)
        colours = LinearColorMapper(low=0.5, high=7.5, palette=list(PIECE_COLOURS), low_color=CLEAR)
        inks = LinearColorMapper(low=0.5, high=7.5, palette=LETTER_COLOURS, low_color=CLEAR)
        fill = {"field": "level", "transform": colours}
        made.add_glyph(
            self.cells,
            Rect(x="x", y="y", width=0.92, height=0.92, border_radius=3, fill_color=fill, line_color=None),
        )
        letters = Text(x="x", y="y", text="letter", text_color={"field": "level", "transform": inks}, text_alpha=0.8)
        letters.update(text_align="center", text_baseline="middle", text_font=value(FONT), text_font_size="11px")
        made.add_glyph(self.cells, letters)
        self._add_words(made)
        return made

    def _add_well(self, made: figure) -> None:
        """Draw the board's rim and the faint outlines of its cells."""
        well = ColumnDataSource({"x": [COLUMNS / 2], "y": [ROWS / 2]})
        rim = Rect(x="x", y="y", width=COLUMNS + 0.24, height=ROWS + 0.24, border_radius=4, line_width=1.5)
        made.add_glyph(well, rim)
        board = {name: self.cells.data[name][: ROWS * COLUMNS] for name in ("x", "y")}
        outline = Rect(x="x", y="y", width=0.92, height=0.92, border_radius=3, fill_color=None, line_width=1)
        made.add_glyph(ColumnDataSource(board), outline)
        self._still += [(rim, "line_color", "unknown"), (rim, "fill_color", "bg"), (outline, "line_color", "line")]

    def _add_words(self, made: figure) -> None:
        names = ColumnDataSource(
            {"x": [SIDE] * 2, "y": [top + 0.35 for top in PREVIEWS.values()], "text": list(PREVIEWS)}
        )
        label = Text(x="x", y="y", text="text", text_font=value(FONT), text_font_size="12px")
        end = Text(
            x="x", y="y", text="text", text_align="center", text_baseline="middle", text_font=value(FONT),
            text_font_size="17px", text_font_style="bold", padding=10, border_radius=6, background_fill_alpha="alpha",
        )  # fmt: skip
        made.add_glyph(names, label)
        made.add_glyph(self.cover_text, end, level="overlay")
        self._still += [(label, "text_color", "muted"), (end, "text_color", "ink")]
        self._still += [(end, "background_fill_color", "paper")]
