"""The buttons of a run: one main button, the next step in colour, and a press that sends what was to be read."""

import pytest

from dashboards.controls.run_buttons import (
    PAUSE,
    RESET,
    RESUME,
    START,
    STILL_THERE,
    STOP,
    CommandButtons,
    RunButtons,
    RunState,
)
from dashboards.controls.speed import SPEEDS
from gridworld.runs.commands import Pace, Pause, Reset, Start, Step
from gridworld.runs.frame import Status
from support.clock import Clock

MAIN = ("Start", "Pause", "Resume")


@pytest.fixture
def sent():
    return []


@pytest.fixture
def buttons(sent):
    return RunButtons(Pace(2.0, 10), lambda command, code, text: sent.append((command, code, text)))


def press(button):
    button.clicks += 1


def pressable(buttons):
    """The buttons that are to be seen and can be pressed."""
    return {label for label, each in buttons.buttons.items() if each.visible and not each.disabled}


def colour(buttons):
    """Those of them in colour."""
    return [label for label in pressable(buttons) if buttons.buttons[label].variant == "contained"]


@pytest.mark.parametrize(
    ("state", "shown", "in_colour", "enabled"),
    [
        (RunState(Status.READY), "Start", ["Start"], {"Start", "Step", "Step episode"}),
        (RunState(Status.STARTING), "Pause", ["Pause"], {"Pause", "Reset"}),
        (RunState(Status.RUNNING), "Pause", ["Pause"], {"Pause", "Reset"}),
        (RunState(Status.PAUSED), "Resume", ["Resume"], {"Resume", "Step", "Step episode", "Reset"}),
        (RunState(Status.PAUSED, resumable=False), "Resume", ["Reset"], {"Reset"}),
        (RunState(Status.FINISHED), "Resume", ["Reset"], {"Reset"}),
        (RunState(Status.FAILED), "Resume", ["Reset"], {"Reset"}),
    ],
)
def test_one_main_button_is_shown_and_the_next_step_is_in_colour(buttons, state, shown, in_colour, enabled):
    buttons.show(state)
    assert [label for label in MAIN if buttons.buttons[label].visible] == [shown]
    assert colour(buttons) == in_colour
    assert pressable(buttons) == enabled


def test_a_press_sends_what_was_to_be_read_though_the_status_has_changed(buttons, sent):
    buttons.show(RunState(Status.RUNNING))
    pause = buttons.buttons["Pause"]
    buttons.show(RunState(Status.PAUSED))
    press(pause)
    assert sent == [(Pause(), "pause", "Pause")]


def test_the_second_half_of_a_double_click_does_nothing(buttons, sent):
    press(buttons.buttons["Start"])
    buttons.show(RunState(Status.RUNNING))
    press(buttons.buttons["Pause"])
    press(buttons.buttons["Reset"])
    assert [command for command, *_ in sent] == [Start(), Reset()]


@pytest.mark.parametrize(("after", "follows"), [(0.0, True), (0.9 * STILL_THERE, True), (STILL_THERE, False)])
def test_the_focus_follows_a_press_unless_the_answer_is_late_and_whoever_pressed_may_have_moved_on(
    monkeypatch, after, follows
):
    clock, focused = Clock(), []
    buttons = CommandButtons(print, (START, PAUSE, RESUME), clock=clock)
    for label, button in buttons.buttons.items():
        monkeypatch.setattr(button, "focus", lambda label=label: focused.append(label))
    buttons.show(RunState(Status.RUNNING))
    press(buttons.buttons["Pause"])
    clock.now += after
    buttons.show(RunState(Status.PAUSED))
    buttons.show(RunState(Status.RUNNING))
    assert focused == ["Resume"] * follows, "once, and not again when another viewer resumes"


def test_other_buttons_can_be_pressed_as_fast_as_one_likes(buttons, sent):
    for _ in range(3):
        press(buttons.buttons["Step"])
    assert [command for command, *_ in sent] == [Step()] * 3


def test_stop_is_there_for_what_has_a_process(sent):
    buttons = RunButtons(Pace(), print, actions=(START, PAUSE, RESUME, STOP, RESET), pictures=False)
    buttons.show(RunState(Status.PAUSED, resumable=True, working=True))
    assert not buttons.buttons["Stop"].disabled
    buttons.show(RunState(Status.PAUSED, resumable=True, working=False))
    assert buttons.buttons["Stop"].disabled
    assert colour(buttons) == ["Resume"]


def test_a_gone_run_has_no_buttons(buttons):
    buttons.disable()
    assert all(each.disabled for each in buttons.buttons.values())


@pytest.mark.parametrize(("name", "every"), [("5", 1), ("30", 1), ("100", 10), ("max", 10)])
def test_a_speed_that_the_eye_can_follow_shows_every_step(buttons, sent, name, every):
    buttons.speed.rate.value = name
    assert [command for command, *_ in sent] == [Pace(SPEEDS[name], every)]
    assert buttons.speed.every.value == every


def test_a_pace_from_elsewhere_is_shown_and_sends_nothing(buttons, sent):
    buttons.speed.show(Pace(None, 1_000))
    assert (buttons.speed.rate.value, buttons.speed.every.value) == ("max", 1_000)
    buttons.speed.show(Pace(12.5, 3))
    assert (buttons.speed.rate.value, buttons.speed.every.value) == (None, None)
    assert sent == []
    buttons.speed.every.value = 100
    assert [command for command, *_ in sent] == [Pace(12.5, 100)]


def test_the_unit_is_in_the_words(sent):
    buttons = RunButtons(Pace(), lambda *all_of: sent.append(all_of), unit="placement", pictures=False)
    assert buttons.speed.rate.label == "Placements per second"
    buttons.speed.rate.value = "10k"
    assert sent == [(Pace(10_000.0), "speed", "Speed: 10,000 placements/s")]
