"""The greedy policy of a saved run at play."""

from __future__ import annotations

from typing import Any

import panel as pn

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.demo import Demo
from dashboards.style.formatting import number
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WIDE, html, row
from dashboards.views.board.view import BoardView
from dashboards.views.tables.states import StatesView
from gridworld.runs.commands import Load, Pace
from gridworld.runs.frame import Frame
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem

NOTHING = "Choose a run and press Demo: its greedy policy plays here, and nothing is learned."


class PolicyDemo(Demo):
    """Plays one session at a time; `watch` takes another."""

    def __init__(self, hub: Hub, tokens: dict[str, Any]) -> None:
        problem = load_problem("medium")
        self._board, self._states = BoardView(problem, tokens), StatesView(problem, tokens)
        super().__init__(hub, [self._board, self._states], self._board.drawing.figure, "step", 5)
        self._session: TrainingSession | None = None  # until its run is made
        self._title = html(fill('<div class="hint" role="status">{}</div>', NOTHING), **WIDE)
        stage = {"min-height": "0", "max-height": "400px"}
        self.panel = pn.Column(
            row(self._title, self.speed),
            self.controls,
            self.summary,
            pn.Column(self._board.panel, self._states.panel, styles=stage, **FILL),
            styles={"gap": "8px", "min-height": "0"},
            **FILL,
        )
        self.show()

    def watch(self, name: str, session: TrainingSession) -> None:
        """Play a session's policy from the start."""
        self._title.object = fill('<div class="hint" role="status">Demo of <b>{}</b>, without learning</div>', name)
        self._session = session
        self.play(Load(session))
        self._session = None

    @property
    def playable(self) -> bool:
        """Whether a run is being played."""
        return self.shared is not None

    def make_run(self, pace: Pace) -> GreedyRun:
        """Return the run that plays the session."""
        assert self._session is not None
        return GreedyRun(self._session, pace=pace, clock=self._hub.clock)

    def begin(self, shared: SharedRun) -> None:
        """Show another world: a grid on the board, any other as a table."""
        problem = shared.settings.make_problem()
        self._board.panel.visible, self._states.panel.visible = bool(problem.layouts), not problem.layouts
        for view in (self._board, self._states):
            view.begin(problem)

    def describe(self, frame: Frame | None) -> str:
        """Return the numbers of the episode, and the mean return of the last ones."""
        if frame is None:
            return ""
        scene, returns = frame.scene, frame.scene.recent[:, 0]
        mean = f"; mean return of the last {len(returns)}: {number(returns.mean())}" if len(returns) else ""
        episode = f"Episode {frame.episode + 1:,}, step {scene.episode_step:,}"
        return f"{episode}, return {number(scene.episode_return)}{mean}"

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._board.retheme(tokens)
