"""One map of a problem on the board's figure: what never changes is drawn once, what moves is patched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dashboards.live.panel_patches.sources import patch
from dashboards.live.patches import patch_changes, patch_rows
from dashboards.views.board.agent_and_trail import TRAIL, Motion, motion_of
from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.wedges import Wedges
from gridworld.drawing.arrows import HEAD, Arrows
from gridworld.planning.policies import preferred_actions
from gridworld.training.scene import Scene
from gridworld.worlds.layout import Kind
from gridworld.worlds.placement import AMID_NUMBERS, MOST_WEDGES, pinwheels
from gridworld.worlds.problem import Problem
from gridworld.worlds.terrain import Terrain

NUMBERED = 7  # boards of up to this many cells in width and height have numbers in their cells at any size
LARGE = 40  # boards beyond this many cells are one picture, without outlines and arrows
DETAILED = 20_000  # boards of more cells have no details on hovering: a cell is smaller than what a pointer can hit
EDGE = 0.006  # of the board's width, left free on each side: outlines of small cells would be cut off by half a pixel
RINGS = np.array([0.40, 0.36, 0.28], np.float32)
AGE = np.linspace(1 / TRAIL, 1, TRAIL, dtype=np.float32)
DISCS = 0.14 + 0.22 * AGE


class BoardMap:
    """Fills the sources of a figure for one map, and moves them on.

    `cells` are those an agent can act from, in the layout's order; all columns of the cells' source follow it. Boards
    of up to `numbered` cells in width and height have numbers in their cells.
    """

    def __init__(self, board: BoardFigure, problem: Problem, phase: int, numbered: int = NUMBERED) -> None:
        self.board, self.problem, self.phase = board, problem, phase
        self.terrain = Terrain(problem, phase)
        self.placement = self.terrain.placement
        self.cells = np.flatnonzero(self.terrain.has_acting)
        self.states = self.placement.states[self.cells]
        self._cell_of = self.placement.layout.cell_of(problem.n_states)
        layout = self.placement.layout
        self.is_large = max(layout.rows, layout.columns) > LARGE
        self.has_wheels = (
            max(layout.rows, layout.columns) > MOST_WEDGES
        )  # in place of wedges, where each action has a level
        self.has_details = len(self.cells) <= DETAILED
        self.has_numbers, self._is_roomy = self.placement.side <= numbered, numbered > NUMBERED
        self.policy = Arrows(layout.directions, self.placement.centres[self.cells], self.has_numbers)
        is_marked = np.isin(self.terrain.kinds[self.cells], [Kind.JUMP, Kind.EXIT])
        self._has_arrows = ~is_marked | (layout.panels > 1)
        self._best = np.zeros((len(self.cells), problem.n_actions), bool)
        self._motion: Motion | None = None
        self._wedges: Wedges | None = None
        board.clear(board.wedges)
        self._draw_terrain()
        if self.has_details:
            self._empty_cells()
        else:
            board.clear(board.cells)
        self._empty_picture()
        self._empty_motion()

    def _draw_terrain(self) -> None:
        board, terrain = self.board, self.terrain
        left, right, bottom, top = self.placement.bounds
        aside, above = EDGE * (right - left), EDGE * (top - bottom)
        board.x_range.update(start=left - aside, end=right + aside)
        board.y_range.update(start=bottom - above, end=top + above)
        board.fill(board.grounds, terrain.grounds())
        board.fill_marks(terrain.marks(self.policy.shrink, self.policy.lift))
        board.fill(board.fences, terrain.fences())
        board.fill(board.starts, terrain.points(terrain.starts))
        board.start.update(width=0.9 * self.placement.scale, height=0.9 * self.placement.scale)

    def _empty_cells(self) -> None:
        number = len(self.cells)
        points = self.terrain.points(self.cells)
        quantities = {"value": _nowhere(number)} | {f"q{i}": _nowhere(number) for i in range(self.problem.n_actions)}
        self.board.fill(
            self.board.cells,
            {
                **points,
                "number_y": points["y"] - np.float32(0.31),
                "number": [""] * number,
                "level": np.zeros(number, np.uint8),
                "blank": np.ones(number, np.uint8),
                "name": [self._name_of(int(cell)) for cell in self.cells],
                "visits": np.zeros(number, np.float32),
                **quantities,
            },
        )

    def _empty_picture(self) -> None:
        if self.is_large:
            layout = self.placement.layout
            self.board.fill(self.board.picture, self._blank_picture((layout.rows, layout.columns)))
        else:
            self.board.clear(self.board.picture)

    def _blank_picture(self, shape: tuple[int, ...]) -> dict[str, Any]:
        """Return one picture for each panel, its first row at the bottom."""
        layout = self.placement.layout
        corners = self.placement.corners - [0, layout.rows]
        return {
            "image": [np.zeros(shape, np.uint8) for _ in corners],
            "x": corners[:, 0].tolist(),
            "y": corners[:, 1].tolist(),
            "dw": [layout.columns] * len(corners),
            "dh": [layout.rows] * len(corners),
        }

    def _empty_motion(self) -> None:
        board, size = self.board, self.placement.scale
        if self.is_large:
            board.clear(board.arrows)
        else:
            board.fill(board.arrows, self.policy.empty())
        board.stem.width = 0.085 * self.policy.shrink
        board.head.radius = HEAD * self.policy.shrink
        trail = {"radius": DISCS * np.float32(size), "opacity": 0.12 + 0.78 * AGE**1.5}
        board.fill(board.trail, {"x": _nowhere(TRAIL), "y": _nowhere(TRAIL), **trail})
        agent = {"x": _nowhere(3), "y": _nowhere(3), "radius": RINGS * np.float32(size)}
        board.fill(board.agent, {**agent, "fill": ["mark", "ring", "agent"]})
        board.fill(board.panel_frame, {name: _nowhere(1) for name in ("x", "y", "width", "height")})

    def _name_of(self, cell: int) -> str:
        """Return the name of a cell in its tooltip."""
        kind, name = Kind(self.terrain.kinds[cell]), self.problem.state_name(int(self.placement.states[cell]))
        if cell in self.terrain.landings:
            landing = int(self.placement.states[self.terrain.landings[cell]])
            return f"{name}, jumps to {self.problem.state_name(landing)}"
        return name if kind is Kind.FLOOR or self.placement.layout.panels > 1 else f"{name}, {kind.name.lower()}"

    def draw_levels(self, levels: np.ndarray, is_visited: np.ndarray) -> None:
        """Colour the cells: `levels` uint8 [S], 0 for no colour; outline those not visited, bool [S]."""
        if not self.is_large:
            patch_changes(self.board.cells, {"level": levels[self.states], "blank": ~is_visited[self.states]})
            return
        flat = np.zeros(self.placement.states.shape, np.uint8)
        flat[self.cells] = levels[self.states]
        self._draw_image(list(flat.reshape(self.placement.layout.kinds.shape)))

    def _draw_image(self, panels: list[np.ndarray]) -> None:
        """Show pixels, uint8 [rows, columns], in place of each panel's cells; only rows that changed are sent."""
        shown = self.board.picture.data["image"]
        if len(shown) != len(panels) or shown[0].shape != panels[0].shape:
            self.board.fill(self.board.picture, self._blank_picture(panels[0].shape))
        for panel, pixels in enumerate(panels):
            patch_rows(self.board.picture, "image", panel, pixels[::-1])

    def draw_wedges(
        self, levels: np.ndarray, numbers: np.ndarray, write: Callable[[float], str], best: np.ndarray
    ) -> None:
        """Colour the actions of the cells: `levels` uint8 [S, A], 0 for no colour; `best` bool [S, A] is outlined.

        Where there is room `numbers`, float64 [S, A], are written into them by `write`; nan is not.
        """
        if self.has_wheels:
            flat = np.zeros((self.placement.states.size, levels.shape[1]), np.uint8)
            flat[self.cells] = levels[self.states]
            layout = self.placement.layout
            self._draw_image([pinwheels(flat.reshape(layout.rows, layout.columns, -1), layout.directions)])
            return
        if self._wedges is None:
            self._wedges = Wedges(self.board, self.placement, self.cells, self._is_roomy)
        texts: list[str] = []
        if self._wedges.is_written:
            texts = [write(value) if value == value else "" for value in numbers[self.states].ravel().tolist()]
        self._wedges.draw(levels[self.states], best[self.states], texts)

    def draw_numbers(self, texts: list[str], agent_state: int) -> None:
        """Write a number for each state into its cells, but for the agent's."""
        if not self.has_details:
            return
        hidden = self._cell_of[agent_state] if agent_state >= 0 else -1
        shown = ["" if cell == hidden else texts[state] for cell, state in zip(self.cells, self.states, strict=True)]
        patch_changes(self.board.cells, {"number": shown})

    def draw_policy(self, scene: Scene) -> None:
        """Turn the arrows to the best actions."""
        if self.is_large:
            return
        best = preferred_actions(scene.action_values, scene.visits)[self.states] & self._has_arrows[:, None]
        if not np.array_equal(best, self._best):
            self._best = best
            patch_changes(self.board.arrows, self.policy.columns(best))

    def draw_agent(self, scene: Scene) -> None:
        """Move the agent and its trail, and frame the panel it is in."""
        passed = tuple(self._cell_of[scene.trail[-TRAIL:]].tolist())
        motion = motion_of(self.placement, passed, int(self._cell_of[scene.state]))
        if motion is self._motion:
            return
        self._motion = motion
        patch(self.board.trail, motion.trail)
        patch(self.board.agent, motion.agent)
        if motion.panel:
            patch(self.board.panel_frame, motion.panel)

    def size_motion(self, is_by_action: bool) -> None:
        """Draw the agent and its trail small while wedges have numbers, which they would cover."""
        is_amid = is_by_action and self._wedges is not None and self._wedges.is_written
        size = np.float32(self.placement.scale * (AMID_NUMBERS if is_amid else 1))
        patch_changes(self.board.trail, {"radius": DISCS * size})
        patch_changes(self.board.agent, {"radius": RINGS * size})

    def point_out(self, state: int | None, path: Sequence[int]) -> None:
        """Outline the cell of a state, and draw the way that news took to it over other states; None: nothing."""
        cells = [] if state is None else [int(self._cell_of[other]) for other in (state, *path)]
        centres = self.placement.centres[[cell for cell in cells if cell >= 0]].astype(np.float32)
        for source, points in ((self.board.path, centres), (self.board.chosen, centres[:1])):
            self.board.fill(source, {"x": points[:, 0].copy(), "y": points[:, 1].copy()})

    def state_at(self, x: float, y: float) -> int | None:
        """Return the state of the cell at a point of the figure; None where there is none."""
        distance = np.abs(self.placement.centres - [x, y]).max(1)
        cell = int(distance.argmin())
        state = int(self.placement.states[cell])
        return state if distance[cell] <= 0.5 and state >= 0 else None

    def show_details(self, scene: Scene) -> None:
        """Show values and visits of the cells on hovering."""
        if not self.has_details:
            return
        values, visits = scene.action_values[self.states], scene.visits[self.states].sum(1)
        known = np.where(np.isneginf(values), np.nan, values)  # no number where a state lacks the action
        columns = {f"q{i}": known[:, i] for i in range(known.shape[1])}
        patch_changes(self.board.cells, {"value": values.max(1), "visits": visits, **columns})


def _nowhere(number: int) -> np.ndarray:
    return np.full(number, np.nan, np.float32)
