"""The table of views: what is in it is on the page, where its line says."""

import pytest

from dashboards.live.view import View
from dashboards.pages.training.layout import GRID, page_grid
from dashboards.pages.training.page import TrainingPage
from dashboards.pages.training.views import VIEWS
from dashboards.style.theme import tokens
from gridworld.runs.commands import Extend
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem
from support.hubs import make_hub


@pytest.fixture(scope="module")
def page():
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy")))


def test_each_view_stands_in_an_area_of_the_grid_under_a_title_of_its_own(page):
    assert list(page.view) == [entry.title for entry in VIEWS]
    assert len(page.view) == len(VIEWS)
    for width in GRID["gridTemplateAreas"].values():
        assert all(entry.area in width for entry in VIEWS)


def test_the_tabs_are_those_of_the_table_in_its_order(page):
    (tabs,) = page.parts["tabs"].objects
    assert tabs._names == [entry.title for entry in VIEWS if entry.area == "tabs"]


@pytest.mark.parametrize("entry", VIEWS, ids=lambda entry: entry.title)
def test_a_view_can_begin_refresh_and_change_its_colours(page, entry):
    view, shared = page.view[entry.title], page.find()
    assert all(hasattr(view, name) for name in ("panel", *View.__annotations__))
    view.begin(shared.settings.make_problem())
    view.refresh(shared.journal)
    view.retheme(tokens(dark=True))
    view.retheme(tokens(dark=False))


@pytest.mark.parametrize(("world", "shown"), [("easy", "Board"), ("GridWorld/MaximizationBias-v0", "States")])
def test_a_view_that_has_nothing_to_show_of_a_world_is_hidden(world, shown):
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world=world)))
    assert {title: page.view[title].panel.visible for title in ("Board", "States")} == {
        title: title == shown for title in ("Board", "States")
    }


def test_a_refused_command_is_shown_on_the_page_and_noted(page):
    page.send(Extend(-1), "never", "Never")
    page.refresher.refresh(page.find())
    assert page.failure.sentence.startswith("The number of episodes is -1; it must be")
    assert page.find().journal.events[-1].code == "never-refused"


def test_a_board_much_wider_than_high_has_the_width_of_the_page_and_no_more_height_than_it_needs():
    assert page_grid(load_problem("open_10")) == GRID
    wide = page_grid(load_problem("cliff"))
    assert {size for size, areas in wide["gridTemplateAreas"].items() if "board curves" in areas} == {"lg"}
    for size in ("xs", "sm", "md"):
        assert "0.333 * (100vw" in wide["gridTemplateRows"][size]


def test_what_is_made_of_a_run_has_the_colours_of_its_board_until_others_are_chosen(page):
    made = page.view["Files"].pictures.options
    page.colour.panel.value = "visits"
    assert (page.view["Board"].colour, made.colour) == ("visits", "visits")
    made.colour = "error"
    assert page.view["Board"].colour == "visits"
    page.colour.panel.value = ""
    assert (page.view["Board"].colour, made.colour) == ("", "error")
