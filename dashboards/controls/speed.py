"""How fast a run goes, and how often it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.controls.presses import Segments
from dashboards.style.buttons import NEEDS_SERVER
from dashboards.style.choice import choice
from dashboards.style.widgets import NAMED_NOT_SHOWN, SEGMENT_SX, at, html
from gridworld.runs.commands import Pace

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


class SpeedControl:
    """Calls `chosen(pace, text)` when a speed is chosen; `parts` are what Panel lays out in a grid.

    Parameters
    ----------
    pace
        The pace at first.
    unit
        What is counted: "step", "placement".
    pictures
        Whether it can be chosen how many steps lie between two pictures.
    """

    def __init__(self, pace: Pace, chosen: Callable[[Pace, str], None], *, unit: str, pictures: bool) -> None:
        self._chosen, self._unit, self._pictures = chosen, unit, pictures
        self._adopting = False
        self.rate = Segments(
            label=f"{unit.title()}s per second",
            options=list(SPEEDS),
            tags=[NEEDS_SERVER],
            color="primary",
            sizing_mode="stretch_width",
            sx=SEGMENT_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **at("speed"),
        )
        self.every = choice(
            "Update every",
            small=True,
            is_labelled=False,
            options=UPDATES,
            sizing_mode="stretch_width",
            **at("every"),
        )
        self.show(pace)
        self.rate.param.watch(lambda event: self._rate_chosen(), "value")
        self.every.param.watch(lambda event: self._every_chosen(), "value")
        self.parts: list[Any] = [html(f'<div class="label">{unit.title()}s/s</div>', **at("slab")), self.rate]
        if pictures:
            label = html('<div class="label">Update every</div>', **at("elab", **{"justify-self": "end"}))
            self.parts += [label, self.every]

    def show(self, pace: Pace) -> None:
        """Take over a pace that was set elsewhere; one that is not on offer leaves nothing chosen."""
        self._pace = pace
        self._adopting = True
        self.rate.value = next((name for name, rate in SPEEDS.items() if rate == pace.steps_per_second), None)
        self.every.value = pace.update_every if pace.update_every in UPDATES.values() else None
        self._adopting = False

    def _rate_chosen(self) -> None:
        """Show every step at a speed that the eye can follow, and every tenth at the most above it."""
        if self._adopting:
            return
        rate, every = SPEEDS[self.rate.value], self._pace.update_every
        if self._pictures:
            every = 1 if rate is not None and rate <= FOLLOWED else max(10, every)
        self._report(Pace(rate, every))

    def _every_chosen(self) -> None:
        if not self._adopting:
            self._report(Pace(self._pace.steps_per_second, self.every.value))

    def _report(self, pace: Pace) -> None:
        self.show(pace)
        rate, every = pace.steps_per_second, pace.update_every
        text = "Speed: as fast as possible" if rate is None else f"Speed: {rate:,.0f} {self._unit}s/s"
        if self._pictures:
            text += ", a picture every step" if every == 1 else f", a picture every {every:,} steps"
        self._chosen(pace, text)
