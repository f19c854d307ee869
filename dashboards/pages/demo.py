"""What the demos of all pages share: a run that only plays, its speed, its buttons, and what refreshes its views."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bokeh.plotting import figure

from dashboards.controls.run_buttons import PAUSE, RESET, RESUME, START, STEP, CommandButtons, RunState, change
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.refresher import Refresher
from dashboards.live.view import View
from dashboards.style.choice import choice
from dashboards.style.markup import fill
from dashboards.style.widgets import WIDE, html, row
from gridworld.runs.commands import Command, Pace, Pause, Reset, Start
from gridworld.runs.frame import Frame, Status
from gridworld.runs.run import Run

RATES = (1, 2, 5, 10, 30, 100, 1_000)  # steps a second
REPLAY = replace(RESET, label="Replay")
ACTIONS = tuple(replace(action, label=f"{action.label} demo") for action in (START, PAUSE, RESUME, STEP, REPLAY))
GONE = "The demo was idle for a long time and has ended; start it again."


class Demo(ABC):
    """Plays what was learned, on a board of its own. Its run is made when it is first needed.

    Parameters
    ----------
    hub
        Where the run is kept.
    views
        What shows it.
    board
        The figure by which it is measured whether the browser keeps up.
    unit
        What a step is called.
    rate
        Steps a second at first.
    """

    def __init__(self, hub: Hub, views: Sequence[View], board: figure, unit: str, rate: int) -> None:
        self._hub, self._views, self._board_figure = hub, views, board
        self._refresher: Refresher | None = None
        options = {f"{each:,} {unit}{'s' * (each > 1)}/s": float(each) for each in RATES}
        self.speed = choice("Speed", small=True, options=options, value=float(rate), width=124, margin=0)
        self.speed.param.watch(lambda event: self.send(Pace(event.new)), "value")
        self._commands = CommandButtons(self._press, ACTIONS, height=32, size="small")
        self.buttons = self._commands.buttons
        self.controls = row(*self.buttons.values(), gap="4px")
        self.summary = html("", **WIDE)

    @property
    @abstractmethod
    def playable(self) -> bool:
        """Whether there is anything to play."""

    @abstractmethod
    def make_run(self, pace: Pace) -> Run[Any]:
        """Return the run that plays."""

    @abstractmethod
    def begin(self, shared: SharedRun) -> None:
        """Begin all views again."""

    @abstractmethod
    def describe(self, frame: Frame | None) -> str:
        """Return the state of the game as HTML; there is no frame before there is a run."""

    def beginning(self) -> Command:
        """Return the command that makes the run begin again."""
        return Reset()

    @property
    def shared(self) -> SharedRun | None:
        """The demo's run, once there is one."""
        return self._hub.runs.get(self._refresher.run_id) if self._refresher is not None else None

    def send(self, command: Command) -> None:
        """Hand the run a command, if there is a run."""
        if shared := self.shared:
            shared.send(command, "demo", type(command).__name__)

    def play(self, beginning: Command) -> None:
        """Play from the beginning; a run that is there already is handed `beginning`."""
        if self.shared is None:
            self._make()
        else:
            self.send(Pause())
            self.send(beginning)
        self.send(Start())

    def show(self) -> None:
        """Show the state of the game, and enable the buttons that have an effect."""
        shared = self.shared
        frame = shared.frame if shared is not None else None
        if self.playable:
            self._commands.show(RunState(frame.status if frame is not None else Status.READY))
        else:
            self._commands.disable()
        text = fill('<div class="hint" style="font-variant-numeric:tabular-nums">{}</div>', self.describe(frame))
        if frame is not None and frame.error:
            text = fill('<div class="hint" role="alert">The demo failed: {}</div>', frame.reason)
        change(self.summary, object=text)

    def _press(self, command: Command, code: str, text: str) -> None:
        if isinstance(command, Reset):
            self.play(self.beginning())
            return
        if self.shared is None:
            self._make()
        self.send(command)

    def _make(self) -> None:
        run = SharedRun(self.make_run(Pace(self.speed.value)), clock=self._hub.clock)
        shared = self._hub.runs.add(run)
        shown = self.begin, lambda shared: self.show(), self._let_go
        self._refresher = Refresher(self._hub, shared.id, self._views, *shown)
        self._board_figure.tags = [self._refresher.backpressure.probe]
        self._refresher.start()

    def _let_go(self) -> None:
        self._refresher = None
        self.show()
        self.summary.object = fill('<div class="hint" role="alert">{}</div>', GONE)
