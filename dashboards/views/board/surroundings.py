"""What is around a board: the line above it, the colour bar beside it, the titles of its panels."""

from __future__ import annotations

from typing import Any

import panel as pn
from bokeh.models import Div
from bokeh.plotting import figure

from dashboards.style.headings import HEAD_CSS
from dashboards.style.widgets import WIDE
from dashboards.views.board.legend import BAR_CSS, TITLES_CSS, bar_html, head_html, kinds_shown, titles_html
from dashboards.views.board.map import LARGE, BoardMap
from gridworld.drawing.colour_scale import Scale
from gridworld.insight.overlays import Overlay
from gridworld.worlds.placement import placed
from gridworld.worlds.problem import Problem

FILL: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_both"}
SHAPED = {"flex": "none", "margin": "auto", "position": "relative", "container-type": "size"}


class Surroundings:
    """Lays a board out as large as it fits; `head_row`, the line above its `body`, has room for a button."""

    def __init__(self, board: figure) -> None:
        self.head = Div(stylesheets=[HEAD_CSS], sizing_mode="stretch_width", margin=0)
        self.bar = Div(stylesheets=[BAR_CSS], width=58, sizing_mode="stretch_height", margin=0)
        self.titles = Div(stylesheets=[TITLES_CSS], margin=0)
        self._board = pn.Column(pn.pane.Bokeh(board, **FILL), pn.pane.Bokeh(self.titles, margin=0))
        hold = pn.Column(self._board, styles={"container-type": "size", "min-height": "0", "min-width": "0"}, **FILL)
        bar = pn.pane.Bokeh(self.bar, margin=0, sizing_mode="stretch_height")
        self.body = pn.Row(hold, bar, styles={"gap": "10px", "min-height": "0"}, **FILL)
        words = pn.pane.Bokeh(self.head, margin=0, sizing_mode="stretch_width")
        self.head_row = pn.Row(words, styles={"gap": "12px"}, **WIDE)
        self.panel = pn.Column(self.head_row, self.body, styles={"gap": "8px", "min-height": "0"}, **FILL)

    def fit(self, problem: Problem, phase: int) -> None:
        """Give the board the shape of its map. A browser draws at once what it lays out: do this before the map."""
        left, right, bottom, top = placed(problem.layouts[phase][1]).bounds
        width, height = right - left, top - bottom
        size = {
            "width": f"min(100cqw, {100 * width / height:.3f}cqh)",
            "height": f"min({100 * height / width:.3f}cqw, 100cqh)",
        }
        self._board.styles = {**size, **SHAPED}

    def show_head(self, board: BoardMap, problem: Problem, overlay: Overlay | None, about: str) -> None:
        """Write what the colours mean, a sentence about it, and which kinds of cells there are."""
        aimless = {problem.actions[action]: corners for action, corners in board.policy.corners.items()}
        note = f"Boards over {LARGE} × {LARGE} cells have no arrows or outlines" if board.is_large else ""
        kinds = kinds_shown(board.terrain, board.is_large)
        _set(self.head, head_html(overlay.title if overlay else "Map", kinds, aimless, note, about))

    def show_scale(self, scale: Scale | None, name: str) -> None:
        """Draw the colour bar of an overlay."""
        _set(self.bar, bar_html(scale, name))

    def show_titles(self, board: BoardMap, problem: Problem) -> None:
        """Write the titles of the map's panels."""
        _set(self.titles, titles_html(board.placement, problem.title))


def _set(part: Div, text: str) -> None:
    if part.text != text:
        part.text = text
