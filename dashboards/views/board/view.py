"""The board: any map with its values, its policy, and the agent on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import panel as pn
from bokeh.models import Div

from dashboards.style.headings import HEAD_CSS
from dashboards.views.board.colour_scale import CountScale, Scale, count, known_range, short
from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.geometry import placed
from dashboards.views.board.legend import BAR_CSS, TITLES_CSS, bar_html, head_html, kinds_shown, titles_html
from dashboards.views.board.map import LARGE, NUMBERED, BoardMap
from dashboards.views.board.switches import SWITCHES
from gridworld.runs.frame import Status
from gridworld.runs.history import EVALUATIONS
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem

DETAIL_PERIOD = 0.25  # seconds between two updates of what hovering shows, while running
NUMBERED_IF_ROOMY = 12
FILL: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_both"}
TITLES = {
    "state value": "State value: max Q(s, a)",
    "visits": "Visits per state (log scale)",
    "": "Map",
}

SHAPED = {"flex": "none", "margin": "auto", "position": "relative", "container-type": "size"}


class BoardView:
    """Draws any `Layout` of a problem. A tick sends only the cells, arrows and discs that changed.

    `values`, `arrows`, `trail` and `visits` are what is shown; `show` changes them. Visits take the place of values.
    The colours of values run at least over what is known of the world (its rewards, its optimum) unless `fit` is on.
    A problem without a layout leaves the board as it was.
    """

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.values, self.arrows, self.trail, self.visits, self.fit = True, True, True, False, False
        self.drawing = BoardFigure()
        self._numbered = NUMBERED
        self._clock = clock
        self._head = Div(stylesheets=[HEAD_CSS], sizing_mode="stretch_width", margin=0)
        self._bar = Div(stylesheets=[BAR_CSS], width=58, sizing_mode="stretch_height", margin=0)
        self._titles = Div(stylesheets=[TITLES_CSS], margin=0)
        self.panel = self._laid_out()
        self.drawing.retheme(tokens)
        self.begin(problem)

    def _laid_out(self) -> pn.Column:
        """Return the title line, the board as large as it fits, and the colour bar."""
        self._board = pn.Column(pn.pane.Bokeh(self.drawing.figure, **FILL), pn.pane.Bokeh(self._titles, margin=0))
        hold = pn.Column(self._board, styles={"container-type": "size", "min-height": "0", "min-width": "0"}, **FILL)
        bar = pn.pane.Bokeh(self._bar, margin=0, sizing_mode="stretch_height")
        body = pn.Row(hold, bar, styles={"gap": "10px", "min-height": "0"}, **FILL)
        head = pn.pane.Bokeh(self._head, margin=0, sizing_mode="stretch_width")
        return pn.Column(head, body, styles={"gap": "8px", "min-height": "0"}, **FILL)

    def begin(self, problem: Problem) -> None:
        """Show another world, of any size, with nothing reported yet."""
        self.problem = problem
        self._seen: tuple[int, int] | None = None
        self._scene: Scene | None = None
        self._optimum = np.nan
        self._details_at = -np.inf
        self._scales = {"state value": Scale(), "visits": CountScale()}
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
        self._seen, self._scene = seen, frame.scene
        self._optimum = journal.histories[EVALUATIONS.name].newest("optimum") or np.nan
        phase = min(frame.scene.phase, len(self.problem.layouts) - 1)
        if phase != self._map.phase:
            self._draw_map(phase)
        self._draw_scene(frame.scene)
        now = self._clock()
        if frame.status is not Status.RUNNING or now - self._details_at >= DETAIL_PERIOD:
            self._details_at = now
            self._map.show_details(frame.scene)

    def move(self, journal: Journal) -> None:
        """Show where the agent is, and its trail."""
        frame = journal.frame
        if frame is None or frame.scene is None or not self.problem.layouts:
            return
        if self._scene is None or frame.scene.phase != self._scene.phase:
            self.refresh(journal)
        else:
            self._map.draw_agent(frame.scene)

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
            self._scales["state value"].clear()
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
            self._draw_map(self._map.phase)
            if self._scene is not None:
                self._draw_scene(self._scene)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self.drawing.retheme(tokens)

    @property
    def quantity(self) -> str:
        """What the colours mean: "state value", "visits", or "" for nothing."""
        return "visits" if self.visits else "state value" if self.values else ""

    def _draw_map(self, phase: int) -> None:
        left, right, bottom, top = placed(self.problem.layouts[phase][1]).bounds
        self._fit_into_card(right - left, top - bottom)
        self._map = BoardMap(self.drawing, self.problem, phase, self._numbered)
        phases = self.problem.phases
        model = phases[min(phase, len(phases) - 1)][1] if phases else None
        self._rewards = known_range(model, self._map.states) if model else (np.nan, np.nan)
        self._set_visibility()
        self._tell_titles()

    def _fit_into_card(self, width: float, height: float) -> None:
        """Let the board have the shape of its map. A browser draws at once what it lays out: do this before the map."""
        size = {
            "width": f"min(100cqw, {100 * width / height:.3f}cqh)",
            "height": f"min({100 * height / width:.3f}cqw, 100cqh)",
        }
        self._board.styles = {**size, **SHAPED}

    def _set_visibility(self) -> None:
        drawing, is_large = self.drawing, self._map.is_large
        drawing.image.visible = is_large
        drawing.heat.visible = drawing.outlines.visible = not is_large
        drawing.numbers.visible = self._map.has_numbers and bool(self.quantity)
        drawing.trail_marks.visible = self.trail
        for renderer in drawing.policy:
            renderer.visible = self.arrows and not is_large
        self._tell_head()
        self._tell_scale()

    def _draw_scene(self, scene: Scene) -> None:
        """Draw the newest picture of what moves."""
        visits = scene.visits.sum(1)
        is_visited = visits > 0
        shown = np.where(is_visited, visits if self.visits else scene.action_values.max(1), np.nan)
        levels = np.zeros(len(shown), np.uint8)
        if self.quantity and is_visited[self._map.states].any():
            of_cells = shown[self._map.states]
            scale = self._scales[self.quantity]
            known = (np.nan, np.nan) if self.visits or self.fit else self._known()
            low, high = np.fmin(np.nanmin(of_cells), known[0]), np.fmax(np.nanmax(of_cells), known[1])
            scale.follow(float(low), float(high))
            levels = scale.levels(shown)
        self._tell_scale()
        self._map.draw_levels(levels, is_visited)
        if self._map.has_numbers and self.quantity:
            write = count if self.visits else short
            texts = [write(value) if known else "" for value, known in zip(shown, is_visited, strict=True)]
            self._map.draw_numbers(texts, scene.state)
        self._map.draw_policy(scene)
        self._map.draw_agent(scene)

    def _known(self) -> tuple[float, float]:
        """Return the bounds of the values as far as they are known of the world; NaN where they are not."""
        low, high = self._rewards
        return float(np.fmin(low, self._optimum)), high

    def _tell_head(self) -> None:
        aimless = {self.problem.actions[action]: corners for action, corners in self._map.policy.corners.items()}
        note = f"Boards over {LARGE} × {LARGE} cells have no arrows or outlines" if self._map.is_large else ""
        text = head_html(TITLES[self.quantity], kinds_shown(self._map.terrain, self._map.is_large), aimless, note)
        if self._head.text != text:
            self._head.text = text

    def _tell_scale(self) -> None:
        text = bar_html(self._scales.get(self.quantity), self.quantity)
        if self._bar.text != text:
            self._bar.text = text

    def _tell_titles(self) -> None:
        self._titles.text = titles_html(self._map.placement, self.problem.title)
