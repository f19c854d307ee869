"""The Tetris page in a real browser, used as a person uses it; nothing it started is left behind."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import psutil
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.deep.recipe import INSTALL, is_available
from gridworld.tetris.players.builtin import BUILT_IN
from support.browser import is_rising, number, serving, status_of, wait_for
from support.drawn_rows import are_drawn_once, drawn_rows

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CAN_COMPILE, reason="too slow for the plain loop"),
]
SMALL = "?page=tetris&population=20&elite=0.2&evaluations=2&seed=1"


def workers() -> set[int]:
    """The trainers' processes of this test's server."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "gridworld.runs.process.spawn" in " ".join(process.cmdline()):
                found.add(process.pid)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(environment={"GRIDWORLD_TETRIS": str(tmp_path_factory.mktemp("tetris"))}) as address:
        yield address
        left = workers()
    wait_for(lambda: not any(psutil.pid_exists(pid) for pid in left), what="no trainer outlives the server")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def status(page) -> str:
    return page.get_by_role("status").first.inner_text().strip()


def counter(page, name: str) -> float:
    return number(page.locator(f"[data-counter={name}]").inner_text())


def board(page) -> tuple:
    """What the board's cells show in the browser."""
    return tuple(
        page.evaluate(
            """() => { for (const model of Bokeh.documents[0]._all_models.values()) {
                const data = model.data instanceof Map ? Object.fromEntries(model.data) : model.data
                if (data && data.letter && data.letter.length == 216) return Array.from(data.letter) }; return [] }"""
        )
    )


def test_a_training_from_start_to_stop(open_page):
    page = open_page(SMALL)
    wait_for(lambda: status(page) == "Ready", what="the page says so")
    press(page, "Start")
    seen = set()
    wait_for(lambda: seen.add(board(page)) or len(seen) > 5, what="the board moves")
    wait_for(lambda: (status_of(page.url).get("generation") or 0) > 4, what="generations pass")
    first = status_of(page.url)
    wait_for(lambda: status_of(page.url)["mean_lines"] > 20, what=f"lines per game rise from {first['mean_lines']}")
    wait_for(lambda: counter(page, "mean") > 20 and counter(page, "generation") > 4, what="the tiles say so")
    press(page, "Pause")
    wait_for(lambda: status(page) == "Paused", what="the page says so")
    before = status_of(page.url)["step"]
    address = page.url
    page.reload()
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    wait_for(lambda: status(page) == "Paused", what="it is still paused")
    assert page.url.split("run=")[1] == address.split("run=")[1]
    assert status_of(page.url)["step"] == before, "no placement while paused"
    press(page, "Resume")
    wait_for(lambda: status_of(page.url)["step"] > before, what="it goes on")
    running = workers()
    press(page, "Stop")
    wait_for(lambda: page.get_by_role("button", name="Stop", exact=True).is_disabled(), what="the process is gone")
    wait_for(lambda: running - workers() and status(page) == "Stopped", what="the trainer's process has ended")
    wait_for(
        page.get_by_role("button", name="Resume", exact=True).is_enabled, what="a checkpoint is there to go on from"
    )
    assert any(board(page))
    generations = status_of(page.url)["generation"]
    press(page, "Resume")
    wait_for(lambda: (status_of(page.url).get("generation") or 0) > generations, what="it goes on from the checkpoint")
    wait_for(lambda: any(rows[-1] > generations for rows in drawn_rows(page)), what="and is drawn")
    assert are_drawn_once(drawn_rows(page))
    press(page, "Stop")
    wait_for(lambda: status(page) == "Stopped", what="the process is gone")
    press(page, "Reset")
    wait_for(lambda: status(page) == "Ready", what="it begins again")
    wait_for(lambda: not any(board(page)), what="the board is empty")
    counters = ("generation", "pieces", "lines")
    wait_for(lambda: all(counter(page, name) == 0 for name in counters), what="the counters begin again")


