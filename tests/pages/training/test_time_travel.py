"""The tab that goes through time: back by a step or an episode, back to a condition or on until it holds."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from dashboards.pages.training.layout import TABS
from dashboards.pages.training.moment_link import read_view
from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Configure, Start, Step
from gridworld.runs.frame import Status
from gridworld.training.settings import Settings
from support.hubs import make_hub


def page_of(steps=400, hub=None, shared=None, **settings):
    hub = hub or make_hub()
    page = TrainingPage(hub, shared or hub.runs.create(Settings(**{"world": "medium", "seed": 3, **settings})))
    if shared is None and steps:
        page.send(Step(steps), "stepped", "Steps")
        work(page, lambda: page.find().session.step >= steps)
    return page


def work(page, until):
    for _ in range(2_000):
        if until():
            break
        page.find().work(0.05, 0)
    page.refresher.refresh(page.find())
    assert until()


def travel_of(page):
    return page.view["Rewind"].travel


def ask(page, kind, place="", number="", action=0):
    """Fill in the form."""
    form = travel_of(page).form
    form.kind.value = kind
    form.place.value = place
    form.action.value = action
    form.number.value = number
    return form


def said(page):
    return unescape(travel_of(page)._status.object)


def test_step_back_and_episode_back_show_the_run_as_it_was():
    page = page_of()
    session, rewind = page.find().session, page.view["Rewind"]
    began = session.step - session.scene().episode_step
    travel_of(page).step_back()
    assert rewind.looking_at.step == 399
    assert rewind.slider.value < rewind.slider.end, "at its end is now"
    assert page.view["Board"]._scene is rewind.looking_at.scene
    travel_of(page).step_back()
    assert rewind.looking_at.step == 398
    travel_of(page).episode_back()
    assert rewind.looking_at.step == began
    assert "a past moment is shown" in rewind._banner_text.object
    rewind.leave()
    assert session.step == 400


def test_running_back_shows_the_moment_an_arrow_turned():
    page = page_of()
    form = ask(page, "arrow", "3, 4")
    travel_of(page).run_back()
    moment = page.view["Rewind"].looking_at
    assert f"At step {moment.step:,}: an arrow turns in row 3, column 4." in said(page)
    state, now = form.read().state, moment.scene.action_values
    travel_of(page).step_back()
    then = page.view["Rewind"].looking_at.scene.action_values
    assert np.flatnonzero((best(then) != best(now)).any(1)).tolist() == [state]
    travel_of(page).run_until()
    assert page.view["Rewind"].looking_at.step == moment.step


def best(values):
    return values == values.max(1, keepdims=True)


def test_from_now_the_run_goes_on_until_it_holds_and_pauses():
    page = page_of()
    ask(page, "goal")
    travel_of(page).run_until()
    assert "Running until an episode ends at a goal" in said(page)
    work(page, lambda: page.find().status is Status.PAUSED)
    scene = page.find().session.scene()
    assert (scene.episode_step, scene.recent[-1, 3]) == (0, 2)
    assert f"Reached at step {page.find().session.step:,}" in said(page)
    assert page.view["Rewind"].looking_at is None


def test_a_run_that_goes_on_can_be_stopped_before_it_holds():
    page = page_of(episodes=0)
    page.send(Start(), "started", "Started")
    ask(page, "return-above", number="1e9")
    travel_of(page).run_until()
    page.find().work(0.05, 0)
    assert page.find().status is Status.RUNNING
    travel_of(page)._stop()
    page.refresher.refresh(page.find())
    assert "Stopped before it was reached" in said(page)
    before = page.find().session.step
    page.send(Step(10), "stepped", "Steps")
    work(page, lambda: page.find().session.step == before + 10)


def test_what_was_never_so_is_answered_in_a_sentence():
    page = page_of()
    ask(page, "return-above", number="99")
    travel_of(page).run_back()
    assert "Not found in that direction: an episode's return is above: 99." in said(page)
    assert page.view["Rewind"].looking_at is None


@pytest.mark.parametrize(
    ("entered", "sentence"),
    [
        (("arrow", ""), "names no cell; write two whole numbers"),
        (("arrow", "9, 9"), "There is no cell 9, 9"),
        (("arrow", "<b>"), "“&lt;b&gt;” names no cell"),
        (("return-above", "", "high"), "“high” is not a number to compare with; write one, such as 0.5."),
        (("td-error", "", "nan"), "“nan” is not a number"),
        (("td-error", "", "1e999"), "“1e999” is not a number"),
        (("td-error", "", ""), "Write a number, such as 0.5."),
    ],
)
def test_what_makes_no_sense_is_refused_below_the_fields(entered, sentence):
    page = page_of()
    form = ask(page, *entered)
    for go in (travel_of(page).run_back, travel_of(page).run_until):
        go()
        assert sentence in form.problem.object
    assert (page.view["Rewind"].looking_at, page.find().session.step) == (None, 400)


@pytest.mark.slow
def test_a_finished_run_runs_on_no_more_and_a_world_without_a_model_has_no_optimal_path():
    page = page_of(steps=0, episodes=2)
    page.send(Step(episodes=2), "stepped", "Steps")
    work(page, lambda: page.find().status is Status.FINISHED)
    form = ask(page, "goal")
    travel_of(page).run_until()
    assert "All episodes are done" in form.problem.object
    page = page_of(world="Blackjack-v1")
    form = ask(page, "optimal-path")
    travel_of(page).run_until()
    assert "best actions of this world are not known" in form.problem.object


@pytest.mark.slow
def test_a_cell_that_is_inspected_is_the_cell_of_the_condition():
    page = page_of()
    page.view["Inspect"].pick(9)
    assert travel_of(page).form.place.value == "1, 4"
    page.view["Inspect"].action.value = 2
    assert travel_of(page).form.action.value == 2


def test_a_click_on_where_the_news_came_from_shows_that_moment():
    page = page_of(3_000)
    inspect = page.view["Inspect"]
    page.tabs.active = TABS.index("Inspect")
    for state in np.flatnonzero(page.find().session.tables.Q.any(1)):
        inspect.pick(int(state))
        if inspect._answer.links:
            break
    link = inspect._answer.links[0]
    assert inspect.origins.entries[0].label.startswith(f"Step {link.step:,}: ")
    inspect.origins._choose(0)
    moment = page.view["Rewind"].looking_at
    assert moment.step == link.step
    assert (inspect.state, inspect.action.value) == (link.state, link.action)
    assert inspect._answer.update == link, "the update itself is explained, as it was then"


def facts(page):
    """Return the table of what the inspector knows of a state."""
    return re.search("<table.*?</table>", page.view["Inspect"].shown.object, re.DOTALL)[0]


@pytest.mark.slow
def test_the_inspector_shows_a_past_moment_as_it_was_then_and_now_again_afterwards():
    page, other = page_of(200), page_of(150)
    page.send(Configure({"step_size": 0.9}), "configured", "Another step size")
    page.send(Step(3_000), "stepped", "Steps")
    work(page, lambda: page.find().session.step >= 3_200)
    inspect, expected = page.view["Inspect"], other.view["Inspect"]
    page.tabs.active = TABS.index("Inspect")
    inspect.pick(9)
    action = inspect.action.value
    now = facts(page), inspect._answer
    travel_of(page).go_to(150)
    assert page.view["Rewind"].looking_at.step == inspect._answer.step == 150
    expected.pick(9, action)
    assert facts(page) == facts(other) != now[0]
    assert inspect._answer.update == expected._answer.update != now[1].update
    assert inspect._answer.agent.step_size == expected._answer.agent.step_size != now[1].agent.step_size
    page.view["Rewind"].leave()
    assert (facts(page), inspect._answer.update) == (now[0], now[1].update)


@pytest.mark.slow
def test_every_overlay_shows_a_past_moment_as_the_run_was_then():
    page, other = page_of(2_000), page_of(500)
    page.send(Configure({"discount": 0.5}), "configured", "Another discount")
    page.send(Step(1_000), "stepped", "Steps")
    work(page, lambda: page.find().session.step >= 3_000)
    travel_of(page).go_to(500)
    assert page.view["Rewind"].looking_at.step == 500
    for name in page.colour.panel.options.values():
        boards = [each.view["Board"] for each in (page, other)]
        for board in boards:
            board.colour_by(name)
        shown, expected = (board._shown(board._scene) for board in boards)
        np.testing.assert_array_equal(shown, expected, err_msg=name)
        assert name == "" or np.isfinite(expected).any(), name


@pytest.mark.slow
@pytest.mark.parametrize("colour", ["visits", "action values"])
def test_a_link_shows_what_was_shown(colour):
    page = page_of()
    page.view["Inspect"].pick(9)
    page.colour.panel.value = colour
    travel_of(page).episode_back()
    page.tabs.active = 6
    link = page.moment_link()
    query = dict(parse_qsl(urlsplit(link).query))
    other = TrainingPage(page.hub, page.find())
    assert other.show_view(query) == []
    assert other.view["Rewind"].looking_at.step == page.view["Rewind"].looking_at.step
    assert other.view["Inspect"].state == 9
    assert other.view["Board"].colour == colour
    assert other.tabs.active == 6
    assert other.moment_link() == link


@pytest.mark.slow
def test_a_link_whose_run_is_gone_does_the_steps_again():
    page = page_of()
    query = dict(parse_qsl(urlsplit(page.moment_link()).query))
    other = page_of(steps=0)
    other.show_view(query)
    work(other, lambda: other.find().status is Status.PAUSED)
    np.testing.assert_array_equal(other.find().session.tables.Q, page.find().session.tables.Q)
    assert other.moment_link().split("when")[1] == page.moment_link().split("when")[1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"when": "yesterday"}, "In the address, when: “yesterday” is not a moment of a run; write the steps done"),
        ({"when": "step:-1"}, "“step:-1” is not a moment"),
        ({"when": "step:" + "9" * 99}, "is not a moment"),
        ({"when": "step:9999999999999999"}, "beyond the 9,007,199,254,740,992 steps"),
        ({"cell": "7,7"}, "In the address, cell: There is no cell 7, 7"),
        ({"cell": "<script>"}, "names no cell"),
        ({"colour": "gold"}, "There is no colour “gold” here; choose one of state value, "),
        ({"tab": "' or 1=1"}, "There is no tab “' or 1=1” here; choose one of episodes, "),
    ],
)
@pytest.mark.slow
def test_a_hostile_link_is_answered_in_a_sentence(query, sentence):
    page = page_of(20)
    (problem,) = page.show_view(query)
    assert sentence in problem
    assert page.find().session.step == 20


@pytest.mark.slow
def test_a_link_to_a_step_that_is_still_to_come_says_where_the_run_is():
    page = page_of(20)
    assert page.show_view({"when": "step:50"}) == [
        "The link shows step 50, and this run is at step 20; start it to go on."
    ]


def test_a_link_of_the_first_kind_is_read_for_ever():
    """The parts have no version: this text must always mean this."""
    page = page_of(20)
    query = {"when": "step:12345", "cell": "3,4", "colour": "visits", "tab": "rewind", "later": "x"}
    view, problems = read_view(query, page.view["Board"].problem, ["visits"], ["Rewind"])
    assert (view.step, view.state, view.colour, view.tab, problems) == (12345, 19, "visits", "Rewind", [])
