"""Comparisons in a real browser: from a form or a link to curves, tables and single runs."""

from __future__ import annotations

import json
import os
import urllib.parse
from pathlib import Path

import pytest
from PIL import Image

from gridworld.compiled import CAN_COMPILE
from support.browser import wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_COMPILE, reason="too slow for the plain loop"),
]
PHONE = {"viewport": {"width": 390, "height": 844}, "user_agent": "Mobile", "has_touch": True}
BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}


def address(runs: int = 120, **fields) -> str:
    contestants = [{"agent": agent, "hyperparameters": BOOK} for agent in ("sarsa", "q_learning")]
    plan = {"contestants": contestants, "worlds": ["cliff"], "runs": runs, "metrics": ["last_return"], **fields}
    return "?" + urllib.parse.urlencode({"page": "compare", "plan": json.dumps(plan)})


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def wait_until_finished(page) -> None:
    wait_for(lambda: page.get_by_role("status").first.inner_text().strip() == "Finished", what="it finishes")


def test_a_comparison_from_start_to_a_single_run(open_page):
    page = open_page(address())
    press(page, "Start")
    wait_until_finished(page)
    row = page.get_by_role("row", name="sarsa")
    row.get_by_text("[").first.wait_for()
    assert row.locator("b").count() == 1, "the best is decided"
    page.get_by_role("tab", name="Single runs").click()
    link = page.get_by_role("link", name="Open the run of q_learning with seed 3", exact=True)
    link.wait_for()
    with page.context.expect_page() as opened:
        link.click()
    other = opened.value
    other.get_by_role("button", name="Start", exact=True).wait_for()
    other.wait_for_url("**run=**")
    assert "seed=3" in other.url
    assert "agent=q_learning" in other.url


def test_a_reload_shows_the_same_results(open_page):
    page = open_page(address(first_seed=50))
    press(page, "Start")
    wait_until_finished(page)
    page.reload()
    wait_until_finished(page)
    page.get_by_role("row", name="sarsa").locator("b").wait_for()


def test_pausing_and_resetting(open_page):
    page = open_page(address(runs=5_000, first_seed=1_000))
    press(page, "Start")
    page.get_by_text(" left").first.wait_for()
    press(page, "Pause")
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    press(page, "Stop")
    wait_until_finished(page)
    press(page, "Reset")
    page.get_by_role("button", name="Start", exact=True).wait_for()


def test_a_ready_comparison_begins_by_one_click(open_page):
    page = open_page("?page=compare")
    page.get_by_role("link", name="Dyna-Q with 0, 5 and 50").click()
    page.wait_for_url("**dyna_q**")
    page.get_by_text("Watch the steps of the first ten episodes").first.wait_for()
    wait_until_finished(page)


def study(over: dict | None = None, **fields) -> str:
    varied = over or {"step_size": {"low": 0.2, "high": 1.0, "points": 3}}
    contestants = [{"agent": agent, "hyperparameters": {**BOOK, **varied}} for agent in ("sarsa", "q_learning")]
    return address(**{"runs": 30, "episodes": 100, "contestants": contestants, **fields})


def test_a_click_on_a_point_of_a_study_shows_its_curves(open_page):
    page = open_page(study())
    assert page.get_by_role("tab", name="Study").get_attribute("aria-selected") == "true"
    press(page, "Start")
    wait_until_finished(page)
    page.get_by_text("sarsa: best").wait_for()
    figure = page.locator(".bk-Figure:visible").first.bounding_box()
    curves = page.get_by_role("tab", name="Curves")
    middle = figure["x"] + 52 + (figure["width"] - 82) / 2  # between the figure's left and right border
    for y in range(int(figure["y"]) + 20, int(figure["y"] + figure["height"]) - 30, 5):
        page.mouse.click(middle, y)
        if curves.get_attribute("aria-selected") == "true":
            break
    wait_for(lambda: curves.get_attribute("aria-selected") == "true", what="a point was clicked")
    page.get_by_text("sarsa, step_size=0.6").first.wait_for()


def test_a_finished_study_of_two_hyperparameters_is_drawn_when_it_is_opened_again(open_page):
    page = open_page(study(over={"step_size": [0.2, 0.6, 1.0], "epsilon": [0.05, 0.2]}))
    press(page, "Start")
    wait_until_finished(page)
    for _ in range(2):
        page.reload()
        wait_until_finished(page)
        page.get_by_text("the bluer, the better").wait_for()
        wait_for(lambda: page.locator(".bk-Figure:visible").count() == 2, what="each contestant has its map")


