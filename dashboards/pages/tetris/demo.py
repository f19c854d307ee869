"""The demo: a saved player's game on a board of its own, at a speed of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.hub.runs import SharedRun
from dashboards.live.refresher import Refresher
from dashboards.live.throttle import Throttle
from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.style.formatting import count
from dashboards.style.widgets import FILL, OUTLINE_SX, WIDE, html, row
from gridworld.runs.commands import Command, Pace, Pause, Reset, Start
from gridworld.runs.frame import Status
from gridworld.tetris.players.demo_run import DemoRun

PRESENT = "Present player"
SPEEDS = {f"{rate} piece{'s' * (rate > 1)}/s": float(rate) for rate in (1, 2, 5, 10, 30, 100)}
RESTING = (Status.READY, Status.PAUSED)
NETWORK = (
    "This trainer learns a network. Its games are on the board under Training; the files that it saves are opened by "
    "itself alone and can't be watched here. Saved players can."
)


class GameDemo:
    """Calls `weights_of(name)` for the player that is chosen; the run is made when it is first needed."""

    def __init__(self, hub: Hub, tokens: dict[str, Any], weights_of: Callable[[str], Sequence[float]]) -> None:
        self._hub, self._weights_of = hub, weights_of
        self._refresher: Refresher | None = None
        self._throttle = Throttle(0.1)
        self._saved: list[str] = []
        self._hint = html(f'<div class="hint">{NETWORK}</div>', sizing_mode="stretch_width", visible=False)
        self.board = TetrisBoardView(tokens)
        self.choice = pmui.Select(label="Player", options=[PRESENT], size="small", **WIDE)
        self.choice.param.watch(lambda event: self._choose(), "value")
        self.speed = pmui.Select(label="Speed", options=SPEEDS, value=10.0, size="small", width=124, margin=0)
        self.speed.param.watch(lambda event: self._refresher and self._send(Pace(event.new)), "value")
        self.buttons = {
            "Start demo": self._button("Start demo", "play_arrow", self.start),
            "Pause demo": self._button("Pause demo", "pause", lambda: self._send(Pause())),
            "New game": self._button("New game", "restart_alt", self._begin_anew),
        }
        self._told = html("", sizing_mode="stretch_width")
        self._show()
        self.panel = pn.Column(
            row(self.choice, self.speed, gap="8px", pt="8px"),
            row(*self.buttons.values(), gap="8px"),
            self._hint,
            self._told,
            self.board.panel,
            styles={"gap": "8px", "min-height": "0"},
            **FILL,
        )

    def offer(self, names: Sequence[str]) -> None:
        """The saved players that can be chosen."""
        self._saved = list(names)
        self._arrange()

    def offer_present(self, offered: bool) -> None:
        """Let the training's own player be chosen, or say why there is none."""
        self._hint.visible = not offered
        self._arrange()

    def _arrange(self) -> None:
        options = [*([] if self._hint.visible else [PRESENT]), *self._saved]
        if options != self.choice.options:
            kept = self.choice.value if self.choice.value in options else next(iter(options), None)
            self.choice.param.update(options=options, value=kept, visible=bool(options))

    def watch(self, name: str) -> None:
        """Show the game of a player from its beginning."""
        self.choice.value = name
        if self._refresher is not None:
            self._play_again(name)
        self.start()

    def start(self) -> None:
        """Play, or play on."""
        if self._refresher is None:
            self._make()
        self._send(Start())

    def _make(self) -> None:
        run = DemoRun(
            self._weights_of(self.choice.value), pace=Pace(self.speed.value), executor=self._hub.executors.tetris
        )
        shared = self._hub.runs.add(SharedRun(run))
        self._refresher = Refresher(
            self._hub, shared.id, [self.board], self._epoch_began, self._news_came, self._is_gone
        )
        self._refresher.start()

    def _send(self, command: Command) -> None:
        shared = self._shared
        if shared is None:
            self._is_gone()
            return
        shared.send(command, "demo", type(command).__name__)

    def _begin_anew(self) -> None:
        if self._refresher is not None:
            self._play_again(self.choice.value)
            self._send(Start())

    def _play_again(self, name: str) -> None:
        """Show the beginning of a player's game."""
        self._send(Pause())
        self._send(Reset({"weights": tuple(self._weights_of(name))}))

    def _choose(self) -> None:
        """Another player begins a game of its own; a running demo goes on with it, and rests where there is none."""
        shared = self._shared
        if shared is not None and self.choice.value is None:
            self._send(Pause())
        elif shared is not None:
            running = shared.status is Status.RUNNING
            self._play_again(self.choice.value)
            if running:
                self._send(Start())
        self._show()

    @property
    def _shared(self) -> SharedRun | None:
        """The demo's run, once there is one."""
        return self._hub.runs.get(self._refresher.run_id) if self._refresher is not None else None

    def _epoch_began(self, shared: SharedRun) -> None:
        self.board.begin()

    def _news_came(self, shared: SharedRun) -> None:
        if self._throttle.ready(at_once=shared.status is not Status.RUNNING):
            self._show()

    def _is_gone(self) -> None:
        """The demo was idle for long; the next start makes another."""
        self._refresher = None
        self._show()

    def _show(self) -> None:
        """The numbers of the game, and the buttons that mean something."""
        shared = self._shared
        scene = shared.journal.frame.scene if shared is not None and shared.journal.frame else None
        status, board = shared.status if shared is not None else Status.READY, scene and scene.board
        numbers = [(name, count(getattr(board, name)) if board else "0") for name in ("score", "lines", "pieces")]
        told = " · ".join(f'{name.title()} <b data-demo="{name}">{number}</b>' for name, number in numbers)
        text = f'<div class="hint" style="font-variant-numeric:tabular-nums">{told} · {status.title()}</div>'
        if self._told.object != text:
            self._told.object = text
        there = self.choice.value is not None
        may = {"Start demo": there and status in RESTING, "Pause demo": status is Status.RUNNING}
        may["New game"] = there and board is not None
        for name, button in self.buttons.items():
            if button.disabled == may[name]:
                button.disabled = not may[name]

    @staticmethod
    def _button(label: str, icon: str, act: Callable[[], None]) -> pmui.Button:
        button = pmui.Button(
            label=label, icon=icon, icon_size="1.25em", height=36, color="default", variant="outlined",
            disable_elevation=True, sx=OUTLINE_SX, **WIDE,
        )  # fmt: skip
        button.on_click(lambda event: act())
        return button