@pytest.mark.parametrize(
    ("algorithm", "settings", "unit"),
    [
        ("DQN", "memory=500&warm_up=50&target_update=100&train_every=8", "target update"),
        ("MaskablePPO", "rollout=64&passes=2", "rollout"),
    ],
)
def test_a_network_is_trained_from_start_to_stop(open_page, algorithm, settings, unit):
    if not is_available():
        pytest.fail(INSTALL) if os.environ.get("CI") else pytest.skip(INSTALL)
    page = open_page(f"?page=tetris&algorithm={algorithm}&width=4&height=8&units=8&batch=32&seed=4&{settings}")
    page.get_by_text(f"Lines per {unit}", exact=True).wait_for()
    press(page, "Start")
    wait_for(lambda: counter(page, "timesteps") > 50, what="timesteps grow")
    seen = set()
    wait_for(lambda: seen.add(board(page)) or len(seen) > 5, what="the board moves")
    first = counter(page, "timesteps")
    wait_for(lambda: counter(page, "timesteps") > first and counter(page, "games") > 5, what="they go on growing")
    press(page, "Pause")
    wait_for(lambda: status(page) == "Paused", what="the page says so")
    before = status_of(page.url)["step"]
    page.get_by_role("tab", name="Demo").click()
    page.get_by_text("is the network as it was saved last").wait_for()
    assert status_of(page.url)["step"] == before, "no step while paused"
    page.get_by_label("Player", exact=True).first.wait_for()  # published players can still be watched
    running = workers()
    press(page, "Stop")
    wait_for(lambda: page.get_by_role("button", name="Stop", exact=True).is_disabled(), what="the process is gone")
    wait_for(lambda: running - workers(), what="the trainer's process has ended")
    wait_for(
        page.get_by_role("button", name="Resume", exact=True).is_enabled, what="a checkpoint is there to go on from"
    )
    with page.expect_download() as download:
        press(page, "Download network")
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "policy.pth" in archive.namelist(), "it is a model of stable-baselines3"
    page.get_by_label("Name", exact=True).fill(f"net {algorithm}")
    press(page, "Save")
    page.get_by_text(f"“net {algorithm}” is saved").wait_for()
    press(page, "Watch")
    wait_for(lambda: number(page.locator("[data-demo=pieces]").first.inner_text()) > 2, what="the saved network plays")


def test_a_player_is_saved_watched_handed_on_and_brought_back(open_page, tmp_path):
    page = open_page(SMALL)
    press(page, "Start")
    wait_for(lambda: (status_of(page.url).get("generation") or 0) > 1, what="there is a player")
    press(page, "Stop")
    page.get_by_label("Name", exact=True).fill("Ada")
    press(page, "Save")
    wait_for(lambda: page.get_by_role("cell", name="Ada").is_visible(), what="it is in the leaderboard")
    head = page.get_by_role("columnheader", name="Player", exact=True)
    assert head.bounding_box()["height"] < 36, "a short word is not broken, however long the ratings are"
    press(page, "Watch")
    pieces = page.locator("[data-demo=pieces]")
    pieces.wait_for()  # what a tab shows is built when it is first opened
    wait_for(lambda: number(pieces.text_content()) > 3, what="the demo plays")
    press(page, "Pause demo")
    with page.expect_download() as download:
        press(page, "Export")
    path = tmp_path / "handed on.json"
    download.value.save_as(path)
    document = json.loads(path.read_text())
    assert (document["name"], len(document["weights"])) == ("Ada", 9)
    document["name"] = "Ada's twin"
    path.write_text(json.dumps(document))
    page.locator("input[type=file]").first.set_input_files(path)
    wait_for(lambda: page.get_by_role("cell", name="Ada's twin").is_visible(), what="it was brought back")
    press(page, "Delete")
    wait_for(lambda: not page.get_by_role("cell", name="Ada's twin").is_visible(), what="it is deleted")
    press(page, "Undo")
    page.get_by_text("“Ada's twin” is back.").wait_for()
    wait_for(lambda: page.get_by_role("cell", name="Ada's twin").is_visible(), what="it is there again")
    path.write_text(json.dumps({**document, "weights": [1e400] * 8}))
    page.locator("input[type=file]").first.set_input_files(path)
    page.get_by_text("it is not JSON in UTF-8").wait_for()


