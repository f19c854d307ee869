"""What of a board is shown: a switch for each of its pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.style.widgets import stack
from dashboards.views.board.view import SWITCHES


def board_switches(show: Callable[..., None]) -> Any:
    """A switch for each of `SWITCHES`, which calls `show(name=on)`; all but the visits are on."""
    switches = [pmui.Switch(label=name.title(), value=name != "visits", size="small", margin=0) for name in SWITCHES]
    for switch in switches:
        switch.param.watch(lambda event: show(**{event.obj.label.lower(): event.new}), "value")
    return stack(*switches, display="grid", gridTemplateColumns="1fr 1fr")
