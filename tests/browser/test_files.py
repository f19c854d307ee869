"""Saving, loading, looking back and the library, used in a real browser as a person uses them."""

from __future__ import annotations

import os

import pytest

from gridworld.storage import run_file
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from support.browser import DESKTOP, serving, status_of, wait_for
from support.drawn_rows import are_drawn_once, drawn_rows

playwright = (
    pytest.importorskip("playwright.sync_api") if not os.environ.get("CI") else __import__("playwright.sync_api")
)
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return Library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def server(library):
    with serving(environment={"GRIDWORLD_RUNS": str(library.folder)}) as address:
        yield address


def address(page) -> str:
    return page.evaluate("location.href")


def run_of(url: str) -> str:
    return url.partition("run=")[2][:8]


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def show_tab(page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def train_to_the_end(page) -> None:
    press(page, "max")
    press(page, "Start")
    wait_for(lambda: status_of(address(page))["status"] == "finished", what="the run has ended")


def load(page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    chosen = page.locator("input[type=file]")
    held = "chosen => chosen.files.length"  # two seconds after a file the button lets go of it, or of the next one
    wait_for(lambda: not chosen.evaluate(held), what="the button has let go of the file before")
    chosen.set_input_files(file)


def downloaded(page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        press(page, button)
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def mark(page, name: str) -> None:
    """Mark a run in the table of the library."""
    page.locator(".tabulator-cell").get_by_text(name, exact=True).click()
    wait_for(lambda: page.get_by_role("button", name="Open", exact=True).is_enabled(), what="a run is marked")


def test_a_run_is_saved_and_loaded_again(open_page):
    page = open_page("?world=easy&seed=5&episodes=60")
    train_to_the_end(page)
    before = status_of(address(page))
    show_tab(page, "Files")
    name, content = downloaded(page, "Save")
    assert name == f"gridworld-easy-q_learning-seed5-step{before['step']}.npz"
    assert downloaded(page, "Save")[0] == name, "a run can be saved twice"
    assert run_file.from_bytes(content).step == before["step"]
    press(page, "Reset")
    wait_for(lambda: status_of(address(page))["step"] == 0, what="it was reset")
    load(page, name, content)
    wait_for(lambda: status_of(address(page))["step"] == before["step"], what="it is back")
    assert status_of(address(page))["mean_return"] == before["mean_return"]
    page.get_by_text("Loaded gridworld-easy").first.wait_for()
    wait_for(lambda: {rows[-1] for rows in drawn_rows(page)} == {60}, what="the curves are back")
    assert are_drawn_once(drawn_rows(page))


def test_what_can_be_loaded_is_read_whole_on_a_desktop(open_page):
    page = open_page("?world=easy")
    show_tab(page, "Files")
    words = page.get_by_text("A saved run, or action values")
    words.wait_for()

    def ends_within_the_card() -> bool:
        box = words.bounding_box()
        return box["y"] + box["height"] < DESKTOP["height"] - 16

    wait_for(ends_within_the_card, seconds=20, what="the words end above the card's edge")


def test_action_values_come_and_go_as_csv_and_a_recipe_is_shown(open_page):
    page = open_page("?world=easy&seed=5&episodes=60")
    train_to_the_end(page)
    show_tab(page, "Files")
    name, content = downloaded(page, "Q-table (CSV)")
    assert name.endswith("-values.csv")
    press(page, "Recipe (Python)")
    text = page.get_by_role("textbox", name="Recipe").input_value()
    namespace: dict = {}
    exec(text, namespace)
    assert namespace["session"].step == status_of(address(page))["step"]
    page.keyboard.press("Escape")
    load(page, name, content)
    wait_for(lambda: status_of(address(page))["step"] == 0, what="a fresh run begins")
    load(page, name, content.replace(b"easy", b"hard"))
    page.get_by_role("alert").get_by_text("another world than 'easy'").wait_for()


def test_a_bad_file_gets_its_sentence_and_the_run_runs_on(open_page):
    page = open_page("?world=hard&episodes=0")
    press(page, "Start")
    show_tab(page, "Files")
    for name, content, sentence in (
        ("bad.npz", b"PK\x03\x04 no zip", "The file is damaged"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\xff", "This is neither npz, npy nor text"),
        ("a player.json", b"{}", "This text has no numbers"),
        ("without an ending", b"", "The file is empty"),
    ):
        before = status_of(address(page))
        load(page, name, content)
        page.get_by_role("alert").get_by_text(sentence).wait_for()
        after = status_of(address(page))
        assert (after["status"], after["epoch"]) == ("running", before["epoch"])
        wait_for(lambda step=after["step"]: status_of(address(page))["step"] > step, what="it runs on")
    press(page, "Pause")


def test_looking_back_shows_an_earlier_moment_and_a_fork_goes_on_from_there(open_page):
    page = open_page("?world=medium&seed=3&episodes=0")
    original = address(page)
    for episode in range(1, 7):
        press(page, "Step episode")
        wait_for(lambda n=episode: status_of(original)["episode"] == n, what=f"episode {episode} was done")
    show_tab(page, "Rewind")
    slider = page.get_by_role("slider", name="Moment shown")
    wait_for(lambda: slider.get_attribute("max") == "6", what="there are keyframes")
    wait_for(slider.is_enabled, what="the slider can be moved")
    slider.focus()
    slider.press("ArrowLeft")
    page.get_by_text("a past moment is shown").wait_for()
    assert "of 6" in page.get_by_text("a past moment is shown").inner_text()
    press(page, "Back to now")
    wait_for(lambda: not page.get_by_text("a past moment is shown").is_visible(), what="it shows now again")
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    page.get_by_text("Episode 4").first.wait_for()
    press(page, "Continue from here")
    page.wait_for_url(lambda url: "world=" in url and run_of(url) != run_of(original))
    assert status_of(address(page))["episode"] == 4
    page.get_by_role("button", name="Step episode", exact=True).wait_for()
    for count in (5, 6):
        press(page, "Step episode")
        wait_for(lambda n=count: status_of(address(page))["episode"] == n, what="it goes on")
    assert status_of(address(page))["step"] == status_of(original)["step"], "as the first run did"
    assert status_of(original)["episode"] == 6


def test_a_kept_run_is_found_renamed_copied_deleted_and_brought_back(open_page, library):
    page = open_page("?world=easy&seed=5&episodes=60")
    train_to_the_end(page)
    show_tab(page, "Files")
    page.get_by_label("Name", exact=True).fill("a/b")
    press(page, "Keep")
    page.get_by_role("alert").get_by_text("The name 'a/b' has one of the characters").wait_for()
    page.get_by_label("Name", exact=True).fill("first & best")
    press(page, "Keep")
    page.get_by_text("Kept in the library").wait_for()
    page = open_page("?page=library")
    mark(page, "first & best")
    press(page, "Rename")
    page.get_by_label("New name").fill("second")
    press(page, "Rename run")
    mark(page, "second")
    press(page, "Duplicate")
    mark(page, "second copy")
    press(page, "Delete")
    page.get_by_text("“second copy” was deleted.").wait_for()
    press(page, "Undo")
    page.get_by_text("“second copy” is back.").wait_for()
    assert {"second", "second copy"} <= {row.name for row in library.rows()}
    mark(page, "second")
    press(page, "Open")
    page.wait_for_url("**world=**run=**")
    assert status_of(address(page))["episode"] == 60


def test_a_demo_plays_without_learning(open_page, library):
    session = TrainingSession(world="easy", episodes=200)
    session.advance_episodes(200)
    library.save(session, "for the demo", replace=True)
    content = library.path("for the demo").read_bytes()
    page = open_page("?page=library")
    mark(page, "for the demo")
    press(page, "Demo")
    page.get_by_text("Demo of for the demo, without learning").wait_for()
    page.get_by_text("mean return of the last").wait_for()
    press(page, "Pause demo")
    page.get_by_role("button", name="Resume demo", exact=True).wait_for()
    assert library.path("for the demo").read_bytes() == content


def test_names_with_markup_are_shown_as_they_are(open_page, library):
    session = TrainingSession(world="easy")
    run_file.save(session, library.folder / "<img src=x onerror=alert(1)>.npz")
    page = open_page("?page=library")
    page.get_by_text("<img src=x onerror=alert(1)>", exact=True).first.wait_for()
    assert page.locator("img[src=x]").count() == 0
    mark(page, "<img src=x onerror=alert(1)>")
    press(page, "Duplicate")
    page.get_by_role("alert").get_by_text("has one of the characters").wait_for()


def test_the_table_sorts_filters_and_ranks(open_page, library):
    def names(world: str) -> list[str]:
        cells = page.locator(".tabulator-cell[tabulator-field=Name]").all_inner_texts()
        return [name for name in cells if name.startswith(world)]

    for seed, episodes in enumerate((3, 40, 400)):
        session = TrainingSession(world="corners", seed=seed, episodes=0)
        session.advance_episodes(episodes)
        library.save(session, f"corners {episodes}", replace=True)
    page = open_page("?page=library")
    page.locator(".tabulator-cell").get_by_text("corners 400", exact=True).wait_for()
    episodes = page.get_by_role("columnheader", name="Episodes")
    episodes.click()
    rising = ["corners 3", "corners 40", "corners 400"]
    wait_for(lambda: names("corners") == rising, what="the fewest episodes come first")
    episodes.click()
    wait_for(lambda: names("corners") == rising[::-1], what="the most episodes come first")
    page.locator("[tabulator-field=Name] input").press_sequentially("rners 4")
    wait_for(lambda: sorted(names("")) == ["corners 40", "corners 400"], what="only what fits is left")
    leaderboard = page.get_by_role("combobox", name="Leaderboard")
    leaderboard.select_option(leaderboard.get_by_role("option", name="Two corners").first.inner_text())
    ranks = page.locator(".tabulator-cell[tabulator-field=Rank]")
    wait_for(lambda: "1" in ranks.all_inner_texts(), what="the runs of one world are ranked")


def test_a_run_that_is_gone_offers_its_autosave(open_page, library):
    session = TrainingSession(world="easy", seed=9)
    session.advance(123)
    library.autosave(session, "run 0123abcd")
    page = open_page("?run=0123abcd&world=easy")
    page.get_by_text("but its autosave is").wait_for()
    press(page, "Open its autosave")
    page.wait_for_url("**world=**run=0123abcd**")
    wait_for(lambda: status_of(address(page))["step"] == 123, what="the run goes on where it was saved")


def test_the_tab_files_is_seen_whole_on_a_desktop(open_page):
    page = open_page("?world=easy&seed=3")
    show_tab(page, "Files")
    for name in ("Make", "Recipe (Python)"):
        button = page.get_by_role("button", name=name, exact=True)
        button.wait_for()
        box = button.bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"] - 16, f"{name} is below the card's edge"


def test_all_that_makes_a_film_is_seen_at_once_on_a_desktop(open_page):
    page = open_page("?world=easy&seed=3&episodes=30")
    train_to_the_end(page)
    show_tab(page, "Files")
    page.get_by_label("Make", exact=True).first.select_option(label="Film of the training")
    button, seconds = page.get_by_role("button", name="Make", exact=True), page.get_by_label("Seconds", exact=True)
    for part in (seconds, button):
        part.first.wait_for()
        box = part.first.bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"] - 16, "it is below the card's edge"
