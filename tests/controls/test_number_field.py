"""A number that people type, checked at the server."""

from __future__ import annotations

import pytest

from dashboards.controls.number_field import NumberField
from gridworld.agents import QLearning
from gridworld.training.run_options import RunOptions


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0,5", "Step size α is '0,5'; it must be a number from 0 to 1, with a decimal point."),
        ("7", "Step size α is 7.0; it must be a number from 0 to 1."),
        ("a lot", "Step size α is 'a lot'; it must be a number from 0 to 1."),
        ("", "Step size α is empty; it must be a number from 0 to 1."),
        ("nan", "Step size α is nan; it must be a number from 0 to 1."),
    ],
)
def test_a_refused_text_stays_with_a_sentence_and_changes_nothing(typed, sentence):
    agent = QLearning()
    field = NumberField(agent, "step_size")
    field.text.value = typed
    assert (field.problem, field.text.value, field.text.error_state) == (sentence, typed, True)
    assert agent.step_size == 0.1
    field.text.value = "0.1"
    assert (field.problem, field.text.error_state) == ("", False), "the next good value takes it away"


@pytest.mark.parametrize("typed", ["1.5", "1e3", "1,000", "-1", "9" * 5000])
def test_a_whole_number_is_whole(typed):
    options = RunOptions(seed=3)
    field = NumberField(options, "seed")
    field.text.value = typed
    assert field.problem.startswith("Seed is ")
    assert "it must be a whole number from 0 to 9,007,199,254,740,991" in field.problem
    assert len(field.problem) < 150
    assert options.seed == 3


def test_a_text_is_kept_as_typed_while_it_means_the_number():
    agent = QLearning()
    field = NumberField(agent, "step_size")
    for typed, meant in (("0.30", 0.3), (".4", 0.4), ("−0", 0.0), (" 5e-1 ", 0.5)):
        field.text.value = typed
        assert (agent.step_size, field.text.value, field.problem) == (meant, typed, "")
    agent.step_size = 0.25
    assert field.text.value == "0.25"


def test_what_changed_elsewhere_takes_a_complaint_away():
    agent = QLearning()
    field = NumberField(agent, "step_size")
    field.text.value = "7"
    agent.step_size = 0.3
    assert (field.text.value, field.problem) == ("0.3", "")


def test_a_locked_field_takes_nothing_from_a_browser_that_does_not_lock_it():
    agent = QLearning()
    field = NumberField(agent, "step_size")
    field.disabled = True
    field.text.value = "0.9"
    assert (agent.step_size, field.text.value) == (0.1, "0.1")


def test_a_text_that_came_from_a_browser_is_not_sent_back_over_what_is_typed_next():
    field = NumberField(QLearning(), "step_size")
    sent = []
    field.text.param.watch(lambda event: sent.append(event.new), "value_input")
    field.text.value = "0.3"
    assert sent == []