def test_several_viewers_see_one_training_and_the_target_ends_it(open_page):
    page = open_page(SMALL + "&target_lines=15")
    other = open_page("?" + page.url.split("?")[1])
    press(other, "Start")
    wait_for(lambda: status(page) == status(other) == "Finished", what="both see that the target is reached")
    assert status_of(page.url)["player_lines"] >= 15


def test_a_gone_run_is_reported_as_gone_and_the_pages_are_linked(open_page):
    page = open_page("?page=tetris&run=0123abcd")
    page.get_by_text("Run 0123abcd is no longer on this server").wait_for()
    link = page.get_by_role("link", name="Tetris", exact=True)
    assert link.get_attribute("aria-current") == "page"
    assert page.get_by_role("link", name="Grid world").get_attribute("href").startswith("?open_tetris=")


def test_a_phone_shows_everything_below_one_another(open_page):
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36"
    size = {"width": 390, "height": 844}
    page = open_page(SMALL, viewport=size, user_agent=agent, has_touch=True, is_mobile=True)
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, what="nothing is wider")
    texts = ("Generation", "The present player", "Feature weights", "Lines per generation", "Players")
    parts = [page.get_by_text(text, exact=True).first for text in texts]
    wait_for(lambda: is_rising(parts), what="they stand below one another")


def train_and_stop(page, generations: int = 2) -> None:
    press(page, "Start")
    wait_for(lambda: (status_of(page.url).get("generation") or 0) > generations, what="generations pass")
    press(page, "Stop")
    wait_for(lambda: status(page) == "Stopped", what="the process is gone")


def run_of(page) -> str:
    return page.url.split("run=")[1].split("&")[0]


def test_edits_begin_a_new_training_and_the_former_one_stays_in_the_list(open_page):
    page = open_page(SMALL)
    train_and_stop(page)
    former, placements = run_of(page), status_of(page.url)["step"]
    field = page.get_by_label("Seed", exact=True).first
    field.fill("7")
    field.press("Enter")
    page.get_by_role("button", name="Begin a new training with these", exact=True).click()
    wait_for(lambda: status(page) == "Ready" and run_of(page) != former, what="a new training is there")
    assert "seed=7" in page.url
    wait_for(lambda: not any(board(page)), what="its board is empty")
    page.get_by_role("tab", name="Trainings").click()
    wait_for(lambda: page.get_by_role("cell", name=former).is_visible(), what="the former one is in the list")
    trainings = page.get_by_role("combobox", name="Training", exact=True)
    trainings.select_option(label=trainings.locator("option", has_text=former).inner_text())
    press(page, "Open")
    page.wait_for_url(f"**run={former}*")
    wait_for(lambda: status(page) == "Stopped", what="it is shown again")
    assert status_of(page.url)["step"] == placements, "nothing of it is lost"
    press(page, "Reset")
    page.wait_for_url(lambda url: f"run={former}" not in url)
    wait_for(lambda: status(page) == "Ready", what="Reset begins another one, too")


def test_a_page_comes_back_to_its_training_and_the_library_lists_it(open_page):
    page = open_page(SMALL)
    train_and_stop(page)
    shown = run_of(page)
    page.get_by_role("link", name="Library", exact=True).first.click()
    page.get_by_role("button", name="Rename", exact=True).wait_for()
    wait_for(lambda: page.get_by_role("cell", name=shown).is_visible(), what="the library lists it")
    page.get_by_role("link", name="Tetris", exact=True).first.click()
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    page.wait_for_url(f"**run={shown}*")


