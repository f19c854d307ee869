"""The world is edited in a real browser: with the mouse while the run goes on, and by the keyboard alone."""

from __future__ import annotations

import os
import re

import pytest

from support.browser import has_focus, place_of_the_board, wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def edited(open_page, address: str):
    """Return a page whose editor is open, and the field with the world's text."""
    page = open_page(address)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Edit", exact=True).click()
    text = page.get_by_label("World as text")
    wait_for(lambda: text.count() and page.get_by_text("Optimum").count(), what="the editor is open")
    return page, text


def rows(text) -> list[str]:
    return text.input_value().rstrip("\n").split("\n\n")[1].split("\n")


def press_until(page, key: str, wanted, times: int = 7) -> None:
    """Move the focus with a key until it is where it is wanted."""
    for _ in range(times):
        page.keyboard.press(key)
        if has_focus(wanted):
            return
    pytest.fail(f"{key}, {times} times, did not lead there")


def test_a_wall_drawn_in_mid_run_moves_the_optimum_and_undo_takes_it_back(open_page):
    page, text = edited(open_page, "?world=easy&seed=3&episodes=0")
    wait_for(lambda: page.get_by_text("Optimum 0.93").count(), what="the optimum of the open room")
    before = rows(text)
    box = place_of_the_board(page)
    place = lambda row, column: (  # noqa: E731
        box["x"] + (column + 0.5) / 5 * box["width"],
        box["y"] + (row + 0.5) / 5 * box["height"],
    )
    page.mouse.move(*place(3, 4))
    page.mouse.down()
    page.mouse.move(*place(3, 1), steps=12)
    page.mouse.up()
    wait_for(lambda: rows(text)[3] == ".####", what="the text shows the wall")
    page.mouse.click(*place(2, 0))
    page.mouse.click(*place(1, 1))
    page.mouse.click(*place(0, 2))
    wait_for(lambda: page.get_by_text("No goal can be reached").count(), what="a world without a way is said")
    for _ in range(3):
        page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: rows(text) == [*before[:3], ".####", before[4]], what="the clicks are undone")
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: rows(text) == before, what="the wall is undone")
    wait_for(lambda: page.get_by_text("Optimum 0.93").count(), what="the optimum is back")


def test_a_goal_that_moves_away_moves_the_optimum(open_page):
    page, text = edited(open_page, "?world=easy&seed=3&episodes=0")
    page.get_by_role("button", name="Goal", exact=True).click()
    page.get_by_text("the cells become goal").wait_for()
    box = place_of_the_board(page)
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.1 * box["height"])
    wait_for(lambda: rows(text)[0] == "S.G..", what="the text shows the goal")
    wait_for(lambda: page.get_by_text("Optimum 0.99").count(), what="the optimum has moved")
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for(lambda: page.get_by_text("Optimum 0.93").count(), what="the optimum is back")


def test_the_keyboard_alone_edits(open_page):
    page = open_page("?world=easy&seed=3&episodes=0")
    page.get_by_role("button", name="Edit", exact=True).focus()
    page.keyboard.press("Enter")
    text = page.get_by_label("World as text")
    wait_for(lambda: text.count(), what="the editor is open")
    press_until(page, "Tab", text)  # it comes before the tabs that stand below it
    page.keyboard.press("Control+a")
    page.keyboard.type("step reward: -1\n\nS#G\n...\n")
    page.keyboard.press("Tab")
    wait_for(lambda: page.get_by_text(re.compile("Optimum [−-]2.00")).count(), what="it is solved")
    press_until(page, "Shift+Tab", page.get_by_role("button", name="Undo", exact=True))
    page.keyboard.press("Enter")
    wait_for(lambda: rows(text)[0] == "S....", what="the world is back")
