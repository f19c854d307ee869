"""The page goes through time in a real browser: back to an arrow that turned, by a link, and by the keyboard alone."""

from __future__ import annotations

import os
import re

import pytest

from support.browser import has_focus, place_of_the_board, status_of, wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "user_agent": "Mobile",
    "has_touch": True,
    "is_mobile": True,
}


def shown_step(page) -> int:
    """Return the step of the past moment that the page shows."""
    text = page.get_by_text(re.compile(r"step [\d,]+: a past moment is shown")).inner_text()
    return int(re.search(r"step ([\d,]+)", text)[1].replace(",", ""))


def test_the_page_runs_back_to_the_turn_of_an_arrow_and_a_link_shows_it_again(open_page):
    page = open_page("?world=medium&seed=3&episodes=60")
    page.get_by_role("button", name="max", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_text("All episodes are done").wait_for()
    page.get_by_role("tab", name="Rewind").click()
    cell = page.get_by_label("Cell: row, column")
    cell.fill("3, 4")
    cell.press("Enter")
    page.get_by_role("button", name="Run back to").click()
    found = page.get_by_text(re.compile(r"At step [\d,]+: an arrow turns in row 3, column 4")).inner_text()
    step = int(re.search(r"step ([\d,]+)", found)[1].replace(",", ""))
    wait_for(lambda: shown_step(page) == step, what="the moment is shown")
    page.get_by_role("button", name="Step back").click()
    wait_for(lambda: shown_step(page) == step - 1, what="the step before is shown")
    page.get_by_role("button", name="Run until").click()
    wait_for(lambda: shown_step(page) == step, what="the arrow turns again")
    assert status_of(page.url)["episode"] == 60, "the run itself stays where it is"
    page.get_by_role("button", name="Link to this moment").click()
    field = page.get_by_label(re.compile("^This moment"))
    wait_for(lambda: f"when=step%3A{step}" in field.input_value(), what="the link names the step")
    other = open_page("?" + field.input_value().partition("?")[2])
    wait_for(lambda: other.get_by_text("a past moment is shown").count(), what="the link shows the past")
    wait_for(lambda: shown_step(other) == step, what="it is this moment")


def test_the_keyboard_alone_edits_inspects_and_goes_back(open_page):
    page = open_page("?world=easy&seed=3&episodes=0")
    page.get_by_role("button", name="1k", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start", exact=True).focus()
    page.keyboard.press("Enter")
    wait_for(lambda: status_of(page.url)["step"] > 1_000, what="it runs")
    page.wait_for_timeout(500)  # a press at once would be a double click
    page.get_by_role("button", name="Pause", exact=True).focus()
    page.keyboard.press("Enter")
    resume = page.get_by_role("button", name="Resume", exact=True)
    wait_for(lambda: resume.count() and has_focus(resume), what="the focus is on the button that came in its place")
    page.get_by_role("button", name="Edit", exact=True).focus()
    page.keyboard.press("Enter")
    text = page.get_by_label("World as text")
    wait_for(lambda: text.count(), what="the editor is open")
    text.focus()
    page.keyboard.press("Control+Home")
    for _ in range(text.input_value().index("\n\n") + 3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Delete")
    page.keyboard.type("#")
    page.keyboard.press("Tab")
    wait_for(lambda: text.input_value().split("\n\n")[1].startswith("S#"), what="a wall is typed")
    page.get_by_role("button", name="Done", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Episodes").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    field = page.get_by_label("Cell: row, column")
    wait_for(lambda: field.count(), what="the inspector is open")
    field.focus()
    page.keyboard.type("3, 4")
    page.keyboard.press("Enter")
    wait_for(lambda: page.locator(".inspection details").count(), what="an update is shown")
    page.get_by_role("tab", name="Inspect").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    back = page.get_by_role("button", name="Episode back")
    wait_for(back.count, what="the tab is open")
    cell = page.get_by_role("textbox", name="Cell: row, column")
    wait_for(lambda: cell.last.input_value() == "3, 4", what="the cell that was inspected is there")
    back.focus()
    page.keyboard.press("Enter")
    wait_for(page.get_by_text("a past moment is shown").count, what="the past is shown")
    later = shown_step(page)
    page.keyboard.press("Enter")
    wait_for(lambda: shown_step(page) < later, what="the episode before is shown")
    page.get_by_role("button", name="Run back to").focus()
    page.keyboard.press("Enter")
    page.get_by_text(re.compile(r"At step [\d,]+: an arrow turns in row 3, column 4")).wait_for()


def test_on_a_phone_what_is_in_the_closed_drawer_changes_without_an_error(open_page):
    page = open_page("?world=easy&seed=3&episodes=0", **PHONE)
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for(lambda: status_of(page.url)["step"] > 5, what="it runs")
    page.get_by_role("button", name="Edit", exact=True).click()
    text = page.get_by_label("World as text")
    wait_for(text.count, what="the editor is open")
    page.get_by_role("button", name="Goal", exact=True).click()
    page.get_by_text("the cells become goal").wait_for()
    box = place_of_the_board(page)
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    wait_for(lambda: text.input_value().split("\n\n")[1].startswith("S.G"), what="the goal is there")
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Open drawer").click()
    algorithm = page.get_by_label("Algorithm")
    wait_for(algorithm.is_enabled, what="the drawer has its form, as the run rests")
    algorithm.select_option(label="Sarsa")
    wait_for(lambda: status_of(page.url)["settings"]["agent"] == "sarsa", what="the run has another agent")