def test_a_restarted_server_shows_the_checkpoint_at_once_and_draws_each_row_once(browser, tmp_path):
    folder = {"GRIDWORLD_TETRIS": str(tmp_path)}
    page = browser.new_page()
    page.set_default_timeout(90_000)
    with serving(environment=folder) as address:
        page.goto(f"{address}{SMALL}")
        page.wait_for_url("**run=**")
        train_and_stop(page)
        shown, step = run_of(page), status_of(page.url)["step"]
        rows = drawn_rows(page)
    with serving(environment=folder) as address:
        page.goto(f"{address}?page=tetris&run={shown}")
        page.get_by_role("button", name="Resume", exact=True).wait_for()
        wait_for(lambda: counter(page, "generation") > 2, what="the tiles show what it holds")
        assert status_of(page.url)["step"] == step
        wait_for(lambda: drawn_rows(page) == rows, what="the curves are those of before")
        before = status_of(page.url)["generation"]
        press(page, "Resume")
        wait_for(lambda: (status_of(page.url).get("generation") or 0) > before, what="it goes on")
        wait_for(lambda: any(drawn[-1] > before for drawn in drawn_rows(page)), what="and is drawn")
        assert are_drawn_once(drawn_rows(page))
        press(page, "Stop")
        wait_for(lambda: status(page) == "Stopped", what="the process is gone")
    page.close()


def test_damaged_files_keep_no_page_from_loading(browser, tmp_path):
    """The best checkpoint stands in for a damaged latest one, and a player with a number of 400 digits is left out."""
    players = tmp_path / "players"
    players.mkdir(parents=True)
    text = BUILT_IN["dt10"].to_text()
    (players / "Huge.player.json").write_text(text.replace('"generation": 0', f'"generation": 1{"0" * 400}'))
    (players / "Ada.player.json").write_text(text)
    page = browser.new_page()
    page.set_default_timeout(90_000)
    with serving(environment={"GRIDWORLD_TETRIS": str(tmp_path)}) as address:
        page.goto(f"{address}{SMALL}")
        page.wait_for_url("**run=**")
        page.get_by_role("cell", name="Ada").wait_for()
        train_and_stop(page)
        shown, generation = run_of(page), status_of(page.url)["generation"]
    (tmp_path / "runs" / shown / "latest.npz").write_bytes(b"half a file")
    with serving(environment={"GRIDWORLD_TETRIS": str(tmp_path)}) as address:
        page.goto(f"{address}?page=tetris&run={shown}")
        page.get_by_role("button", name="Resume", exact=True).wait_for()
        wait_for(lambda: 0 < counter(page, "generation") <= generation + 1, what="the tiles show the best checkpoint")
        page.get_by_role("tab", name="Events").click()
        page.get_by_text("best.npz").first.wait_for()
    page.close()


def test_a_training_that_cannot_be_saved_stays_and_names_what_would_be_lost(browser, tmp_path):
    page = browser.new_page()
    page.set_default_timeout(90_000)
    with serving(environment={"GRIDWORLD_TETRIS": str(tmp_path)}) as address:
        page.goto(f"{address}{SMALL}")
        page.wait_for_url("**run=**")
        press(page, "Start")
        wait_for(lambda: (status_of(page.url).get("generation") or 0) > 2, what="generations pass")
        press(page, "Pause")
        wait_for(lambda: status(page) == "Paused", what="the page says so")
        folder = Path(tmp_path, "runs", run_of(page))
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("a file where the folder should be")
        press(page, "Stop")
        page.get_by_role("button", name="Save again and stop", exact=True).wait_for()
        assert status(page) == "Paused", "it is kept"
        folder.unlink()
        press(page, "Save again and stop")
        wait_for(lambda: status(page) == "Stopped", what="now it is saved")
        assert (folder / "latest.npz").is_file()
    page.close()


@pytest.mark.parametrize("width", [390, 720, 1440])
def test_cells_are_square_and_no_tile_is_cut_off(open_page, width):
    page = open_page(SMALL)
    page.set_viewport_size({"width": width, "height": 900})

    def cell() -> float:
        """The height of the board's cells over their width."""
        size = page.locator(".bk-Figure").first.bounding_box()
        return size["height"] / 20.6 * 15.4 / size["width"]

    wait_for(lambda: abs(cell() - 1) < 0.03, what="the cells are square")
    cut_off = page.locator("dt, dd").evaluate_all(
        "tiles => tiles.filter(tile => tile.scrollWidth > tile.clientWidth).map(tile => tile.textContent)"
    )
    assert cut_off == []
    page.get_by_text("Shown: lines").wait_for()


