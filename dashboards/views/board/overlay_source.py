"""The numbers that an overlay gives to a scene: at once, or a moment later where they take time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from dashboards.views.board.slow_numbers import SlowNumbers
from gridworld.insight.overlays import Overlay
from gridworld.training.scene import Scene
from gridworld.training.update_watch import RecentUpdates
from gridworld.worlds.problem import Problem

WITHOUT_SETTINGS = ("state value", "visits")  # overlays of a scene alone


class OverlaySource:
    """Gives the numbers of overlays. What takes time is computed by `slow`.

    `look_back()` returns what finds, in a thread, what the run did lately before the moment shown; both may raise
    ValueError.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.slow = SlowNumbers(clock)
        self.look_back: Callable[[], Callable[[], RecentUpdates]] = _no_past

    def numbers(
        self,
        name: str,
        overlay: Overlay,
        problem: Problem,
        settings: Any,
        scene: Scene,
        then: Callable[[], None],
        is_running: bool,
    ) -> np.ndarray:
        """Return a number for each state, float64 [S], or [S, A] by action; nan for no colour.

        `settings` are those of the run in force, None while they are not known. `then()` is called when numbers that
        take time are known.
        """
        nothing = np.full(scene.action_values.shape if overlay.by_action else problem.n_states, np.nan)
        if (overlay.slow and not problem.phases) or (settings is None and name not in WITHOUT_SETTINGS):
            return nothing
        of = partial(overlay.of, problem, settings)
        if not overlay.slow:
            return of(scene)
        return self.slow.ask(name, scene, partial(self._prepared, overlay, of, scene), then, is_running, nothing)

    def _prepared(self, overlay: Overlay, of: Callable[[Scene], np.ndarray], scene: Scene) -> Callable[[], np.ndarray]:
        """Return what computes an overlay, from copies of what changes."""
        if not overlay.lately:
            return partial(of, scene)
        find = self.look_back()
        return lambda: of(replace(scene, updates=find()))


def _no_past() -> Callable[[], RecentUpdates]:
    raise ValueError("What was learned lately is not known here.")
