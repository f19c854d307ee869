"""The tab that answers why: by a click on the board and by its own field, and nothing of it disturbs the run."""

import re
from html import unescape

import numpy as np
import pytest
from bokeh.events import Tap

from dashboards.pages.training.page import TrainingPage
from dashboards.views.inspection import chart_html
from gridworld.runs.commands import Configure, Reset, Step
from gridworld.training.settings import Settings
from gridworld.worlds.placement import placed
from support.hubs import make_hub


def page_of(steps=400, **settings):
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(**{"world": "medium", "seed": 3, **settings})))
    page.send(Step(steps), "stepped", "Steps")
    while (session := page.find().session) is None or session.step < steps:
        page.find().work(0.05, 0)
    page.refresher.refresh(page.find())
    return page


@pytest.fixture(scope="module")
def page():
    return page_of()


def changed_state(page):
    return int(page.find().session.tables.Q.any(axis=1).argmax())


def digits(page):
    """Return the value of each line of the equation, with all its digits."""
    text = re.search("All digits</summary>(.*?)</details>", page.view["Inspect"].shown.object)[1]
    return {name: float(value) for name, value in (part.split(" = ") for part in text.split("; "))}


def click(page, state):
    x, y = placed(page.view["Board"].problem.layouts[0][1]).centres[state]
    tap(page, x + 0.3, y - 0.3)


def tap(page, x, y):
    figure = page.view["Board"].drawing.figure
    figure._trigger_event(Tap(figure, x=x, y=y))


def test_a_click_on_a_cell_shows_the_update_behind_its_best_value(page):
    state = changed_state(page)
    click(page, state)
    (tabs,) = page.parts["tabs"].objects
    inspect = page.view["Inspect"]
    assert tabs._names[tabs.active] == "Inspect"
    assert (inspect.state, inspect.place.value) == (state, f"{state // 5}, {state % 5}")
    session = page.find().session
    action = inspect.action.value
    assert action == session.tables.Q[state].argmax()
    assert digits(page)["New value"] == session.tables.Q[state, action]
    assert f"Row {state // 5}, column {state % 5}" in inspect.shown.object


def test_the_field_does_what_a_click_does_and_the_list_chooses_the_action(page):
    state = changed_state(page)
    click(page, state)
    by_click = page.view["Inspect"].shown.object
    page.view["Inspect"].begin(page.view["Board"].problem)
    page.view["Inspect"].place.value = f"{state // 5},{state % 5}"
    assert page.view["Inspect"].shown.object == by_click
    values = page.find().session.tables.Q[state]
    other = int(next(a for a in range(4) if values[a] != 0 and a != page.view["Inspect"].action.value))
    page.view["Inspect"].action.value = other
    assert digits(page)["New value"] == values[other]
    assert f"Why not {page.view['Board'].problem.actions[other]}?" in page.view["Inspect"].shown.object


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("9, 0", "There is no cell 9, 0; rows are 0 to 4, columns 0 to 4."),
        ("2", "“2” names no cell; write two whole numbers, such as 2, 3."),
        ("<b>, 1", "“&lt;b&gt;, 1” names no cell"),
        ("1, -1", "names no cell"),
        ("1, ²", "names no cell"),
        ("9" * 30 + ", 1", "names no cell"),
    ],
)
def test_what_names_no_cell_is_refused_in_a_sentence(page, text, sentence):
    inspect = page.view["Inspect"]
    inspect.pick(0)
    inspect.place.value = text
    assert sentence in inspect.problem_text.object
    assert inspect.state == 0
    inspect.pick(1)
    assert inspect.problem_text.object == ""


def test_the_chosen_cell_and_the_way_of_the_news_are_drawn_on_the_board(page):
    state = changed_state(page)
    click(page, state)
    drawing = page.view["Board"].drawing
    centre = placed(page.view["Board"].problem.layouts[0][1]).centres[state]
    np.testing.assert_allclose([drawing.chosen.data["x"][0], drawing.chosen.data["y"][0]], centre)
    assert drawing.path.data["x"][0] == drawing.chosen.data["x"][0]


def test_a_wall_is_named_and_has_no_actions(page):
    wall = int(np.flatnonzero(page.view["Board"].map.terrain.kinds == 1)[0])
    click(page, wall)
    assert "Nothing can be in a wall." in page.view["Inspect"].shown.object
    assert "<table" not in page.view["Inspect"].shown.object


def test_a_click_beside_the_board_changes_nothing(page):
    click(page, 0)
    tap(page, -3.0, 2.0)
    assert page.view["Inspect"].state == 0


@pytest.mark.slow
def test_the_run_is_not_disturbed(assert_same):
    watched, alone = page_of(), page_of()
    for state in range(25):
        watched.view["Inspect"].pick(state)
    for page in (watched, alone):
        page.send(Configure({"step_size": 0.5}), "configured", "")
        page.send(Step(300), "stepped", "")
        while page.find().session.step < 700:
            page.find().work(0.05, 0)
        page.refresher.refresh(page.find())
    assert_same(watched.find().session, alone.find().session)


@pytest.mark.slow
def test_what_is_shown_follows_the_run_when_it_rests():
    page = page_of()
    state = changed_state(page)
    page.view["Inspect"].active = True
    page.view["Inspect"].pick(state)
    page.send(Step(3_000), "stepped", "")
    while page.find().session.step < 3_400:
        page.find().work(0.05, 0)
    page.refresher.refresh(page.find())
    session = page.find().session
    assert digits(page)["New value"] == session.tables.Q[state, page.view["Inspect"].action.value]


def test_another_world_begins_with_nothing_chosen():
    page = page_of()
    page.view["Inspect"].pick(3)
    page.ask(Reset(Settings(world="cliff")), "settings", "")
    page.refresher.refresh(page.find())
    inspect = page.view["Inspect"]
    assert (inspect.state, inspect.place.value) == (None, "")
    assert not len(page.view["Board"].drawing.chosen.data["x"])


@pytest.mark.parametrize(
    "world", ["GridWorld/MaximizationBias-v0", "Taxi-v4", "Blackjack-v1", "jumps", "blocking_maze"]
)
def test_every_kind_of_world_can_be_inspected(world):
    page = page_of(world=world)
    session = page.find().session
    state = changed_state(page)
    page.view["Inspect"].pick(state)
    shown = page.view["Inspect"].shown.object
    assert "The last update of" in shown or page.view["Inspect"].problem_text.object
    assert session.step == 400


def test_a_chart_needs_two_moments_and_numbers():
    assert chart_html(np.array([0.0]), np.zeros((1, 2)), ["a", "b"], 0) == ""
    assert chart_html(np.array([0.0, 1.0]), np.full((2, 2), np.nan), ["a", "b"], 0) == ""
    chart = chart_html(np.array([0.0, 1.0]), np.array([[0.0, np.inf], [1.0, 2.0]]), ["up", "b"], 0)
    assert chart.count("<polyline") == 2
    assert "inf" not in chart


def test_a_run_too_large_for_keyframes_says_so_and_shows_what_is_known():
    page = page_of()
    page.find().keyframes.problem = "This run can't be rewound: a keyframe of it has 99 MiB."
    page.view["Inspect"].pick(0)
    assert "can't be found. This run" in unescape(page.view["Inspect"].problem_text.object)
    assert "Row 0, column 0" in page.view["Inspect"].shown.object
    assert "Searching" not in page.view["Inspect"].shown.object
