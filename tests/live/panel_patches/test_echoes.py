"""What a browser says again is no edit; what a person chooses is one."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui
import pytest
from bokeh.document import Document
from panel_material_ui.base import MaterialComponent

from dashboards.controls.number_field import NumberField, WholeSlider
from dashboards.controls.presses import CheckedSegments, Segments, Switch, Tabs
from dashboards.controls.speed import SpeedControl
from dashboards.live.panel_patches import echoes
from dashboards.pages.shell import resting_tabs
from dashboards.pages.tetris.controls import BoardSwitch
from gridworld.agents import QLearning
from gridworld.runs.commands import Pace
from support.clock import Clock


@pytest.fixture
def agent() -> QLearning:
    return QLearning()


@pytest.fixture
def field(agent) -> NumberField:
    """A number on a page: a slider and a text."""
    field = NumberField(agent, "step_size")
    document = Document()
    document.add_root(field.__panel__().get_root(document))
    return field


def browser(part):
    """The values of a part as the browser has them; one that is set here came from there."""
    ((model, _),) = part._models.values()
    return model.data


def press_twice(field: NumberField) -> None:
    """What a browser sends for two presses of a key on the slider; the server writes both numbers into the text."""
    for value in (0.11, 0.12):
        browser(field._slider).value = value
        browser(field._slider).value_throttled = value


def test_a_text_that_the_server_has_replaced_is_no_edit_when_the_browser_says_it_again(agent, field):
    press_twice(field)
    browser(field.text).value = "0.11"
    browser(field.text).value_input = "0.11"
    assert agent.step_size == 0.12
    assert (browser(field.text).value, browser(field.text).value_input) == ("0.12", "0.12"), "the browser is told again"


def test_the_same_text_is_an_edit_when_it_is_typed(agent, field):
    press_twice(field)
    for typed in ("0", "0.", "0.1", "0.11"):
        browser(field.text).value_input = typed
    browser(field.text).value = "0.11"
    assert (agent.step_size, browser(field._slider).value) == (0.11, 0.11)


def test_a_slider_goes_back_to_where_a_person_had_it_before(agent, field):
    press_twice(field)
    browser(field._slider).value = 0.11
    browser(field._slider).value_throttled = 0.11
    assert (agent.step_size, browser(field.text).value) == (0.11, "0.11")


def test_a_slider_that_the_server_moved_twice_is_not_moved_back_by_the_browser(agent, field):
    agent.step_size = 0.5
    agent.step_size = 0.6
    for name in ("value", "value_throttled"):
        setattr(browser(field._slider), name, 0.5)
    assert (agent.step_size, browser(field._slider).value) == (0.6, 0.6)
    browser(field._slider).value_throttled = 0.7
    browser(field._slider).value_throttled = 0.5
    assert agent.step_size == 0.5, "what was moved by hand since may be moved back"


def let_go(slider, value):
    """What Panel hears when a person moves a slider: both values at once."""
    slider._process_events({"value": value, "value_throttled": value})


@pytest.fixture
def slider() -> WholeSlider:
    """A slider that shows a moment of a run."""
    slider = WholeSlider(start=0, end=10, value=5)
    document = Document()
    document.add_root(slider.get_root(document))
    return slider


def test_a_choice_that_the_server_took_back_can_be_made_again_at_once(slider):
    let_go(slider, 4)
    slider.value = 5
    let_go(slider, 4)
    assert slider.value == 4


def test_a_slider_that_follows_a_run_may_be_moved_to_where_it_was_a_moment_ago(slider):
    for value in (6, 7):
        slider.value = value
    let_go(slider, 6)
    assert slider.value == 6


def test_a_speed_that_another_viewer_has_replaced_is_not_chosen_again_by_the_browser():
    chosen = []
    control = SpeedControl(
        Pace(10.0, 10), lambda pace, text: chosen.append(pace.steps_per_second), unit="step", pictures=False
    )
    document = Document()
    document.add_root(control.rate.get_root(document))
    control.show(Pace(100.0, 10))
    control.show(Pace(1_000.0, 10))
    browser(control.rate).value = "100"
    assert (chosen, browser(control.rate).value) == ([], "1k")
    browser(control.rate).value = "2"
    browser(control.rate).value = "100"
    assert chosen == [2.0, 100.0], "what a person chooses counts"


@pytest.mark.parametrize(
    ("make", "name", "overtaken", "present"),
    [
        (lambda: Switch(label="Show"), "value", True, False),
        (lambda: Segments(options=["a", "b", "c"], value="c"), "value", "a", "b"),
        (lambda: CheckedSegments(options=["a", "b"]), "value", ["a"], []),
        (lambda: Tabs(("a", pn.Spacer()), ("b", pn.Spacer())), "active", 1, 0),
    ],
)
def test_what_the_server_has_overtaken_is_no_press_until_a_busy_browser_has_had_its_time(
    monkeypatch, make, name, overtaken, present
):
    clock, part, document = Clock(), make(), Document()
    monkeypatch.setattr(echoes, "monotonic", clock)
    document.add_root(part.get_root(document))
    for value in (overtaken, present):
        setattr(part, name, value)
    setattr(browser(part), name, overtaken)
    assert (getattr(part, name), getattr(browser(part), name)) == (present, present), "the browser is told again"
    clock.now += part.late
    setattr(browser(part), name, overtaken)
    assert getattr(part, name) == overtaken, "now somebody has pressed it"


def test_a_board_that_another_viewer_has_hidden_and_shown_is_not_hidden_again_by_a_busy_browser():
    sent = []
    switch = BoardSwitch(lambda command, code, text: sent.append(command))
    document = Document()
    document.add_root(switch.panel.get_root(document))
    for shown in (False, True):
        switch.show(shown)
    browser(switch.panel).value = False
    assert (sent, switch.panel.value) == ([], True)


def test_a_tab_that_the_server_has_left_again_is_not_opened_by_a_busy_browser():
    tabs = resting_tabs({"a": pn.Spacer(), "b": pn.Spacer()}, {}, lambda change: change())
    document = Document()
    document.add_root(tabs.get_root(document))
    for active in (1, 0):
        tabs.active = active
    browser(tabs).active = 1
    assert tabs.active == 0


@pytest.mark.parametrize(
    ("name", "before", "now"), [("disabled", True, False), ("label", "Start", "Pause"), ("color", "default", "primary")]
)
def test_a_browser_sets_nothing_back_that_only_the_server_changes(monkeypatch, name, before, now):
    monkeypatch.setattr(MaterialComponent, "_process_property_change", MaterialComponent._process_property_change)
    echoes.keep_looks()
    button, document, pressed = pmui.Button(**{name: before}), Document(), []
    button.on_click(pressed.append)
    document.add_root(button.get_root(document))
    setattr(button, name, now)
    setattr(browser(button), name, before)
    assert (getattr(button, name), getattr(browser(button), name)) == (now, now), "the browser is told again"
    button._process_events({name: before, "clicks": 1})
    assert (getattr(button, name), len(pressed)) == (now, 1), "a press that comes with it counts"
