"""What a form locks while a run goes on is locked at the server: a browser may be anyone's, and send what it likes."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui
import param
import pytest

from dashboards.controls.drawer import Controls
from dashboards.live.background import load_first
from dashboards.pages.compare.form import PlanForm
from dashboards.pages.compare.ready import READY
from dashboards.pages.tetris.controls import TetrisControls
from dashboards.pages.tetris.settings import default_settings
from gridworld.training.settings import Settings
from support.hubs import make_hub

STAYS_OPEN = {"Episodes", "Live tuning", "Target lines (0: no end)", "Contestant"}
"""What may be edited while a run goes on; the last one only shows another contestant's fields."""
CHANGING = Settings(world="dyna_maze", agent="dyna_q")  # which has recommended numbers


def at_once(change) -> None:
    change()


FORMS = {
    "grid world": lambda ask: Controls(CHANGING, ask, ask, at_once, load_first),
    "Tetris": lambda ask: TetrisControls(default_settings(), ask, ask, ask, at_once),
    "comparison": lambda ask: PlanForm(READY["cliff"].plan, ask, at_once, make_hub().executors.files, load_first),
}


def send_another_value(widget: Any) -> None:
    """Change a widget as a message of a browser would that does not lock it."""
    if isinstance(widget, pmui.Button):
        widget.param.trigger("clicks")
    elif isinstance(widget, pn.widgets.Select):
        widget.value = next((value for value in widget.values if value != widget.value), widget.value)
    elif isinstance(widget, pmui.CheckButtonGroup):
        widget.value = [option for option in widget.options if option not in widget.value]
    elif isinstance(widget, pmui.Switch):
        widget.value = not widget.value
    elif isinstance(widget, pmui.FloatSlider | pmui.IntSlider):
        other = widget.start if widget.value != widget.start else widget.end
        with param.edit_constant(widget):
            widget.param.update(value=other, value_throttled=other)
    else:
        assert isinstance(widget, pmui.TextInput), widget
        widget.value = "1" if widget.value != "1" else "2"


def stays_open(widget: Any) -> bool:
    """Whether a widget may be used while a run goes on; a stepper has the name of its field in its description."""
    return any(name in (widget.label, str(getattr(widget, "description", "")).partition(" ")[2]) for name in STAYS_OPEN)


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_a_locked_form_asks_for_nothing_whatever_a_browser_sends(make):
    asked: list[Any] = []
    form = make(asked.append)
    form.lock(True)
    widgets = [each for each in form.panel.select(pn.widgets.Widget) if not stays_open(each)]
    assert len(widgets) > 15
    for widget in widgets:
        send_another_value(widget)
        assert asked == [], widget.label
    form.lock(False)
    send_another_value(next(each for each in widgets if isinstance(each, pn.widgets.Select)))
    assert len(asked) == 1, "the same message has an effect in a form that is open"
