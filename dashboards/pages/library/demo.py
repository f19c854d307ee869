"""The greedy policy of a saved run at play, on a board of its own, at a speed of one's own."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.hub.runs import SharedRun
from dashboards.live.refresher import Refresher
from dashboards.live.view import View
from dashboards.pages.downloads import button
from dashboards.style.formatting import number
from dashboards.style.widgets import FILL, html, row
from dashboards.views.board.view import BoardView
from dashboards.views.tables.states import StatesView
from gridworld.runs.commands import Command, Load, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem

SPEEDS = {"1 step/s": 1.0} | {f"{rate} steps/s": float(rate) for rate in (2, 5, 10, 30, 100, 1_000)}
RESTING = (Status.READY, Status.PAUSED)
ENABLED = {"Play": RESTING, "Pause": (Status.RUNNING,), "Step": RESTING, "Again": tuple(Status)}
NOTHING = "Choose a run and press Demo: its greedy policy plays here, and nothing is learned."


class PolicyDemo:
    """Plays one session at a time; `watch` takes another."""

    def __init__(self, hub: Hub, tokens: dict[str, Any]) -> None:
        self._hub = hub
        problem = load_problem("medium")
        self._board, self._states = BoardView(problem, tokens), StatesView(problem, tokens)
        self._refresher: Refresher | None = None
        self._title, self._counts = html("", sizing_mode="stretch_width"), html("", sizing_mode="stretch_width")
        self.speed = pmui.Select(label="Speed", options=SPEEDS, value=5.0, size="small", width=124, margin=0)
        self.speed.param.watch(lambda event: self._send(Pace(event.new)), "value")
        self.buttons = {
            "Play": button("Play", "play_arrow", lambda: self._send(Start())),
            "Pause": button("Pause", "pause", lambda: self._send(Pause())),
            "Step": button("Step", "skip_next", lambda: self._send(Step())),
            "Again": button("Again", "restart_alt", lambda: self._send(Reset())),
        }
        for each in self.buttons.values():
            each.disabled = True
        stage = {"min-height": "0", "max-height": "400px"}
        self._stage = pn.Column(self._board.panel, self._states.panel, styles=stage, **FILL)
        self._say_title("")
        self.panel = pn.Column(
            self._title,
            row(*self.buttons.values(), self.speed, gap="8px", flexWrap="wrap"),
            self._counts,
            self._stage,
            styles={"gap": "8px", "min-height": "0"},
            **FILL,
        )

    def watch(self, name: str, session: TrainingSession) -> None:
        """Play a session's policy from the start."""
        self._say_title(name)
        shared = self._hub.runs.get(self._refresher.run_id) if self._refresher else None
        if shared is None:
            run = GreedyRun(session, pace=Pace(self.speed.value))
            shared = self._hub.runs.add(SharedRun(run))
            views: list[View] = [self._board, self._states]
            self._refresher = Refresher(self._hub, shared.id, views, self._epoch_began, self._news_came, self._is_gone)
            self._refresher.start()
        else:
            self._send(Load(session))
        self._send(Start())

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        self._board.retheme(tokens)

    def _say_title(self, name: str) -> None:
        text = f"Demo of <b>{escape(name)}</b>, without learning" if name else NOTHING
        self._title.object = f'<div class="hint" role="status">{text}</div>'

    def _send(self, command: Command) -> None:
        shared = self._hub.runs.get(self._refresher.run_id) if self._refresher else None
        if shared is not None:
            shared.send(command, "demo", type(command).__name__)

    def _epoch_began(self, shared: SharedRun) -> None:
        problem = shared.settings.make_problem()
        self._board.panel.visible, self._states.panel.visible = bool(problem.layouts), not problem.layouts
        for view in (self._board, self._states):
            view.begin(problem)

    def _news_came(self, shared: SharedRun) -> None:
        frame = shared.journal.frame
        assert frame is not None
        for name, statuses in ENABLED.items():
            if self.buttons[name].disabled != (frame.status not in statuses):
                self.buttons[name].disabled = frame.status not in statuses
        returns = frame.scene.recent[:, 0]
        mean = f"; mean return of the last {len(returns)}: {number(returns.mean())}" if len(returns) else ""
        now = f"Episode {frame.episode + 1:,}, step {frame.scene.episode_step:,}, return "
        text = f'<div class="hint">{now}{number(frame.scene.episode_return)}{mean}</div>'
        if frame.error:
            reason = escape(frame.error.strip().splitlines()[-1])
            text = f'<div class="hint" role="alert">The demo failed: {reason}</div>'
        if self._counts.object != text:
            self._counts.object = text

    def _is_gone(self) -> None:
        self._refresher = None
        for each in self.buttons.values():
            each.disabled = True
        self._title.object = '<div class="hint" role="alert">The demo was idle for long; press Demo again.</div>'
