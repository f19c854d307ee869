"""What of a board is shown: a switch for each of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.style.choice import choice
from dashboards.style.widgets import LABELLED, stack
from gridworld.agents import Agent
from gridworld.insight.overlays import LABELS, offered
from gridworld.worlds.problem import Problem

SWITCHES = {
    "arrows": "Arrows",
    "trail": "Trail",
    "fit": "Fit colours to data",
}
"""What `BoardView.show` can turn on and off -> the label of its switch."""
OFF = ("fit",)
LABELLED_NAMES = {label: name for name, label in LABELS.items()}


class ColourChoice:
    """The list of what the colours can mean: of an agent in a world, all that means something.

    `choose(name)` is called with the overlay that was chosen.
    """

    def __init__(self, choose: Callable[[str], None]) -> None:
        self.panel = choice("Colour by", small=True, options=LABELLED_NAMES, value="state value", **LABELLED)
        self._choose, self._offering = choose, False
        self.panel.param.watch(self._chosen, "value")

    def offer(self, problem: Problem, agent: Agent) -> None:
        """Offer what means something; what is chosen stays, if it still does."""
        options = offered(problem, agent)
        if options == self.panel.options:
            return
        chosen = self.panel.value if self.panel.value in options.values() else "state value"
        self._offering = True
        has_changed = chosen != self.panel.value
        self.panel.param.update(options=options, value=chosen)
        self._offering = False
        if has_changed:
            self._choose(chosen)

    def _chosen(self, event: Any) -> None:
        if not self._offering:
            self._choose(event.new)


def board_switches(show: Callable[..., None]) -> Any:
    """Return a switch for each of `SWITCHES`, which calls `show(name=on)`; some are on at first."""
    switches = []
    for name, label in SWITCHES.items():
        switch = pmui.Switch(label=label, value=name not in OFF, size="small", margin=0)
        switch.param.watch(lambda event, name=name: show(**{name: event.new}), "value")
        switches.append(switch)
    return stack(*switches, display="grid", grid_template_columns="1fr 1fr")
