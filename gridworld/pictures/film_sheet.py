"""The sheet on which a film is drawn: a board, its scale, a line above and a line below, and room for a curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridworld.drawing.canvas import Anchor, Canvas
from gridworld.drawing.palette import tokens
from gridworld.drawing.pixel_canvas import PixelCanvas
from gridworld.pictures.board import BoardPicture, Colours
from gridworld.pictures.draw import agent_title, draw_panel_titles, sides
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem

UNITS = 480.0  # width of a sheet
EDGE, HEAD, FOOT = 10.0, 26.0, 24.0
BAR, UNDER = 8.0, 28.0  # height of the scale, and of what is below a board with its numbers
TALLEST = 560.0  # units of a board
TEXT = 11.0


class FilmSheet:
    """A board of a problem at most `room` units wide, of which the cells that changed are drawn for each image.

    Parameters
    ----------
    room
        Units for the board.
    below
        Units below the board and its scale.
    """

    def __init__(
        self, problem: Problem, settings: Settings, meaning: Colours, theme: str, width: int, room: float, below: float
    ) -> None:
        self.problem, self.meaning, self.colours = problem, meaning, tokens(dark=theme == "dark")
        self._settings, self._scale = settings, width / UNITS
        shapes = [sides(problem, phase, 1.0) for phase in range(len(problem.layouts))]
        unit = min([room / wide for wide, _ in shapes] + [TALLEST / high for _, high in shapes])
        self.board_width = max(unit * wide for wide, _ in shapes)
        self.board_height = max(unit * high for _, high in shapes)
        self._widths = [unit * wide for wide, _ in shapes]
        self.left = EDGE + (room - self.board_width) / 2
        self.top = EDGE + HEAD
        self._room = room
        height = self.top + self.board_height + UNDER + below + FOOT
        self.height = 2 * np.ceil(height * self._scale / 2) / self._scale  # an even number of pixels
        self._phase: int | None = None
        self._kept: PixelCanvas | None = None

    def canvas(self, scene: Any, above: str) -> PixelCanvas:
        """Return a sheet with the board as it is in a scene, and a line of text above it on the right."""
        phase = min(scene.phase, len(self.problem.layouts) - 1)
        if self._kept is None or phase != self._phase:
            self._phase, self._kept = phase, self._sheet(phase)
        self._board.update(self._kept, scene)
        canvas = self._kept.copy()
        self._board.motion(canvas, scene)
        canvas.text(UNITS - EDGE, EDGE + 7, above, self.colours["muted"], TEXT, "end")
        return canvas

    def _sheet(self, phase: int) -> PixelCanvas:
        canvas = PixelCanvas(UNITS, self.height, self._scale, self.colours["paper"])
        self._board = BoardPicture(
            self.problem, phase, self.meaning, (self.left, self.top, self._widths[phase]), self.colours
        )
        canvas.text(EDGE, EDGE + 7, self.meaning.overlay.title, self.colours["ink"], 12, bold=True)
        self._board.ground(canvas)
        draw_panel_titles(canvas, self._board, self.colours)
        self._draw_scale(canvas)
        about = f"{agent_title(self._settings.agent)} in {self.problem.title or self.problem.name}"
        seed = f", seed {self._settings.seed}"
        canvas.text(EDGE, self.height - 13, about + seed, self.colours["muted"], TEXT)
        return canvas

    def _draw_scale(self, canvas: Canvas) -> None:
        """Draw the colours from left to right below the board, with what three of them mean."""
        ramp = self.colours["diverging" if self.meaning.scale.is_diverging else "ramp"]
        pixels = np.array([(*bytes.fromhex(colour[1:]), 255) for colour in ramp], np.uint8)[None]
        top = self.top + self.board_height + 6
        canvas.image(EDGE, top, self._room, BAR, pixels)
        places: tuple[tuple[float, Anchor], ...] = ((1.0, "end"), (0.5, "middle"), (0.0, "start"))
        for tick, (share, anchor) in zip(self.meaning.scale.ticks(), places, strict=True):
            canvas.text(EDGE + share * self._room, top + BAR + 8, tick, self.colours["muted"], 10, anchor)
