"""The fields of the drawer in a real browser: typed into, refused, dragged and stepped."""

from __future__ import annotations

import os

import pytest

from support.browser import status_of, wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = pytest.mark.browser

TYPED = {
    "Slip value": ("0.1", "0.25"),
    "Step reward value": ("-0.5", "-0.02"),
    "Step limit value": ("300", "40"),
    "Seed": ("7", "21"),
    "Episodes": ("90", "800"),
    "Discount γ value": ("0.9", "0.85"),
    "Step size α value": ("0.3", "0.4"),
    "ε start value": ("0.9", "0.7"),
    "ε end value": ("0.2", "0.15"),
    "ε decay value": ("0.95", "0.999"),
    "Initial value Q₀ value": ("1", "-2.5"),
}
"""Each number field of the first page, and two numbers to type."""
LIVE = ("Discount γ value", "Step size α value", "ε start value", "ε end value", "ε decay value")


def type_over(page, text: str) -> None:
    """Type into the field that has the focus, which Enter does not take from it."""
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def numbers_of(page) -> set[str]:
    """All numbers that the run's settings have, as text."""
    settings = status_of(page.url)["settings"]
    values = [settings["seed"], settings["episodes"], *settings["options"].values()]
    return {f"{value:g}" for value in [*values, *settings["hyperparameters"].values()] if not isinstance(value, str)}


def type_twice(page, label: str, *texts: str) -> None:
    field = page.get_by_label(label, exact=True).first
    field.click()
    for text in texts:
        type_over(page, text)
        wait_for(lambda text=text: text in numbers_of(page), what=f"{label} is {text}")
        assert field.input_value() == text


@pytest.mark.slow
def test_every_number_field_takes_a_second_number(open_page):
    page = open_page("?world=medium")

    def names() -> set[str]:
        fields = page.get_by_role("textbox").all()
        return {field.evaluate("field => field.labels[0].innerText").strip() for field in fields}

    wait_for(lambda: names() == set(TYPED), what="these are all fields")
    for label, texts in TYPED.items():
        type_twice(page, label, *texts)


@pytest.mark.slow
def test_what_can_be_tuned_takes_a_second_number_while_the_run_goes_on(open_page):
    page = open_page("?world=hard&episodes=0")
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for(lambda: page.get_by_label("Seed", exact=True).is_disabled(), what="the form is locked")
    page.get_by_role("switch", name="Live tuning").click()
    for label in LIVE:
        wait_for(lambda label=label: page.get_by_label(label, exact=True).is_enabled(), what=f"{label} is open")
        type_twice(page, label, *TYPED[label])
    type_twice(page, "Episodes", *TYPED["Episodes"])
    assert status_of(page.url)["status"] == "running"


@pytest.mark.slow
def test_what_is_wrong_with_a_number_stands_below_it_until_it_is_right(open_page):
    page = open_page("?world=medium")
    refused(page, "Seed", "1.5", "Seed is '1.5'; it must be a whole number from 0 to", "2")
    refused(page, "Step size α value", "0,5", "it must be a number from 0 to 1, with a decimal point.", "0.5")
    refused(page, "Discount γ value", "7", "Discount γ is 7.0; it must be a number from 0 to 1.", "0.7")
    page.get_by_role("combobox", name="World").select_option("Other Gymnasium environment …")
    refused(page, "Gymnasium id", "Nowhere-v0", "There is no world 'Nowhere-v0'", "FrozenLake-v1?is_slippery=false")


def refused(page, label: str, wrong: str, sentence: str, right: str) -> None:
    """Type what is wrong, find the sentence directly below it, and see it go with what is right."""
    field = page.get_by_label(label, exact=True).first
    before = status_of(page.url)
    field.click()
    type_over(page, wrong)
    reported = page.get_by_text(sentence)
    reported.wait_for()
    gap = reported.bounding_box()["y"] - field.bounding_box()["y"] - field.bounding_box()["height"]
    assert 0 <= gap < 24, "directly below the field"
    assert field.input_value() == wrong
    wait_for(lambda: field.get_attribute("aria-invalid") == "true", what="the field is marked")
    assert status_of(page.url) == before
    type_over(page, right)
    reported.wait_for(state="detached")
    wait_for(lambda: field.get_attribute("aria-invalid") == "false", what="the field is marked no more")


@pytest.mark.slow
def test_keys_move_a_slider_and_buttons_with_names_step_a_number(open_page):
    page = open_page("?world=medium")
    slider, field = page.get_by_role("slider", name="Step size α"), page.get_by_label("Step size α value")
    slider.focus()
    for keys, value in ((["ArrowRight", "ArrowRight"], "0.12"), (["ArrowLeft"], "0.11"), (["ArrowLeft"], "0.1")):
        for key in keys:
            page.keyboard.press(key)
        wait_for(lambda value=value: field.input_value() == value, what=f"the field shows {value}")
    page.keyboard.press("ArrowRight")
    wait_for(lambda: "0.11" in numbers_of(page), what="the run has it")
    for name in ("Increase Seed", "Increase Seed", "Decrease Seed", "Increase Episodes"):
        page.get_by_role("button", name=name, exact=True).click()
    wait_for(lambda: {"1", "501"} <= numbers_of(page), what="seed and episodes were stepped")
