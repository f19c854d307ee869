"""The board: any map with its values, its policy, and the agent on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.events import Tap

from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.map import NUMBERED, BoardMap
from dashboards.views.board.overlay_source import OverlaySource
from dashboards.views.board.surroundings import Surroundings
from dashboards.views.board.switches import SWITCHES
from gridworld.drawing.colour_scale import CountScale, count, short
from gridworld.insight.overlays import OVERLAYS, Overlay, known_range
from gridworld.planning.policies import preferred_actions
from gridworld.runs.frame import Status
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem

DETAIL_PERIOD = 0.25  # seconds between two updates of what hovering shows, while running
NUMBERED_IF_ROOMY = 12


class BoardView:
    """Draws any `Layout` of a problem. A tick sends only the cells, arrows and discs that changed.

    `arrows` and `trail` are what is shown; `show` changes them. `colour` is one of its `overlays`, or "" for none;
    `colour_by` changes it. The colours of values run at least over what is known of the world (its rewards, its
    optimum) unless `fit` is on. Their numbers come from `source`.
    `on_pick(state)` is called when a cell is clicked. `panel` is `head`, a line with room for a button, above `body`.
    A problem without a layout leaves the board as it was.
    """

    def __init__(
        self,
        problem: Problem,
        tokens: dict[str, Any],
        clock: Callable[[], float] = time.monotonic,
        overlays: Mapping[str, Overlay] = OVERLAYS,
    ) -> None:
        self._overlays = overlays
        self.arrows, self.trail, self.fit, self.colour = True, True, False, next(iter(overlays))
        self.drawing = BoardFigure()
        self._numbered = NUMBERED
        self._clock, self.source = clock, OverlaySource(clock)
        self.surroundings = Surroundings(self.drawing.figure)
        self.on_pick: Callable[[int], None] = lambda state: None
        self._pointed_out: tuple[int | None, Sequence[int]] = (None, ())
        self.drawing.figure.on_event(Tap, self._tapped)
        self.panel, self.body = self.surroundings.panel, self.surroundings.body
        self.head = self.surroundings.head_row
        self.drawing.retheme(tokens)
        self.begin(problem)

    def begin(self, problem: Problem) -> None:
        """Show another world, of any size, with nothing reported yet."""
        self.problem = problem
        self._seen: tuple[int, int] | None = None
        self._scene: Scene | None = None
        self._draft: Problem | None = None
        self._optimum = np.nan
        self._details_at = -np.inf
        self._pointed_out = (None, ())
        self._scales = {name: overlay.scale() for name, overlay in self._overlays.items()}
        self._settings: Any = None
        self.source.slow.forget()
        self._is_running = False
        if problem.layouts:
            self.drawing.set_hover(problem.actions)
            self._draw_map(0)

    def refresh(self, journal: Journal) -> None:
        """Send what changed since the last time."""
        frame = journal.frame
        if frame is None or frame.scene is None or not self.problem.layouts:
            return
        seen = (frame.epoch, journal.revision)
        if seen == self._seen:
            return
        self._seen, self._scene, self._settings = seen, frame.scene, frame.settings
        self._optimum = journal.histories[EVALUATIONS.name].newest("optimum") or np.nan
        self._is_running = frame.status is Status.RUNNING
        self._turn_to(self._draft or frame.scene.problem or self.problem)
        phase = min(frame.scene.phase, len(self.problem.layouts) - 1)
        if phase != self.map.phase and self._draft is None:
            self._draw_map(phase)
        if not self._fits(frame.scene):
            return
        self._draw_scene(frame.scene)
        now = self._clock()
        if frame.status is not Status.RUNNING or now - self._details_at >= DETAIL_PERIOD:
            self._details_at = now
            self.map.show_details(frame.scene)

    def move(self, journal: Journal) -> None:
        """Show where the agent is, and its trail."""
        frame = journal.frame
        if frame is None or frame.scene is None or not self.problem.layouts:
            return
        if self._scene is None or (frame.scene.phase, frame.scene.problem) != (self._scene.phase, self._scene.problem):
            self.refresh(journal)
        elif self._fits(frame.scene):
            self.map.draw_agent(frame.scene)

    def draw_draft(self, draft: Problem | None, at: int = 0, obstacles: Sequence[int] = ()) -> None:
        """Show a map that is being edited in place of the world's, and mark some of its cells; None: the world again.

        What the agent has learned is drawn on it where it has as many cells.
        """
        self._draft = draft
        self.drawing.show_details(draft is None)
        shown = draft or (self._scene and self._scene.problem) or self.problem
        self._turn_to(shown, at if draft else None)
        self.drawing.mark_obstacles(self.map.placement.centres[list(obstacles)] if draft else np.zeros((0, 2)))
        if self._scene is not None:
            self._draw_scene(self._scene)

    def _turn_to(self, problem: Problem, phase: int | None = None) -> None:
        """Draw another map of the same run: its world was edited, or is being edited."""
        if problem is self.problem and phase in (None, self.map.phase):
            return
        self.problem = problem
        self.source.slow.forget()
        self._draw_map(self.map.phase if phase is None else phase)

    def _fits(self, scene: Scene) -> bool:
        return len(scene.action_values) == self.problem.n_states

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and the column at a point of the figure; None where there is no cell."""
        state = self.map.state_at(x, y) if self.problem.layouts else None
        return None if state is None else divmod(state, self.problem.layouts[0][1].columns)

    def show(self, **switches: bool) -> None:
        """Turn any of `SWITCHES` on or off."""
        unknown = sorted(set(switches) - set(SWITCHES))
        if unknown:
            raise TypeError(f"A board has no switch {unknown[0]!r}; it has {', '.join(SWITCHES)}.")
        for name, is_on in switches.items():
            setattr(self, name, bool(is_on))
        if not self.problem.layouts:
            return
        if "fit" in switches:
            for scale in self._scales.values():
                scale.clear()
        self._set_visibility()
        if self._scene is not None:
            self._draw_scene(self._scene)

    def make_room(self, is_roomy: bool) -> None:
        """Draw numbers also into smaller cells where the page is wide enough for them."""
        numbered = NUMBERED_IF_ROOMY if is_roomy else NUMBERED
        if numbered == self._numbered:
            return
        self._numbered = numbered
        if self.problem.layouts:
            self._draw_map(self.map.phase)
            if self._scene is not None:
                self._draw_scene(self._scene)

    def point_out(self, state: int | None, path: Sequence[int]) -> None:
        """Outline the cell of a state, and draw a way over others to it; None takes both away."""
        if (state, tuple(path)) == self._pointed_out or not self.problem.layouts:
            return
        self._pointed_out = state, tuple(path)
        self.map.point_out(state, path)

    def _tapped(self, event: Any) -> None:
        """Call `on_pick` with the state whose cell was clicked, unless the map is being edited."""
        if self._draft is None and self.problem.layouts and (state := self.map.state_at(event.x, event.y)) is not None:
            self.on_pick(state)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self.drawing.retheme(tokens)

    def colour_by(self, name: str) -> None:
        """Let the colours mean one of its overlays, or nothing ("").

        Raises
        ------
        ValueError
            If there is no such overlay.
        """
        if name and name not in self._overlays:
            raise ValueError(f"There is no overlay {name!r}; the overlays are {', '.join(self._overlays)}.")
        self.colour = name
        self.drawing.use_palette("diverging" if name and self._scales[name].is_diverging else "ramp")
        if self.problem.layouts:
            self._set_visibility()
            if self._scene is not None:
                self._draw_scene(self._scene)
                self._show_head()

    def _draw_map(self, phase: int) -> None:
        self.surroundings.fit(self.problem, phase)
        self.map = BoardMap(self.drawing, self.problem, phase, self._numbered)
        self.map.point_out(*self._pointed_out)
        phases = self.problem.phases
        model = phases[min(phase, len(phases) - 1)][1] if phases else None
        self._rewards = known_range(model, self.map.states) if model else (np.nan, np.nan)
        self._set_visibility()
        self.surroundings.show_titles(self.map, self.problem)

    def _set_visibility(self) -> None:
        drawing, is_large = self.drawing, self.map.is_large
        drawing.image.visible = is_image = is_large or (self._by_action and self.map.has_wheels)
        drawing.heat.visible = drawing.outlines.visible = not is_image
        drawing.numbers.visible = self.map.has_numbers and bool(self.colour)
        drawing.trail_marks.visible = self.trail
        by_action = self._by_action
        for renderer in drawing.policy:
            renderer.visible = self.arrows and not is_large and not by_action
        for renderer in drawing.wedge_marks:
            renderer.visible = by_action and not is_image
        self._show_head()
        self._show_scale()

    def _draw_scene(self, scene: Scene) -> None:
        """Draw the newest picture of what moves, unless it is of a world of another size."""
        if not self._fits(scene):
            return
        shown = self._shown(scene)
        levels = np.zeros(shown.shape, np.uint8)
        is_known = ~np.isnan(shown)
        if self.colour and is_known[self.map.states].any():
            of_cells = shown[self.map.states]
            scale = self._scales[self.colour]
            known = self._known() if self._overlays[self.colour].is_value and not self.fit else (np.nan, np.nan)
            low, high = np.fmin(np.nanmin(of_cells), known[0]), np.fmax(np.nanmax(of_cells), known[1])
            scale.follow(float(low), float(high))
            levels = scale.levels(shown)
        self._show_scale()
        write = count if isinstance(self._scales.get(self.colour), CountScale) else short
        if self._by_action:
            self.map.draw_wedges(levels, shown, write, preferred_actions(scene.action_values, scene.visits))
            levels, shown, is_known = (array[:, 0] for array in (0 * levels, shown, is_known & False))
        if not (self._by_action and self.map.has_wheels):
            self.map.draw_levels(levels, scene.visits.sum(1) > 0)
        if self.map.has_numbers and self.colour:
            texts = [write(value) if known else "" for value, known in zip(shown, is_known, strict=True)]
            self.map.draw_numbers(texts, scene.state)
        self.map.draw_policy(scene)
        self.map.size_motion(self._by_action)
        self.map.draw_agent(scene)

    @property
    def _by_action(self) -> bool:
        """Whether each action of a cell has a colour of its own."""
        return bool(self.colour) and self._overlays[self.colour].by_action

    def _shown(self, scene: Scene) -> np.ndarray:
        """Return the number that each colour means now, float64 [S], or [S, A] by action; nan for no colour."""
        overlay = self._overlays.get(self.colour)
        if overlay is None:
            return np.full(self.problem.n_states, np.nan)
        return self.source.numbers(
            self.colour, overlay, self.problem, self._settings, scene, self._draw_again, self._is_running
        )

    def _draw_again(self) -> None:
        """Draw the newest scene with what was computed meanwhile."""
        if self._scene is not None:
            self._draw_scene(self._scene)
            self._show_head()

    def _known(self) -> tuple[float, float]:
        """Return the bounds of the values as far as they are known of the world; NaN where they are not."""
        low, high = self._rewards
        return float(np.fmin(low, self._optimum)), high

    def _show_head(self) -> None:
        overlay = self._overlays.get(self.colour)
        about = overlay.explanation if overlay else ""
        if overlay and overlay.slow:
            about = (
                "Being computed …" if self.source.slow.is_awaited(self.colour) else self.source.slow.problem or about
            )
        self.surroundings.show_head(self.map, self.problem, overlay, about)

    def _show_scale(self) -> None:
        self.surroundings.show_scale(self._scales.get(self.colour), self.colour)
