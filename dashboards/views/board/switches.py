"""What of a board is shown: a switch for each of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.style.widgets import stack

SWITCHES = {
    "values": "Values",
    "arrows": "Arrows",
    "trail": "Trail",
    "visits": "Visits",
    "fit": "Fit colours to data",
}
"""What `BoardView.show` can turn on and off -> the label of its switch."""
OFF = ("visits", "fit")


def board_switches(show: Callable[..., None]) -> Any:
    """Return a switch for each of `SWITCHES`, which calls `show(name=on)`; some are on at first."""
    switches = []
    for name, label in SWITCHES.items():
        switch = pmui.Switch(label=label, value=name not in OFF, size="small", margin=0)
        switch.param.watch(lambda event, name=name: show(**{name: event.new}), "value")
        switches.append(switch)
    return stack(*switches, display="grid", gridTemplateColumns="1fr 1fr")
