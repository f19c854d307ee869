"""The boards of a race, one a run, and beside them the map of how the first two differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn

from dashboards.style.markup import fill
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, WHOLE, WIDE, html, tiles_css
from dashboards.views.board.differences import POLICIES, VALUES, difference_overlays
from dashboards.views.board.view import BoardView
from gridworld.runs.frame import Frame
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.placement import placed
from gridworld.worlds.problem import Problem

WIDTH, LEAST, MOST = 230, 90, 260  # pixels: how wide a board is at least, and between what it is high at least
DIFFERENCES = {"Difference of values": VALUES, "Difference of policies": POLICIES, "No difference": ""}


class RaceBoards:
    """Boards that are made for the first race, and used again while the world and the number stay."""

    def __init__(self, dark: Callable[[], bool]) -> None:
        self._dark = dark
        self._overlays = difference_overlays(self._scene)
        self._boards: list[BoardView] = []  # of the runs, and at the end that of their difference
        self._journals: list[Journal] = []
        self._other: Scene | None = None
        self._overlay = VALUES
        self._legend = pn.Row(**WIDE)  # one for all boards
        self._difference = html("")
        self._grid = pn.Row(styles={**WHOLE, "gap": "12px"}, stylesheets=[tiles_css(WIDTH)], **FILL)
        self.panel = pn.Column(self._legend, self._grid, styles={**WHOLE, "gap": "8px"}, **FILL)

    def begin(self, problem: Problem, labels: Sequence[str]) -> None:
        """Show the boards of runs that are about to begin."""
        if [board.problem for board in self._boards] != [problem] * (len(labels) + 1):
            self._boards = [BoardView(problem, tokens(self._dark())) for _ in labels]
            self._boards.append(self._difference_board(problem))
        for board in self._boards:
            board.begin(problem)
        self._journals = [Journal() for _ in labels]
        self._against = f"{labels[0]} against {labels[1]}"
        titles = [*(html(_title(label)) for label in labels), self._difference]
        self._legend.objects = [self._boards[0].head]
        self._grid.objects = [_titled(title, board) for title, board in zip(titles, self._boards, strict=True)]
        self.show_difference(self._overlay)

    def clear(self) -> None:
        """Show no board."""
        self._legend.objects = self._grid.objects = []

    def show(self, frames: Sequence[Frame]) -> None:
        """Show where the runs are."""
        self._other = frames[1].scene
        for journal, frame in zip(self._journals, frames, strict=True):
            journal.add(frame)
        for board, journal in zip(self._boards, [*self._journals, self._journals[0]], strict=True):
            board.refresh(journal)

    def show_difference(self, overlay: str) -> None:
        """Show another map of the difference, or none ("")."""
        self._overlay = overlay
        if self._boards:
            if overlay:
                self._boards[-1].colour_by(overlay)
                shown = self._overlays[overlay]
                self._difference.object = _title(self._against, f"{shown.title}. {shown.explanation}")
            if self._grid.objects:
                self._grid.objects[-1].visible = bool(overlay)

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme."""
        for board in self._boards:
            board.retheme(tokens(dark))

    def _difference_board(self, problem: Problem) -> BoardView:
        board = BoardView(problem, tokens(self._dark()), overlays=self._overlays)
        board.show(arrows=False, trail=False)
        board.drawing.hover.renderers = []  # its numbers are those of one run
        return board

    def _scene(self) -> Scene:
        assert self._other is not None
        return self._other


def _title(label: str, about: str = "") -> str:
    return fill('<div class="hint"><b>{}</b>{}</div>', label, about and f" · {about}")


def _titled(title: Any, board: BoardView) -> Any:
    """Return a board without its legend below a title; its cells can be distinguished at the least width."""
    left, right, bottom, top = placed(board.problem.layouts[0][1]).bounds
    height = min(max(round(WIDTH * (top - bottom) / (right - left)), LEAST), MOST)
    body = pn.Column(board.body, styles={"min-height": f"{height}px", "min-width": "0"}, **FILL)
    return pn.Column(title, body, styles={"min-width": "0", "gap": "4px"}, **FILL)
