"""A film of the whole training: the board keyframe by keyframe, and beside it the curve as it grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image

from gridworld.drawing.canvas import Canvas
from gridworld.drawing.plot_area import PlotArea
from gridworld.drawing.plots import draw_numbers_below
from gridworld.pictures.board import Colours
from gridworld.pictures.curves import LearningCurve, curves_of, draw_curve
from gridworld.pictures.draw import meaning_of, sides
from gridworld.pictures.film_sheet import EDGE, TEXT, UNDER, UNITS, FilmSheet
from gridworld.pictures.recording import Recording, record
from gridworld.training.session import TrainingSession

RATE = 8.0  # keyframes a second
HOLD = 1.5  # seconds that the end is shown
WIDE = 1.6  # boards wider than this many times their height have the curve below
BESIDE, BELOW, LEFT = 232.0, 132.0, 38.0  # units of a board beside its curve; of a curve below; for its numbers
MOST_POINTS = 300  # of a curve


class TrainingFilm:
    """The images of a film of this many seconds; `seconds` has how long each is shown."""

    def __init__(
        self,
        session: TrainingSession,
        seconds: float,
        width: int,
        theme: str,
        colour: str,
        report: Callable[[float], None],
    ) -> None:
        problem, settings = session.problem, session.settings_in_force
        meaning = meaning_of(problem, settings, colour)
        hold = min(HOLD, seconds / 4)
        number = max(2, round((seconds - hold) * RATE) + 1)
        recording = record(session, number, progress=report, early=True, lately=meaning.overlay.lately)
        self._stills, self._last = recording.stills, recording.episode
        each = (seconds - hold) / max(1, len(self._stills) - 1)
        self.seconds = [each] * (len(self._stills) - 1) + [seconds if len(self._stills) == 1 else hold]
        _follow(meaning, recording)
        wide, high = sides(problem, 0, 1.0)
        self._is_below = wide > WIDE * high
        room, below = (UNITS - 2 * EDGE, BELOW) if self._is_below else (BESIDE, 0.0)
        self._sheet = FilmSheet(problem, settings, meaning, theme, width, room, below)
        exploration = recording.hyperparameters.get("exploration", "epsilon-greedy")
        self._curve = _thinned(curves_of(problem, recording.journal, exploration)[0])
        self._area = self._curve.placed(self._place())

    def _place(self) -> PlotArea:
        """Return where the curve is drawn: below a wide board, else beside it."""
        sheet = self._sheet
        top = sheet.top + 16
        if self._is_below:
            top += sheet.board_height + UNDER + 8
            return PlotArea(EDGE + LEFT, top, UNITS - 2 * EDGE - LEFT, BELOW - 48)
        left = EDGE + BESIDE + 10 + LEFT
        return PlotArea(left, top, UNITS - EDGE - left, max(120.0, sheet.board_height) - 16)

    def image(self, number: int) -> Image.Image:
        """Return an image, RGB."""
        still = self._stills[number]
        above = f"episode {still.episode:,} of {self._last:,} · step {still.step:,}"
        canvas = self._sheet.canvas(still.scene, above)
        self._draw_curve(canvas, still.episode)
        return canvas.shown()

    def _draw_curve(self, canvas: Canvas, episode: int) -> None:
        colours, area = self._sheet.colours, self._area
        canvas.text(area.left - LEFT, area.top - 12, self._curve.title, colours["ink"], 12, bold=True)
        draw_curve(canvas, area, self._curve.until(episode), colours, TEXT - 1)
        draw_numbers_below(canvas, area, colours, 3, TEXT - 1)


def _follow(meaning: Colours, recording: Recording) -> None:
    """Let one range hold the numbers of all keyframes, so that a colour means the same in all of them."""
    for still in recording.stills:
        meaning.follow(meaning.numbers(recording.problem, still.scene))


def _thinned(curve: LearningCurve) -> LearningCurve:
    """Return a curve of fewer points, which are drawn sooner."""
    kept = np.unique(np.linspace(0, len(curve.episode) - 1, MOST_POINTS).round().astype(int))
    if len(kept) >= len(curve.episode):
        return curve
    lines = {name: line[kept] for name in ("raw", "low", "high") if (line := getattr(curve, name)) is not None}
    return replace(curve, episode=curve.episode[kept], mean=curve.mean[kept], **lines)
