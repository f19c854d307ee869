"""The buttons that are always in sight: one that starts, pauses and resumes, and beside it what else a run can do."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.speed import SpeedControl
from dashboards.live.throttle import Throttle
from dashboards.style.buttons import NEEDS_SERVER, on_press
from dashboards.style.widgets import ONE_LINE_SX, OUTLINE_SX, WIDE, at
from gridworld.runs.commands import Command, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Status

DOUBLE_CLICK = 0.3  # seconds within which a second press of the main button is part of the first
STILL_THERE = 2.0  # seconds after a press of the main button in which nobody is taken to have moved on


@dataclass(frozen=True)
class RunState:
    """What decides which buttons mean something.

    `resumable`: whether a paused run can go on; `working`: whether it has a process of its own at this moment.
    """

    status: Status
    resumable: bool = True
    working: bool = False

    @property
    def is_at_work(self) -> bool:
        """Whether it learns, or is about to."""
        return self.status in (Status.RUNNING, Status.STARTING)

    @property
    def can_go_on(self) -> bool:
        """Whether it can be started or resumed."""
        return self.status is Status.READY or (self.status is Status.PAUSED and self.resumable)


@dataclass(frozen=True)
class Action:
    """A button: what it is called, where it stands in the grid, what it sends, and when it can be pressed."""

    label: str
    icon: str
    area: str
    command: Command
    enabled: Callable[[RunState], bool]


MAIN = "play"
START = Action("Start", "play_arrow", MAIN, Start(), lambda state: state.status is Status.READY)
PAUSE = Action("Pause", "pause", MAIN, Pause(), lambda state: state.is_at_work)
RESUME = Action("Resume", "play_arrow", MAIN, Start(), lambda state: state.status is Status.PAUSED and state.can_go_on)
STEP = Action("Step", "skip_next", "step", Step(), lambda state: state.can_go_on)
STEP_EPISODE = Action("Step episode", "fast_forward", "epi", Step(episodes=1), lambda state: state.can_go_on)
STOP = Action("Stop", "stop", "stop", Stop(), lambda state: state.working)
RESET = Action("Reset", "restart_alt", "reset", Reset(), lambda state: state.status is not Status.READY)


class CommandButtons:
    """Start, Pause and Resume in one place, of which one is to be seen, and other buttons beside it.

    They are three, so that a press sends what its label shows, even if another viewer acts at that moment. The next
    step to take is the one button in colour: the main one, or Reset where a run has come to its end.

    Parameters
    ----------
    send
        `send(command, code, text)`, which hands a run a command.
    actions
        The buttons; those of the area "play" are the three, in this order.
    clock
        The time in seconds.
    look
        What the buttons look like, where it is not the usual.
    """

    def __init__(
        self,
        send: Callable[[Command, str, str], None],
        actions: Sequence[Action],
        *,
        clock: Callable[[], float] = time.monotonic,
        **look: Any,
    ) -> None:
        self._send, self._actions, self._look, self._clock = send, actions, look, clock
        self._presses = Throttle(DOUBLE_CLICK, clock)
        self._focus_until = -math.inf
        self.buttons = {action.label: self._make(action) for action in actions}
        self._main = [self.buttons[action.label] for action in actions if action.area == MAIN]
        self.show(RunState(Status.READY))

    def show(self, state: RunState) -> None:
        """Enable what means something, and show the one main button that does."""
        enabled = {action.label: action.enabled(state) for action in self._actions}
        start, pause, resume = self._main
        shown = start if state.status is Status.READY else pause if state.is_at_work else resume
        for label, button in self.buttons.items():
            is_hidden = button in self._main and button is not shown
            change(button, visible=not is_hidden, disabled=not (enabled[label] or is_hidden))
        if "Reset" in self.buttons:
            is_next = not state.is_at_work and not state.can_go_on
            change(self.buttons["Reset"], **(IN_COLOUR if is_next else PLAIN))
        if not shown.disabled:  # the browser moves the focus only to what was not disabled before
            if self._clock() < self._focus_until:
                shown.focus()
            self._focus_until = -math.inf

    def disable(self) -> None:
        """Disable them all: the run is gone."""
        for button in self.buttons.values():
            button.disabled = True

    def skip_button(self) -> pmui.Button:
        """Return a button that moves the keyboard's focus to the main one; it is seen only while it has the focus."""
        button = pmui.Button(label="Skip to the run buttons", width=0, height=0, margin=0, sx=SKIP_SX)
        on_press(button, lambda: next(main for main in self._main if main.visible).focus())
        return button

    def _make(self, action: Action) -> pmui.Button:
        is_main = action.area == MAIN
        button = pmui.Button(
            **{
                "label": action.label,
                "icon": action.icon,
                "icon_size": "1.25em",
                "disable_elevation": True,
                "height": 40,
                "sizing_mode": "stretch_width",
                "tags": [NEEDS_SERVER],
                **(IN_COLOUR if is_main else PLAIN),
                **at(action.area),
                **self._look,
            }
        )
        press = self._press_main if is_main else self._press
        on_press(button, lambda: press(action))
        return button

    def _press_main(self, action: Action) -> None:
        """Take the press, but not the second half of a double click, and keep the keyboard's focus in this place."""
        if self._presses.ready():
            self._focus_until = self._clock() + STILL_THERE
            self._press(action)

    def _press(self, action: Action) -> None:
        self._send(action.command, action.label.lower().replace(" ", "-"), action.label)


