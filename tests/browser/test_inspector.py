"""The page answers why, in a real browser: by a click on a cell, and by the keyboard alone."""

from __future__ import annotations

import os
import re

import pytest

from support.browser import place_of_the_board, wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def trained(open_page):
    """Return the page of a run that has ended, once it shows so."""
    page = open_page("?world=medium&seed=3&episodes=60")
    page.get_by_role("button", name="max", exact=True).click()
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for(lambda: page.get_by_text("All episodes are done").is_visible(), what="the page shows that the run ended")
    return page


def inspected(page) -> tuple[dict[str, float], str]:
    """Return the lines of the equation with all digits, and all that the tab shows."""
    wait_for(lambda: page.locator(".inspection details").count(), what="an update is shown")
    text = page.locator(".inspection details").first.text_content().removeprefix("All digits")
    lines = dict(part.split(" = ") for part in text.split("; "))
    return {name: float(value) for name, value in lines.items()}, page.locator(".inspection").first.inner_text()


def test_a_click_on_a_cell_shows_an_equation_with_the_numbers_of_the_table(open_page):
    page = trained(open_page)
    box = place_of_the_board(page)
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.7 * box["height"])  # row 3, column 4, above the goal
    lines, text = inspected(page)
    assert "Row 3, column 4" in text
    old, numbers = re.search(r"= ([−\d.]+) \+ ([\d.]+) ×", text).groups()
    new = float(old.replace("−", "-")) + float(numbers) * lines["TD error δ"]
    assert lines["New value"] == pytest.approx(new, abs=1e-5)
    best = page.locator(".inspection .facts tr.chosen td span").first.get_attribute("title")
    assert float(best) == lines["New value"], "the equation gives the very bits of the table"
    wait_for(
        lambda: page.get_by_text("after which the episode ended").is_visible(), what="the list of origins is shown"
    )


def test_the_keyboard_alone_finds_why(open_page):
    page = trained(open_page)
    page.get_by_role("tab", name="Episodes").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    field = page.get_by_label("Cell: row, column")
    wait_for(lambda: field.count(), what="the tab is open")
    field.focus()
    page.keyboard.type("3, 4")
    page.keyboard.press("Enter")
    lines, text = inspected(page)
    assert "Row 3, column 4" in text
    assert "New value" in lines
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    wait_for(lambda: "Why not" in page.locator(".inspection").first.inner_text(), what="another action is explained")
