"""The buttons that are always in sight: start, pause, step, reset, and how fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import panel_material_ui as pmui

from dashboards.style.widgets import NAMED_NOT_SHOWN, OUTLINE_SX, SEGMENT_SX, UNLABELLED_SX, WIDE, html
from gridworld.runs.commands import Command, Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status

SPEEDS: dict[str, float | None] = {
    "1": 1.0,
    "2": 2.0,
    "5": 5.0,
    "10": 10.0,
    "30": 30.0,
    "100": 100.0,
    "1k": 1_000.0,
    "10k": 10_000.0,
    "max": None,
}
UPDATES = {f"{steps} step{'s' * (steps > 1)}": steps for steps in (1, 10, 100, 1_000)}
FOLLOWED = 30.0  # steps per second up to which the eye follows each one
RESTING = (Status.READY, Status.PAUSED)
ENABLED: dict[str, tuple[Status, ...]] = {
    "Start": RESTING,
    "Pause": (Status.RUNNING, Status.STARTING),
    "Step": RESTING,
    "Step episode": RESTING,
    "Reset": tuple(status for status in Status if status is not Status.READY),
}


class Transport:
    """Calls `send(command, code, text)`; every button is enabled only where it means something.

    A subclass may have other buttons, another name for its steps, and other widgets after the speeds.
    """

    steps = "Steps/s"
    enabled: ClassVar[Mapping[str, tuple[Status, ...]]] = ENABLED

    def __init__(self, pace: Pace, send: Callable[[Command, str, str], None]) -> None:
        self._send = send
        self._adopting = False
        self.buttons = self.make_buttons()
        self.speed = pmui.RadioButtonGroup(
            label="Steps per second",
            options=list(SPEEDS),
            color="primary",
            sizing_mode="stretch_width",
            sx=SEGMENT_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **at("speed"),
        )
        others = self.make_others()
        self.show_pace(pace)
        self.speed.param.watch(self._speed_chosen, "value")
        label = html(f'<div class="label">{self.steps}</div>', **at("slab"))
        self.panel = pmui.Column(*self.buttons.values(), label, self.speed, *others, sx=self.grid(), **WIDE)

    def make_buttons(self) -> dict[str, pmui.Button]:
        """The buttons by name, in order."""
        return {
            "Start": self.button("Start", "play_arrow", "play", Start(), color="primary", variant="contained", sx=None),
            "Pause": self.button("Pause", "pause", "pause", Pause()),
            "Step": self.button("Step", "skip_next", "step", Step()),
            "Step episode": self.button("Step episode", "fast_forward", "epi", Step(episodes=1)),
            "Reset": self.button("Reset", "restart_alt", "reset", Reset()),
        }

    def make_others(self) -> list[Any]:
        """The widgets after the speeds."""
        self.every = pmui.Select(
            label="Update every",
            options=UPDATES,
            size="small",
            sizing_mode="stretch_width",
            stylesheets=[NAMED_NOT_SHOWN],
            sx={**UNLABELLED_SX, "bgcolor": "background.paper", "fontSize": ".8125rem"},
            **at("every"),
        )
        self.every.param.watch(lambda event: self._pace_chosen(), "value")
        return [html('<div class="label">Update every</div>', **at("elab", **{"justify-self": "end"})), self.every]

    def grid(self) -> dict[str, Any]:
        """Where everything stands."""
        return _GRID

    def show(self, status: Status) -> None:
        """Enable what means something in this status."""
        for name, button in self.buttons.items():
            disabled = status not in self.enabled[name]
            if button.disabled != disabled:
                button.disabled = disabled

    def show_pace(self, pace: Pace) -> None:
        """Take over a pace that was set elsewhere."""
        self._adopting = True
        self.speed.value = next(name for name, rate in SPEEDS.items() if rate == pace.steps_per_second)
        self.every.value = pace.update_every
        self._adopting = False

    def button(self, label: str, icon: str, area: str, command: Command, **look: Any) -> pmui.Button:
        """A button that sends a command."""
        button = pmui.Button(
            **{
                "label": label,
                "icon": icon,
                "icon_size": "1.25em",
                "disable_elevation": True,
                "height": 40,
                "sizing_mode": "stretch_width",
                "color": "default",
                "variant": "outlined",
                "sx": OUTLINE_SX,
                **at(area),
                **look,
            }
        )
        button.on_click(lambda event: self._send(command, label.lower().replace(" ", "-"), label))
        return button

    def _speed_chosen(self, event: Any) -> None:
        """A speed that the eye can follow shows every step; above it, ten steps are one picture."""
        if self._adopting:
            return
        rate = SPEEDS[event.new]
        self._adopting = True
        followed = rate is not None and rate <= FOLLOWED
        self.every.value = 1 if followed else max(10, self.every.value)
        self._adopting = False
        self._pace_chosen()

    def _pace_chosen(self) -> None:
        if not self._adopting:
            pace = Pace(SPEEDS[self.speed.value], self.every.value)
            rate = "as fast as it goes" if pace.steps_per_second is None else f"{pace.steps_per_second:,.0f} steps/s"
            self._send(pace, "speed", f"Speed: {rate}, a picture every {self.every.value} steps")


def at(area: str, **css: str) -> dict[str, Any]:
    """A widget's place in the grid."""
    return {"margin": 0, "styles": {"grid-area": area, "align-self": "center", **css}}


def _lines(*lines: str) -> str:
    """The areas of a grid, line by line."""
    return " ".join(f'"{line}"' for line in lines)


_GRID = {
    "display": "grid",
    "gap": {"xs": "8px 6px", "sm": "10px 8px"},
    "alignItems": "center",
    "height": "auto",
    "gridTemplateColumns": {
        "xs": "repeat(24, minmax(0, 1fr))",
        "sm": "repeat(24, minmax(0, 1fr))",
        "lg": "92px 96px 80px 126px 88px minmax(0, 1fr) auto minmax(280px, 380px) 0 auto 108px",
    },
    "gridTemplateAreas": {
        "xs": _lines(
            "play " * 8 + "pause " * 8 + "reset " * 8,
            "step " * 10 + "epi " * 14,
            "slab " * 7 + "elab " * 8 + "every " * 9,
            "speed " * 24,
        ),
        "sm": _lines(
            "play " * 5 + "pause " * 5 + "step " * 4 + "epi " * 6 + "reset " * 4,
            "slab " * 2 + "speed " * 14 + "elab " * 4 + "every " * 4,
        ),
        "lg": '"play pause step epi reset . slab speed . elab every"',
    },
}
