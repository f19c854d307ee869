"""The board as a picture: an overlay's colours, the policy, the agent and its trail on the map of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridworld.drawing.arrows import HEAD, Arrows
from gridworld.drawing.canvas import Canvas, Paint, coloured
from gridworld.drawing.colour_scale import CountScale, Scale, count, short
from gridworld.insight.overlays import OVERLAYS, Overlay
from gridworld.planning.policies import preferred_actions
from gridworld.training.scene import Scene
from gridworld.worlds.layout import Kind
from gridworld.worlds.map_picture import TRAIL, MapPicture
from gridworld.worlds.placement import AMID_NUMBERS, MOST_OUTLINED, MOST_WEDGES, REACH, pinwheels
from gridworld.worlds.problem import Problem
from gridworld.worlds.terrain import Terrain

NUMBERED = 7  # boards of up to this many cells in width and height have numbers in their cells
LARGE = 40  # boards beyond this many cells are one image, without outlines and arrows
FACE, OUTLINE = 0.94, 0.90  # width of a cell's square and of the outline of one that was not visited
STEM = 0.085
NUMBER, BELOW, BESIDE = 11.0, 0.31, (0.26, 0.33)  # size of a number; where it stands below, or in a wedge


@dataclass(frozen=True)
class Colours:
    """What the colours of one board mean, over a range that may hold for many boards.

    Parameters
    ----------
    settings
        Of the run, in force.
    """

    name: str
    settings: Any
    scale: Scale

    @property
    def overlay(self) -> Overlay:
        return OVERLAYS[self.name]

    def numbers(self, problem: Problem, scene: Scene) -> np.ndarray:
        """Return the number of each state, float64 [S], or of each action, float64 [S, A]; nan for no colour."""
        return self.overlay.of(problem, self.settings, scene)

    def follow(self, numbers: np.ndarray) -> None:
        """Let the range hold these numbers, too."""
        known = numbers[np.isfinite(numbers)]
        if len(known):
            low, high = self.scale.low, self.scale.high
            self.scale.follow(float(np.fmin(low, known.min())), float(np.fmax(high, known.max())))

    def levels(self, numbers: np.ndarray) -> np.ndarray:
        """Return the levels of numbers, uint8 in their shape; 0 is no colour."""
        return np.zeros(numbers.shape, np.uint8) if np.isnan(self.scale.low) else self.scale.levels(numbers)

    def write(self, value: float) -> str:
        """Return a number as it is written into a cell."""
        if np.isnan(value):
            return ""
        return count(value) if isinstance(self.scale, CountScale) else short(value)


class BoardPicture:
    """Draws one map of a problem, `width` units wide, onto canvases; its height follows.

    `draw` draws all of it. A film draws `ground` and `cells` on a canvas that it keeps, of which only the cells that
    have changed are drawn again, and `motion` on a copy for each moment.
    """

    def __init__(
        self,
        problem: Problem,
        phase: int,
        meaning: Colours,
        place: tuple[float, float, float],
        theme: Mapping[str, Any],
    ) -> None:
        self.problem, self.meaning, self.theme = problem, meaning, theme
        self.map = MapPicture(Terrain(problem, phase), *place, theme)
        placement = self.map.placement
        layout = placement.layout
        self.cells = np.flatnonzero(self.map.terrain.has_acting)
        self.states = placement.states[self.cells]
        self.cell_of = layout.cell_of(problem.n_states)
        side = max(layout.rows, layout.columns)
        self.by_action = meaning.overlay.by_action
        self.is_large = side > (MOST_WEDGES if self.by_action else LARGE)
        self.has_numbers = placement.side <= NUMBERED
        self._is_outlined = side <= MOST_OUTLINED
        self.arrows = Arrows(layout.directions, placement.centres[self.cells], self.has_numbers and not self.by_action)
        is_marked = np.isin(self.map.terrain.kinds[self.cells], [Kind.JUMP, Kind.EXIT])
        self._has_arrows = (~is_marked | (layout.panels > 1)) & (not self.by_action)
        self._index = {int(cell): i for i, cell in enumerate(self.cells)}
        self._marked = {i for i, cell in enumerate(self.cells) if self.map.terrain.kinds[cell] != Kind.FLOOR}
        self._palette = theme["diverging" if meaning.scale.is_diverging else "ramp"]
        self._looks: list[tuple[Any, ...]] = []

    def draw(self, canvas: Canvas, scene: Scene) -> None:
        """Draw everything."""
        self.ground(canvas)
        self.update(canvas, scene)
        self.motion(canvas, scene)

    def ground(self, canvas: Canvas) -> None:
        """Draw what is under all else, with no cell drawn yet."""
        self._looks = []
        self.map.grounds(canvas)

    def update(self, canvas: Canvas, scene: Scene) -> None:
        """Draw the cells as they are now; of those drawn before, the ones that look different."""
        numbers = self.meaning.numbers(self.problem, scene)
        levels = self.meaning.levels(numbers)
        if self.is_large:
            self._image(canvas, levels)
            return
        best = preferred_actions(scene.action_values, scene.visits)[self.states]
        visited = scene.visits.sum(1) > 0
        texts: list[tuple[str, ...]] = [("",)] * len(self.cells)
        if self.has_numbers:
            texts = [tuple(map(self.meaning.write, np.atleast_1d(numbers[state]).tolist())) for state in self.states]
        looks = [
            (levels[state].tobytes(), best[i].tobytes(), bool(visited[state]), texts[i])
            for i, state in enumerate(self.states)
        ]
        self._arrows = self._columns(best & self._has_arrows[:, None])
        before: list[Any] = list(self._looks) or [None for _ in looks]
        for i, (old, new) in enumerate(zip(before, looks, strict=True)):
            if old != new:
                self._cell(canvas, i, levels[self.states[i]], best[i], bool(visited[self.states[i]]), texts[i], old)
        self._looks = looks

    def _columns(self, best: np.ndarray) -> dict[str, np.ndarray]:
        """Return the arrows of all cells, each column [slots, N]."""
        return {name: column.reshape(self.arrows.slots, -1) for name, column in self.arrows.columns(best).items()}

    def _cell(
        self, canvas: Canvas, i: int, level: Any, best: np.ndarray, is_visited: bool, text: Any, old: Any
    ) -> None:
        centre, unit = self.map.centres[self.cells[i]], self.map.area.unit
        if old is not None:
            self.map.square(canvas, centre, FACE + 0.03, Paint(self.theme["paper"]))
        if self.by_action:
            self._wedges(canvas, centre, level, best)
        elif level:
            self.map.square(canvas, centre, FACE, Paint(self._palette[level - 1]))
        if not is_visited:
            self.map.square(
                canvas, centre, OUTLINE, Paint(line=self.theme["unknown"], line_width=min(1.0, 0.04 * unit))
            )
        self._policy(canvas, i)
        self._numbers(canvas, i, text)

    def _numbers(self, canvas: Canvas, i: int, texts: tuple[str, ...]) -> None:
        """Write the number of a cell, or that of each action."""
        if not self.has_numbers:
            return
        centre, unit, ink = self.map.centres[self.cells[i]], self.map.area.unit, self.theme["mark"]
        if not self.by_action:
            canvas.text(centre[0], centre[1] + BELOW * unit, texts[0], ink, min(NUMBER, 0.2 * unit), "middle")
            return
        for words, aim in zip(texts, self.map.placement.layout.directions, strict=True):
            row, column = aim or (0, 0)
            x, y = centre + unit * np.array(BESIDE) * [column, row]
            canvas.text(x, y, words, ink, min(10.0, 0.13 * unit), "middle")

    def _wedges(self, canvas: Canvas, centre: np.ndarray, levels: np.ndarray, best: np.ndarray) -> None:
        """Draw a wedge for each action, on the side it leads to; the best ones above the others, outlined."""
        unit, thick = self.map.area.unit, min(2.0, 0.05 * self.map.area.unit)
        for action in np.argsort(best, kind="stable"):
            row, column = self.map.placement.layout.directions[action] or (0, 0)
            aim, across = np.array([column, row], float), np.array([-row, column], float)
            corners = centre + REACH * unit * np.array([0 * aim, aim + across, aim - across])
            fill = self._palette[levels[action] - 1] if levels[action] else None
            line = Paint(
                fill, line=self.theme["mark"] if best[action] and self._is_outlined else None, line_width=thick
            )
            canvas.polygon(corners[:, 0], corners[:, 1], line)

    def _policy(self, canvas: Canvas, i: int) -> None:
        """Draw the arrows of a cell."""
        area, shrink, columns = self.map.area, self.arrows.shrink, self._arrows
        paint = Paint(self.theme["mark"])
        for slot in range(self.arrows.slots):
            at = {name: float(column[slot, i]) for name, column in columns.items()}
            if np.isfinite(at["stem_x"]):
                turn, half = at["angle"], np.array([STEM * shrink, at["length"]]) / 2
                x, y = np.array([-1, 1, 1, -1]) * half[0], np.array([-1, -1, 1, 1]) * half[1]
                across, along = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
                canvas.polygon(area.x(at["stem_x"] + across), area.y(at["stem_y"] + along), paint)
            if np.isfinite(at["head_x"]):
                corners, radius = int(at["corners"]), HEAD * shrink
                turns = np.pi / 2 + at["angle"] + np.arange(corners) * 2 * np.pi / corners
                x, y = at["head_x"] + radius * np.cos(turns), at["head_y"] + radius * np.sin(turns)
                canvas.polygon(area.x(x), area.y(y), paint)

    def _image(self, canvas: Canvas, levels: np.ndarray) -> None:
        """Draw a panel as one image: a pixel a cell, or some pixels for each of its actions."""
        layout, area = self.map.placement.layout, self.map.area
        flat = np.zeros((self.map.placement.states.size, *levels.shape[1:]), np.uint8)
        flat[self.cells] = levels[self.states]
        grid = flat.reshape(*layout.kinds.shape, *levels.shape[1:])
        for (left, top), panel in zip(self.map.placement.corners, grid, strict=True):
            pixels = coloured(pinwheels(panel, layout.directions) if self.by_action else panel, self._palette)
            place = float(area.x(left)), float(area.y(top)), layout.columns * area.unit, layout.rows * area.unit
            canvas.rectangle(*place, Paint(self.theme["paper"]))
            canvas.image(*place, pixels)
        self.map.grounds(canvas)

    def motion(self, canvas: Canvas, scene: Scene) -> None:
        """Draw the trail, the marks and arrows that it would cover, and the agent."""
        passed = [int(cell) for cell in self.cell_of[scene.trail[-TRAIL:]]]
        share = AMID_NUMBERS if self.by_action and self.has_numbers else 1.0
        self.map.trail(canvas, passed, share)
        self.map.marks(canvas, self.arrows.shrink, self.arrows.lift)
        if not self.is_large:
            under = {self._index[cell] for cell in passed if cell in self._index}
            for i in self._marked | under:
                self._policy(canvas, i)
            for i in under:
                self._numbers(canvas, i, self._looks[i][-1])
        self.map.agent(canvas, int(self.cell_of[scene.state]), share)