IN_COLOUR = {"color": "primary", "variant": "contained", "sx": ONE_LINE_SX}
SKIP_SX = {
    "position": "fixed",
    "top": "6px",
    "left": "6px",
    "zIndex": 2000,
    "width": "max-content",
    "height": "40px",
    "opacity": 0,
    "pointerEvents": "none",
    "&:focus": {"opacity": 1, "pointerEvents": "auto"},
}
PLAIN = {"color": "default", "variant": "outlined", "sx": OUTLINE_SX}


class RunButtons:
    """The buttons of a page, the speed, and what a page has `beside` them."""

    def __init__(
        self,
        pace: Pace,
        send: Callable[[Command, str, str], None],
        *,
        actions: Sequence[Action] = (START, PAUSE, RESUME, STEP, STEP_EPISODE, RESET),
        unit: str = "step",
        pictures: bool = True,
        beside: Collection[Any] = (),
        grid: dict[str, Any] | None = None,
    ) -> None:
        self._commands = CommandButtons(send, actions)
        self.speed = SpeedControl(pace, lambda pace, text: send(pace, "speed", text), unit=unit, pictures=pictures)
        self.buttons, self.show, self.disable = self._commands.buttons, self._commands.show, self._commands.disable
        self.skip_button = self._commands.skip_button
        self.panel = pmui.Column(*self.buttons.values(), *self.speed.parts, *beside, sx=grid or GRID, **WIDE)


def change(widget: Any, **values: Any) -> None:
    """Set what differs, so that nothing is sent where nothing has changed."""
    changed = {name: value for name, value in values.items() if getattr(widget, name) != value}
    if changed:
        widget.param.update(**changed)


def lines(*areas: str) -> str:
    """Return the areas of a grid, line by line."""
    return " ".join(f'"{line}"' for line in areas)


GRID: dict[str, Any] = {
    "display": "grid",
    "gap": {"xs": "8px 6px", "sm": "10px 8px"},
    "alignItems": "center",
    "height": "auto",
    "gridTemplateColumns": {
        "xs": "repeat(24, minmax(0, 1fr))",
        "sm": "repeat(24, minmax(0, 1fr))",
        "lg": "104px 80px 126px 88px minmax(0, 1fr) auto minmax(280px, 380px) 0 auto 108px",
    },
    "gridTemplateAreas": {
        "xs": lines(
            "play " * 12 + "reset " * 12,
            "step " * 10 + "epi " * 14,
            "slab " * 7 + "elab " * 8 + "every " * 9,
            "speed " * 24,
        ),
        "sm": lines(
            "play " * 6 + "step " * 5 + "epi " * 8 + "reset " * 5,
            "slab " * 2 + "speed " * 14 + "elab " * 4 + "every " * 4,
        ),
        "lg": '"play step epi reset . slab speed . elab every"',
    },
}
