"""In a browser one page shows one kind of world after another, with a run in between, and no script fails."""

from __future__ import annotations

import os

import pytest

from dashboards.controls.choices import world_groups
from support.browser import status_of, wait_for
from support.kinds_of_worlds import KINDS, every_ordered_pair

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]


def choose(page, world: str) -> None:
    """Choose a world from the list, or by its id where the list doesn't have it."""
    names = {world: name for group in world_groups().values() for name, world in group.items()}
    page.get_by_role("combobox", name="World").select_option(names.get(world, names["other"]))
    if world not in names:
        field = page.get_by_role("textbox", name="Gymnasium id")
        field.fill(world)
        field.press("Enter")
    wait_for(lambda: status_of(page.url)["settings"]["world"] == world, what=f"the run has {world}")


def run_for_a_while(page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()
    wait_for(lambda: status_of(page.url)["step"] > 5, what="it runs")
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.wait_for_timeout(400)  # a press at once would be a double click
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("button", name="Resume", exact=True).wait_for()


def test_each_kind_of_world_can_follow_each_other(open_page):
    page = open_page("?world=easy&episodes=0")
    for kind in every_ordered_pair():
        choose(page, KINDS[kind])
        run_for_a_while(page)
