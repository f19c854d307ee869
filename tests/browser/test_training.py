"""The served page in a real browser, used as a person uses it."""

from __future__ import annotations

import os

import pytest

from dashboards.controls.choices import OTHER, about, world_groups
from support.browser import has_focus, is_rising, number, status_of, wait_for
from support.drawn_rows import are_drawn_once, drawn_rows

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = pytest.mark.browser
BELOW = ("Last return", "State value", "Return per episode", "Steps per episode", "Exploration rate", "Episodes")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def counter(page, name: str) -> float:
    return number(page.locator(f"[data-counter={name}]").inner_text())


def choose_speed(page, speed: str) -> None:
    page.get_by_role("button", name=speed, exact=True).click()


def status(page) -> str:
    return page.get_by_role("status").first.inner_text().strip()


@pytest.mark.slow
def test_an_agent_learns_before_the_readers_eyes(open_page):
    page = open_page("?world=medium&seed=3")
    choose_speed(page, "30")
    press(page, "Start")
    seen = set()
    wait_for(
        lambda: seen.add(status_of(page.url)["state"]) or len(seen) > 3, what="the agent was in more than three cells"
    )
    choose_speed(page, "max")
    wait_for(lambda: counter(page, "episode") == 500, what="all episodes were done")
    reported = status_of(page.url)
    assert reported["status"] == "finished"
    wait_for(lambda: status(page) == "Finished", what="the page says so")
    for name in ("mean", "best", "last"):
        said = pytest.approx(reported[f"{name}_return"], abs=0.006)
        wait_for(lambda name=name, said=said: counter(page, name) == said, what=f"the {name} return is shown")
    assert reported["mean_return"] > 0.7, "it has learned"
    page.get_by_text("optimum 0.93").wait_for()
    wait_for(lambda: page.get_by_text("greedy policy 0.93").is_visible(), what="the greedy policy reaches the optimum")


@pytest.mark.slow
def test_pause_stops_the_steps_and_start_goes_on(open_page):
    page = open_page("?world=hard&episodes=0")
    press(page, "Start")
    wait_for(lambda: status_of(page.url)["step"] > 20, what="steps were done")
    press(page, "Pause")
    wait_for(lambda: status(page) == "Paused", what="the page says so")
    before = status_of(page.url)["step"]
    press(page, "Step")
    wait_for(lambda: status_of(page.url)["step"] != before, what="one step is done")
    assert status_of(page.url)["step"] == before + 1, "and no other"
    wait_for(lambda: not page.get_by_role("button", name="Pause", exact=True).count(), what="Pause is gone")
    press(page, "Resume")
    wait_for(lambda: status_of(page.url)["step"] > before + 1, what="it goes on")


@pytest.mark.slow
def test_a_browser_reports_that_it_keeps_up(open_page):
    page = open_page("?world=hard&episodes=0")
    marks: list[str] = []
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda sent: marks.append(sent) if is_mark(sent) else None)
    )
    page.reload()
    press(page, "Start")
    wait_for(lambda: page.wait_for_timeout(50) or len(marks) > 3, what="marks came back")
    assert len(set(marks)) == len(marks), "each once"


def is_mark(sent: str | bytes) -> bool:
    return '"attr":"end"' in str(sent)


@pytest.mark.slow
def test_steps_and_episodes_one_at_a_time(open_page):
    page = open_page("?world=easy")
    press(page, "Step")
    wait_for(lambda: status_of(page.url)["step"] == 1, what="one step")
    wait_for(lambda: counter(page, "step") == 1, what="the counter says so")
    press(page, "Step episode")
    wait_for(lambda: status_of(page.url)["episode"] == 1, what="one episode")
    press(page, "Reset")
    wait_for(lambda: status_of(page.url)["step"] == 0, what="it begins again")
    wait_for(
        lambda: page.get_by_role("button", name="Reset", exact=True).is_disabled(), what="nothing is left to reset"
    )


@pytest.mark.slow
def test_curves_are_drawn_once_after_a_reset(open_page):
    page = open_page("?world=easy&episodes=0")
    choose_speed(page, "max")
    for name in ("Start", "Start"):
        press(page, name)
        wait_for(lambda: counter(page, "episode") > 100, what="episodes pass")
        page.wait_for_timeout(500)  # a press at once would be a double click
        press(page, "Pause")
        wait_for(lambda: status(page) == "Paused", what="the page says so")
        press(page, "Reset")
        wait_for(lambda: status(page) == "Ready", what="it begins again")
        press(page, "Step episode")  # which is sent with what is forgotten
        wait_for(lambda: [1] in drawn_rows(page), what="the first episode is drawn")
        assert are_drawn_once(drawn_rows(page))
        press(page, "Reset")
        wait_for(lambda: status(page) == "Ready", what="it begins again")