@pytest.mark.parametrize("width", [390, 1024])
def test_no_word_of_the_list_of_trainings_is_broken_on_a_narrow_screen(open_page, width):
    page = open_page(SMALL, viewport={"width": width, "height": 800})
    train_and_stop(page)
    page.get_by_role("tab", name="Trainings").click()
    head = page.get_by_role("columnheader", name="Training", exact=True)
    head.wait_for()
    wait_for(lambda: 0 < head.bounding_box()["height"] < 36, 20, what="the list has room for its words")
    assert is_rising([page.get_by_role("button", name="Delete training", exact=True), head])


def test_two_players_are_watched_explained_changed_by_hand_and_filmed(open_page, tmp_path):
    page = open_page(SMALL)
    page.get_by_role("tab", name="Demo").click()
    page.get_by_role("combobox", name="Player", exact=True).select_option("dt10")
    page.get_by_role("combobox", name="Beside it", exact=True).select_option("bcts")
    press(page, "Step demo")
    pieces = page.locator("[data-demo=pieces]")
    wait_for(lambda: pieces.count() == 2 and pieces.first.text_content() == "1", what="both placed a piece")
    page.get_by_role("tab", name="Why this column?").click()
    page.get_by_role("table", name="Placements").wait_for()
    rows = page.get_by_role("table", name="Placements").get_by_role("row")
    wait_for(lambda: rows.count() > 10, what="all placements are there")
    page.get_by_role("tab", name="By hand").click()
    press(page, "Play it")
    wait_for(lambda: number(pieces.first.text_content()) > 3, what="the player made by hand plays")
    with page.expect_download() as download:
        press(page, "Film")
    download.value.save_as(tmp_path / "game.gif")
    assert (tmp_path / "game.gif").read_bytes()[:6] == b"GIF89a"


def test_a_page_without_its_server_says_so_and_locks_its_buttons(browser):
    page = browser.new_page()
    page.set_default_timeout(90_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    with serving() as address:
        page.goto(f"{address}{SMALL}")
        page.wait_for_url("**run=**")
        press(page, "Start")
        wait_for(lambda: (status_of(page.url).get("generation") or 0) > 1, what="generations pass")
        page.get_by_role("tab", name="Demo", exact=True).click()
        wait_for(page.get_by_role("button", name="Step demo", exact=True).is_enabled, what="a demo can be stepped")
        page.get_by_role("button", name="Step demo", exact=True).click()
        page.get_by_role("button", name="Resume demo", exact=True).wait_for()
    page.get_by_text("The server can't be reached").wait_for()
    wait_for(lambda: status(page) == "No connection", what="the chip says so")
    for name in ("Pause", "Stop", "Reset", "max", "Resume demo", "Step demo", "Replay demo", "Film"):
        wait_for(page.get_by_role("button", name=name, exact=True).is_disabled, what=f"{name} is locked")
    assert page.get_by_label("Show board").is_disabled()
    assert errors == []
    page.close()


def test_an_upload_always_answers(open_page, tmp_path):
    page = open_page(SMALL)
    for place, (content, answer) in enumerate(
        (
            (b"", "The file is empty"),
            (b"nothing", "it is not JSON"),
            (BUILT_IN["dt10"].to_text().replace('"dt10"', '"Cy"').encode(), "“Cy” is saved"),
            (BUILT_IN["dt20"].to_text().replace('"dt20"', '"Cy"').encode(), "choose another name"),
        )
    ):
        path = tmp_path / f"player {place}.json"
        path.write_bytes(content)
        page.reload()  # for two seconds after a file the button may forget another one
        page.locator("input[type=file]").first.set_input_files(path)
        page.get_by_text(answer).wait_for()
        page.get_by_text("Import", exact=True).wait_for()  # the button keeps its name
    press(page, "Replace it")
    page.get_by_text("“Cy” is saved").wait_for()