def test_a_figure_saves_itself_as_png(open_page):
    page = open_page(address(first_seed=70))
    press(page, "Start")
    wait_until_finished(page)
    page.locator(".bk-Figure:visible").first.hover()
    with page.expect_download() as saved:
        page.get_by_title("Save", exact=True).first.click()
    assert saved.value.suggested_filename == "comparison.png"
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as whole:
        press(page, "Curves (PNG)")
    with Image.open(whole.value.path()) as picture:
        assert picture.format == "PNG"
        corner = picture.convert("RGBA").getpixel((0, 0))
    assert corner[3] == 255, "it has a ground, and with it a legend"


def test_a_race_steps_together_and_says_where_it_parts(open_page):
    page = open_page(address(runs=20, first_seed=9))
    page.get_by_role("tab", name="Race").click()
    page.get_by_text("They part at step").wait_for()
    press(page, "Race")
    page.get_by_role("button", name="Pause race", exact=True).wait_for()
    press(page, "Pause race")
    page.get_by_role("button", name="Race", exact=True).wait_for()


@pytest.mark.parametrize(("width", "seed"), [(1440, 6), (720, 7)])
def test_no_board_of_a_race_is_cut_off(open_page, width, seed):
    agents = ("sarsa", "q_learning", "expected_sarsa", "double_q_learning")
    contestants = [{"agent": agent, "hyperparameters": BOOK} for agent in agents]
    query = address(runs=20, first_seed=seed, contestants=contestants)
    page = open_page(query, viewport={"width": width, "height": 900})
    page.get_by_role("tab", name="Race").click()
    page.get_by_text("sarsa against q_learning").wait_for()
    boards = page.locator(".bk-Figure:visible")
    wait_for(lambda: boards.count() == 5, what="four boards and that of a difference")

    def end_above_the_tables() -> bool:
        tables = page.get_by_role("tab", name="Metrics").bounding_box()["y"]
        ends = [board.bounding_box() for board in boards.all()]
        return all(box["height"] > 50 and box["y"] + box["height"] < tables for box in ends)

    wait_for(end_above_the_tables, seconds=20, what="all boards are seen whole")


def test_a_twin_races_its_run(open_page):
    page = open_page(address(runs=20, first_seed=9))
    page.get_by_role("tab", name="Race").click()
    page.get_by_label("Race of").select_option("a run and its twin")
    page.get_by_text("type another value under To").wait_for()
    page.get_by_label("To", exact=True).fill("0.01")
    page.get_by_label("To", exact=True).press("Enter")
    press(page, "Fork")
    page.get_by_text("its twin with step_size = 0.01").first.wait_for()
    page.get_by_text("Seed 9.").wait_for()
    press(page, "Step")
    page.get_by_text("max Q: the first − the second").wait_for()


def test_a_run_has_a_link_to_the_race_with_its_twin(open_page):
    page = open_page("?world=cliff&agent=sarsa&seed=4")
    page.wait_for_url("**run=**")
    press(page, "Step")
    page.get_by_role("link", name="Race this run against a twin").click()
    page.wait_for_url("**twin=**")
    page.get_by_label("Run", exact=True).wait_for()
    assert page.get_by_label("Run", exact=True).locator("option").first.inner_text() == "The run you came from"


def test_a_plan_that_makes_no_sense_is_a_sentence(open_page):
    page = open_page(address(runs=9_999))
    page.get_by_text("runs is 9,999;").wait_for()
    assert page.get_by_role("button", name="Start", exact=True).is_enabled()


@pytest.mark.parametrize(("tab", "seed"), [("Curves", 0), ("Study", 1), ("Race", 2)])  # each a comparison of its own
def test_on_a_phone_nothing_is_wider_than_the_page(open_page, tab, seed):
    page = open_page(study(runs=20, first_seed=seed), **PHONE)
    press(page, "Start")
    wait_until_finished(page)
    page.get_by_role("tab", name=tab).click()
    if tab == "Race":
        sentence = page.get_by_text(f"Seed {seed}.")
        sentence.wait_for()
        box = sentence.bounding_box()
        assert box["x"] + box["width"] <= 390, "the sentence is not cut off"
        for part in page.locator("select:visible, .bk-Figure:visible").all():
            box = part.bounding_box()
            assert box["x"] + box["width"] <= 390, "no tool and no board is cut off"
    figure = page.locator(".bk-Figure:visible").first
    figure.wait_for()
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, what="nothing is wider")
    if tab != "Race":
        wait_for(lambda: figure.bounding_box()["height"] >= 150, what="the figure has room below its legend")
        assert figure.bounding_box()["y"] < 500, "and is seen"
