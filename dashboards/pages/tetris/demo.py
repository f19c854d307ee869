"""A saved player's game."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
from markupsafe import Markup

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.demo import Demo
from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.pages.tetris.views import NO_PROBLEM
from dashboards.pages.tetris.why import WhyView
from dashboards.style.choice import choice
from dashboards.style.formatting import count
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WIDE, html, row
from gridworld.runs.commands import Command, Pace, Pause, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun
from gridworld.tetris.players.saved import Player

PRESENT = "Present player"
NETWORK = (
    "This trainer learns a network. Its games are on the board under Training; only the trainer itself opens the files "
    "that it saves, so they can't be watched here. Saved players can."
)


class GameDemo(Demo):
    """Plays the player that is chosen, which is `player_of(name)`."""

    def __init__(self, hub: Hub, tokens: dict[str, Any], player_of: Callable[[str], Player]) -> None:
        self.board = TetrisBoardView(tokens)
        self.why = WhyView()
        super().__init__(hub, [self.board, self.why], "piece", 10)
        self._player_of = player_of
        self._saved: list[str] = []
        self.hint = html(fill('<div class="hint">{}</div>', NETWORK), visible=False, **WIDE)
        self.choice = choice("Player", small=True, options=[PRESENT], **WIDE)
        self.choice.param.watch(lambda event: self._choose(), "value")
        self.panel = pn.Column(
            row(self.choice, self.speed, gap="8px", padding_top="8px"),
            self.controls,
            self.hint,
            self.summary,
            self.why.panel,
            self.board.panel,
            styles={"gap": "8px", "min-height": "0"},
            **FILL,
        )
        self.show()

    def offer(self, names: Sequence[str]) -> None:
        """Let these saved players be chosen."""
        self._saved = list(names)
        self._arrange()

    def offer_present(self, offered: bool) -> None:
        """Let the training's own player be chosen, or explain why there is none."""
        self.hint.visible = not offered
        self._arrange()

    def watch(self, name: str) -> None:
        """Show the game of a player from its beginning."""
        self.choice.value = name
        self.play(self.beginning())

    @property
    def playable(self) -> bool:
        """Whether a player is chosen."""
        return self.choice.value is not None

    def make_run(self, pace: Pace) -> DemoRun:
        """Return the run that plays the chosen player."""
        player, executor = self._player_of(self.choice.value), self._hub.executors.tetris
        return DemoRun(player.weights, player.features, pace=pace, executor=executor, clock=self._hub.clock)

    def begin(self, shared: SharedRun) -> None:
        """Show an empty board."""
        self.board.begin(NO_PROBLEM)
        self.why.begin()

    def describe(self, frame: Frame | None) -> str:
        """Return the numbers of the game, and its status."""
        board = frame.scene.board if frame is not None and frame.scene is not None else None
        numbers = [(name, count(getattr(board, name)) if board else "0") for name in ("score", "lines", "pieces")]
        parts = [fill('{} <b data-demo="{}">{}</b>', name.title(), name, number) for name, number in numbers]
        status = frame.status if frame is not None else Status.READY
        return Markup(" · ".join([*parts, status.title()]))

    def beginning(self) -> Command:
        """Return the command that begins a game of the chosen player."""
        player = self._player_of(self.choice.value)
        return Reset({"weights": player.weights, "features": player.features})

    def _arrange(self) -> None:
        options = [*([] if self.hint.visible else [PRESENT]), *self._saved, *BUILT_IN]
        if options != self.choice.options:
            kept = self.choice.value if self.choice.value in options else next(iter(options), None)
            self.choice.param.update(options=options, value=kept, visible=bool(options))

    def _choose(self) -> None:
        """Begin a game of another player: a running demo goes on with it, and pauses where there is none."""
        shared = self.shared
        if shared is not None and not self.playable:
            self.send(Pause())
        elif shared is not None:
            if shared.status is Status.RUNNING:
                self.play(self.beginning())
            else:
                self.send(self.beginning())
        self.show()