@pytest.mark.slow
def test_a_reload_a_second_tab_and_another_viewer_see_the_same_run(open_page):
    page = open_page("?world=hard&episodes=0")
    press(page, "Start")
    wait_for(lambda: counter(page, "episode") >= 1, what="an episode ended")
    address = page.url
    page.reload()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    wait_for(lambda: status(page) == "Running", what="it still runs")
    assert page.url.split("run=")[1] == address.split("run=")[1]
    other = page.context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Pause", exact=True).click()
    wait_for(lambda: status(page) == "Paused" and status(other) == "Paused", what="both are reported")
    wait_for(
        lambda: counter(page, "episode") == counter(other, "episode") == status_of(address)["episode"],
        what="all agree",
    )


@pytest.mark.slow
def test_an_address_sets_the_world_and_wrong_values_are_refused_with_a_sentence(open_page):
    page = open_page("?world=cliff&agent=sarsa&step_size=0.5&epsilon=7")
    settings = status_of(page.url)["settings"]
    assert (settings["world"], settings["agent"]) == ("cliff", "sarsa")
    assert settings["hyperparameters"] == {"step_size": 0.5}
    page.get_by_text("epsilon is 7.0; it must be a number from 0 to 1").wait_for()


@pytest.mark.slow
def test_a_run_that_is_gone_is_reported_as_gone(open_page):
    page = open_page("?run=0123abcd")
    page.get_by_text("Run 0123abcd is no longer on this server").wait_for()
    page.wait_for_url(lambda address: "run=" in address and "run=0123abcd" not in address)


@pytest.mark.slow
def test_settings_lock_while_running_and_live_tuning_opens_some(open_page):
    page = open_page("?world=hard&episodes=0")
    step_size = page.get_by_label("Step size α value")
    seed = page.get_by_role("textbox", name="Seed")
    assert step_size.is_enabled()
    press(page, "Start")
    wait_for(lambda: step_size.is_disabled() and seed.is_disabled(), what="everything is locked")
    page.get_by_role("switch", name="Live tuning").click()
    wait_for(lambda: step_size.is_enabled(), what="the step size can be tuned")
    assert seed.is_disabled()
    step_size.click()
    step_size.press("Control+a")
    step_size.press_sequentially("0.4")
    step_size.press("Enter")
    wait_for(lambda: status_of(page.url)["settings"]["hyperparameters"].get("step_size") == 0.4, what="it was changed")
    page.get_by_role("tab", name="Events").click()
    page.get_by_text("Step size α = 0.4, from the next episode on").wait_for()


@pytest.mark.slow
def test_each_world_of_the_menu_can_be_chosen_and_runs(open_page):
    page = open_page("?world=medium&episodes=0")
    for group in world_groups().values():
        for name, world in group.items():
            if world == OTHER:
                continue
            page.get_by_role("combobox", name="World").select_option(name)
            wait_for(lambda world=world: status_of(page.url)["settings"]["world"] == world, what=f"the run has {name}")
            page.get_by_text(about(world)).wait_for()
            press(page, "Start")
            wait_for(lambda: status_of(page.url)["step"] > 3, what=f"{name} runs")
            page.wait_for_timeout(400)  # a press at once would be a double click
            press(page, "Pause")
            wait_for(lambda: status(page) == "Paused", what="the page says so")
            press(page, "Reset")
            wait_for(lambda: status(page) == "Ready", what="it is ready again")


@pytest.mark.slow
def test_a_world_is_chosen_by_the_keyboard(open_page):
    page = open_page("?world=easy")
    page.get_by_role("combobox", name="World").focus()
    page.keyboard.press("ArrowDown")
    wait_for(lambda: status_of(page.url)["settings"]["world"] == "medium", what="the run has the next world")
    page.get_by_text(about("medium")).wait_for()


@pytest.mark.slow
def test_a_phone_shows_everything_below_one_another(open_page):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
    page = open_page(
        viewport={"width": 390, "height": 844},
        user_agent=agent,
        has_touch=True,
        is_mobile=True,
    )
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, what="nothing is wider")
    parts = [
        page.get_by_role("button", name="Start", exact=True),
        *(page.get_by_text(text).filter(visible=True) for text in BELOW),
    ]
    wait_for(lambda: is_rising([part.first for part in parts]), what="they stand below one another")


@pytest.mark.slow
def test_the_keyboard_starts_pauses_and_resumes_in_one_place(open_page):
    page = open_page("?world=hard&episodes=0")
    for _ in ("menu", "title", "skip"):
        page.keyboard.press("Tab")
    skip = page.get_by_role("button", name="Skip to the run buttons")
    wait_for(lambda: skip.evaluate("shown => getComputedStyle(shown).opacity") == "1", what="it is shown")
    page.keyboard.press("Enter")
    for name, then in (("Start", "Pause"), ("Pause", "Resume"), ("Resume", "Pause")):
        focused = page.get_by_role("button", name=name, exact=True)
        wait_for(lambda shown=focused: has_focus(shown), what=f"{name} has the focus")
        page.wait_for_timeout(400)  # a press at once would be a double click
        page.keyboard.press("Space")
        page.get_by_role("button", name=then, exact=True).wait_for()
        assert focused.count() == 0
