"""A run as one HTML file: what is in it, and what a reader sees who scrubs through it without a network."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from PIL import Image

from dashboards.export import THEMES, export_bytes, export_html
from dashboards.export.board_frames import FRAME
from dashboards.export.page import Page
from dashboards.live.panel_patches.standalone import libraries
from dashboards.style.theme import DARK, LIGHT
from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.map import DISCS, RINGS, BoardMap
from gridworld.insight.overlays import OVERLAYS
from gridworld.pictures.recording import MOST_ROWS, last_episode_only, most_keyframes, record
from gridworld.planning.policies import preferred_actions
from gridworld.runs.commands import Start
from gridworld.runs.recorded import RecordedRun
from gridworld.storage import run_file
from gridworld.storage.checkpoint import freeze
from gridworld.storage.keyframes import Keyframes
from gridworld.training.local_run import LocalRun
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.layout import Layout
from gridworld.worlds.placement import AMID_NUMBERS
from gridworld.worlds.problem import load_problem
from support.browser import FLAGS, find_chromium, wait_for

SETTINGS = Settings(world="medium", episodes=60, seed=3)
TABLE = "GridWorld/MaximizationBias-v0"  # which has no map
KEYFRAMES = 13  # one each five episodes
LINK = "other.group = this.value"  # what Bokeh writes for a property linked to a property


class Elements(HTMLParser):
    """The scripts of a page, what it declares about itself, and whatever its elements refer to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.references: list[str] = []
        self.handlers: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run of 60 episodes."""
    return export_html(TrainingSession(SETTINGS), tmp_path_factory.mktemp("export") / "run.html", keyframes=KEYFRAMES)


def scene_after(episodes: int) -> Scene:
    """The picture of the run after this many episodes, from a run of its own."""
    session = TrainingSession(SETTINGS)
    session.advance_episodes(episodes)
    return last_episode_only(session.scene())


def same(one: Scene, other: Scene) -> bool:
    arrays = ("action_values", "visits", "trail", "recent")
    return one.state == other.state and all(np.array_equal(getattr(one, n), getattr(other, n)) for n in arrays)


def test_a_session_that_has_not_begun_is_trained_by_its_settings() -> None:
    reported: list[float] = []
    session = TrainingSession(SETTINGS)
    recording = record(session, KEYFRAMES, progress=reported.append)
    assert [still.episode for still in recording.stills] == list(range(0, 61, 5))
    assert all(same(still.scene, scene_after(still.episode)) for still in recording.stills[::4])
    assert session.finished
    assert reported == sorted(reported)
    assert reported[-1] == 1


def test_a_run_that_has_begun_is_made_again_with_its_changes_and_left_as_it_is() -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(20)
    session.configure({"step_size": 0.7})
    session.advance_episodes(13)
    session.advance(3)
    step = session.step
    recording = record(session, 12)
    assert (recording.step, recording.episode, session.step) == (step, 33, step)
    assert [still.episode for still in recording.stills] == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33]
    again = TrainingSession.replay(SETTINGS, session.interventions, recording.stills[-2].step)
    assert same(recording.stills[-2].scene, last_episode_only(again.scene()))
    assert same(recording.stills[-1].scene, last_episode_only(session.scene()))
    assert recording.hyperparameters["step_size"] == 0.7


def test_a_run_of_few_episodes_has_keyframes_within_them() -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(2)
    recording = record(session, 10)
    assert len({still.step for still in recording.stills}) == 10


def test_a_live_run_its_keyframes_and_its_frames_give_the_same_end() -> None:
    run = LocalRun(TrainingSession(SETTINGS))
    frames, kept = [run.poll(0)], Keyframes(share=0)
    run.send(Start())
    kept.offer(run.session)
    while not run.session.finished:
        frames.append(run.poll(0.0005))
        kept.offer(run.session)
    kept.offer(run.session, keep=True)
    reported = [frame for frame in frames if frame is not None]
    recordings = [
        record(run, KEYFRAMES),
        record(SimpleNamespace(run=run), KEYFRAMES),
        record(kept, KEYFRAMES),
        record(reported, KEYFRAMES, SETTINGS),
        record(RecordedRun(reported), KEYFRAMES, SETTINGS),
    ]
    for recording in recordings:
        assert same(recording.stills[-1].scene, scene_after(60))
        assert recording.recipe == recordings[0].recipe
        assert np.array_equal(recording.journal.columns()["return"], recordings[0].journal.columns()["return"])
        assert len(recording.stills) <= KEYFRAMES


def test_the_recipe_makes_the_run_again(file: Path) -> None:
    recording = record(TrainingSession(SETTINGS), KEYFRAMES)
    room: dict[str, Any] = {}
    exec(recording.recipe, room)  # it is this project's own program
    assert same(last_episode_only(room["session"].scene()), recording.stills[-1].scene)
    assert "TrainingSession.replay" in file.read_text()


def test_what_can_not_be_shown_is_refused_in_a_sentence(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    with pytest.raises(ValueError, match="no theme 'blue'"):
        export_html(TrainingSession(SETTINGS), out, theme="blue")
    with pytest.raises(ValueError, match="too few"):
        export_html(TrainingSession(SETTINGS), out, keyframes=1)
    with pytest.raises(ValueError, match="no end"):
        export_html(TrainingSession(world="medium", episodes=0), out)
    with pytest.raises(ValueError, match="settings"):
        export_html([TrainingSession(SETTINGS).frame()], out)
    with pytest.raises(TypeError, match="not of int"):
        export_html(3, out)
    assert not out.exists()


def test_frames_of_other_settings_are_noticed() -> None:
    session = TrainingSession(SETTINGS)
    frames = [session.frame(), session.tick_episodes(5)]
    assert "No recipe" in record(frames, settings=replace(SETTINGS, seed=4)).recipe
    with pytest.raises(ValueError, match="not of the world 'hard'"):
        record(frames, settings=replace(SETTINGS, world="hard"))


def test_a_page_opens_at_the_end_of_the_run_where_the_slider_can_begin_there() -> None:
    for episodes, is_end in ((2, True), (101, False)):
        page = Page(record(TrainingSession(world="Blackjack-v1", episodes=episodes), 150), "light")
        first = len(page.recording.stills) - 1 if is_end else 0
        assert page.player.value == first
        assert {chosen.group for chosen in page.keyframe_views.filters} == {first}


def test_the_moments_worth_seeing_are_the_first_goal_the_best_policy_and_what_was_changed() -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(20)
    session.configure({"step_size": 0.3})
    session.advance_episodes(40)
    page = Page(record(session, KEYFRAMES), "light")
    run = record(session, KEYFRAMES)
    named = {moment.label.split(":")[0]: run.stills[moment.keyframe] for moment in page.moments}
    assert named["Changed step size"].episode == 20
    columns = run.journal.columns()
    first = columns["episode"][np.flatnonzero(columns["success"])[0]]
    assert 0 <= named["First goal"].episode - first < 5
    worth = run.journal.columns("evaluations")["greedy_return"]
    assert named["Best policy"] == run.stills[int(np.nanargmax(np.where(np.isfinite(worth), worth, np.nan)))]
    assert [button.label for button in page.buttons] == [moment.label for moment in page.moments]


@pytest.mark.slow
@pytest.mark.parametrize("overlay", ["visits", "error", "action values", "standard error", "age"])
def test_the_board_is_coloured_by_any_overlay(overlay: str) -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(60)
    shown = OVERLAYS[overlay]
    recording = record(session, 5, lately=shown.lately, by_action=shown.by_action)
    page = Page(recording, "light", overlay)
    scene = page.recording.stills[-1].scene
    numbers = shown.of(session.problem, session.settings_in_force, scene)[page.board.map.states]
    source = page.board.drawing.wedges if shown.by_action else page.board.drawing.cells
    last = np.asarray(source.data[FRAME]) == len(page.recording.stills) - 1
    levels = np.asarray(source.data["level"])[last]
    np.testing.assert_array_equal(levels, page.board.meaning.scale.levels(numbers).ravel())
    assert levels.any()
    text = page.html()
    assert escape(shown.title) in text
    assert f"Colour scale of {overlay}" in text


@pytest.mark.parametrize(("overlay", "share"), [("visits", 1), ("action values", AMID_NUMBERS)])
def test_the_agent_covers_no_number_of_a_wedge(overlay: str, share: float) -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(5)
    page = Page(record(session, 3, by_action=OVERLAYS[overlay].by_action), "light", overlay)
    drawing = page.board.drawing
    assert max(drawing.agent.data["radius"]) == pytest.approx(RINGS.max() * share)
    assert max(drawing.trail.data["radius"]) <= DISCS.max() * share + 1e-6


def test_what_the_colours_can_not_mean_is_refused(tmp_path: Path) -> None:
    for overlay, sentence in (
        ("warmth", "There is no overlay 'warmth'; choose one of state value"),
        ("traces", "means nothing for this agent"),
    ):
        with pytest.raises(ValueError, match=sentence):
            export_html(TrainingSession(SETTINGS), tmp_path / "run.html", overlay=overlay)
    assert not list(tmp_path.iterdir())


def test_large_worlds_have_fewer_keyframes_and_the_page_notes_it(tmp_path: Path) -> None:
    assert most_keyframes(load_problem("open_30")) == MOST_ROWS // 900
    recording = record(TrainingSession(world="open_30", episodes=50), 100)
    assert len(recording.stills) == MOST_ROWS // 900
    assert "33 keyframes instead of 100" in recording.notes[0]
    path = export_html(TrainingSession(world="open_50", episodes=20), tmp_path / "large.html")
    assert path.stat().st_size < 5_000_000


def test_a_run_that_can_not_be_made_again_shows_its_end_and_the_reason() -> None:
    session = TrainingSession(SETTINGS)
    session.departures.append("The run began with action values from a file.")
    session.advance_episodes(5)
    recording = record(session)
    assert len(recording.stills) == 1
    assert "Only the end" in recording.notes[0]
    assert recording.recipe.startswith("# No recipe")


@pytest.mark.parametrize("world", ["blocking_maze", "Taxi-v4", "Blackjack-v1", TABLE, "jumps"])
def test_every_kind_of_world_can_be_exported(world: str, tmp_path: Path) -> None:
    session = TrainingSession(world=world, episodes=20)
    text = export_html(session, tmp_path / "page.html", keyframes=4, theme="dark").read_text()
    assert ('aria-label="Board"' in text) is bool(session.problem.layouts)
    assert ('aria-label="States"' in text) is not bool(session.problem.layouts)
    assert DARK["bg"] in text


class TwoRooms(gym.Env):
    """Two panels of two cells, without titles; the right action leads on, and from the last state to the end."""

    observation_space, action_space, action_names = gym.spaces.Discrete(4), gym.spaces.Discrete(2), ("left", "right")
    layout = Layout(np.zeros((2, 1, 2), np.uint8), np.arange(4).reshape(2, 1, 2), ((0, -1), (0, 1)))

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict]:
        super().reset(seed=seed)
        self.state = 0
        return 0, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict]:
        self.state = min(3, self.state + int(action))
        return self.state, float(self.state == 3), self.state == 3, False, {}


def test_panels_without_titles_can_be_exported(registries: None, tmp_path: Path) -> None:
    gym.register("TwoRooms-v0", entry_point=TwoRooms)
    session = TrainingSession(world="TwoRooms-v0", episodes=5)
    assert 'aria-label="Board"' in export_html(session, tmp_path / "page.html", keyframes=3).read_text()


def test_a_world_without_a_map_has_its_states_in_a_table() -> None:
    recording = record(TrainingSession(world=TABLE, episodes=300), 4)
    page = Page(recording, "light")
    data, last = page.states.source.data, recording.stills[-1].scene
    assert page.states.view.filter in page.keyframe_views.filters
    rows = np.flatnonzero(data[FRAME] == 3)
    visits = [data["visits"][i] for i in rows]
    assert visits == sorted(visits, reverse=True)
    state = int(last.visits.sum(1).argmax())
    assert data["state"][rows[0]] == recording.problem.state_name(state)
    assert data["value"][rows[0]] == last.action_values[state].max()
    assert all(np.isnan(data["value"][i]) for i in np.flatnonzero(data[FRAME] == 0))


def test_values_of_actions_that_a_state_lacks_are_left_out() -> None:
    recording = record(TrainingSession(world="GridWorld/MaximizationBias-v0?bets=3", episodes=300), 4)
    data = Page(recording, "light").states.source.data
    rows = {data["state"][i]: i for i in np.flatnonzero(data[FRAME] == 3)}
    assert [bool(np.isfinite(data["q2"][rows[name]])) for name in ("A", "B", "end")] == [False, True, False]
    assert np.isfinite([data[name][rows["A"]] for name in ("value", "q0", "q1")]).all()
    assert data["best"][rows["A"]] in ("← left", "→ right")


@pytest.mark.slow
def test_a_page_follows_the_browser_unless_a_theme_is_chosen(tmp_path: Path) -> None:
    session = TrainingSession(SETTINGS)
    pages = {
        theme: export_html(session, tmp_path / "page.html", keyframes=2, theme=theme).read_text() for theme in THEMES
    }
    assert "invert(.92)" in pages["auto"]
    assert 'content="light dark"' in pages["auto"]
    assert all(colour in pages["auto"] for colour in (LIGHT["bg"], DARK["bg"]))
    for theme, other in (("light", DARK), ("dark", LIGHT)):
        assert "invert(.92)" not in pages[theme]
        assert other["bg"] not in pages[theme]


@pytest.mark.slow
def test_a_page_needs_no_widgets_of_the_live_one() -> None:
    code = "import sys, dashboards.export; print('panel_material_ui' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_file_has_everything_in_it_and_no_script_of_its_own(file: Path) -> None:
    text = file.read_text()
    assert len(text) < 5_000_000
    elements = Elements(text)
    assert all(reference.startswith("data:") for reference in elements.references)
    assert not elements.handlers
    foreign = [
        script for script in elements.scripts if not any(script.strip() == js.strip() for js in libraries().js_raw)
    ]
    reported, loader = foreign
    assert "embed_document(root)" in loader
    assert len(loader) < 3_000
    codes = [node["attributes"]["code"] for node in nodes(json.loads(reported)) if node.get("name") == "CustomJS"]
    assert set(codes) == {LINK}
    assert "default-src 'none'" in text
    assert "data:text/csv;charset=utf-8;base64," in text


def nodes(tree: Any) -> Iterator[dict]:
    """All objects within a JSON value."""
    if isinstance(tree, dict):
        yield tree
    for branch in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from nodes(branch)


@pytest.mark.slow
def test_a_process_of_its_own_writes_the_same_run() -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(60)
    reported: list[float] = []
    content = export_bytes(freeze(session), keyframes=3, theme="dark", progress=reported.append).decode()
    assert DARK["bg"] in content
    assert reported[-1] == 1


@pytest.mark.slow
def test_what_the_process_refuses_is_refused_here() -> None:
    with pytest.raises(ValueError, match="no end"):
        export_bytes(TrainingSession(world="medium", episodes=0))


def test_only_what_can_be_copied_is_written_apart() -> None:
    with pytest.raises(TypeError, match="not from list"):
        export_bytes([])


READ = """() => {
  const all = Object.entries({
    cells: ["level"], arrows: ["stem_x"], trail: ["radius", "opacity"], agent: ["radius", "fill"]});
  const rows = (one) => {
    const source = one.data_source, shown = [...Bokeh.index.find_one(one).all_indices];
    const column = (name) => shown.map((i) => source.get_column(name)[i]);
    return Object.fromEntries([...source.columns()].map((name) => [name, column(name)]));
  };
  const find = (place, wanted) => Bokeh.documents[0].get_model_by_name(place).renderers.find(
    (one) => wanted.every((column) => one.data_source.columns().includes(column)));
  const reported = Object.fromEntries(all.map(([name, wanted]) => [name, rows(find("board", wanted))]));
  reported.markers = [0, 1, 2].map((i) => rows(find(`curve-${i}`, ["height"])));
  reported.episode = rows(find("tile-episode", ["episode"])).episode;
  return reported;
}"""


@pytest.fixture(scope="module")
def page(file: Path) -> Iterator[Any]:
    """The file in a browser that has no network; `page.asked` is what it asked for."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}, offline=True).new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
        page.goto(file.as_uri())
        wait_for(lambda: page.locator("input[type=range]").count() == 1, what="the player is there")
        wait_for(lambda: page.evaluate("!!Bokeh.documents[0]?.is_idle"), what="everything is drawn")
        yield page
        browser.close()


@pytest.mark.slow
@pytest.mark.browser
def test_scrubbing_shows_the_run_at_each_keyframe(page: Any, file: Path) -> None:
    exported = Page(record(TrainingSession(SETTINGS), KEYFRAMES), "light")
    scale = exported.board.meaning.scale
    board = BoardMap(BoardFigure(), load_problem("medium"), 0)
    for keyframe in (1, 5, 12):
        page.locator("input[type=range]").fill(str(keyframe))
        episode = 5 * keyframe
        wait_for(lambda n=episode: page.evaluate(READ)["episode"] == [str(n)], what=f"episode {episode} is shown")
        shown, scene = page.evaluate(READ), scene_after(episode)
        check_cells(shown["cells"], scene, board, scale)
        check_arrows(shown["arrows"], scene, board)
        check_trail(shown, scene, board)
        check_markers(shown["markers"], episode)
        check_pixels(page, scene, board, scale)
    assert [address for address in page.asked if not address.startswith("data:")] == [file.as_uri()]
    assert page.complaints == []


def check_cells(cells: dict, scene: Scene, board: BoardMap, scale: Any) -> None:
    values = np.where(scene.visits.any(1), scene.action_values.max(1), np.nan)[board.states]
    assert cells["level"] == scale.levels(values).tolist()
    assert cells["blank"] == np.isnan(values).astype(int).tolist()
    assert np.allclose(cells["value"], scene.action_values.max(1)[board.states], atol=1e-6)


def check_arrows(arrows: dict, scene: Scene, board: BoardMap) -> None:
    best = preferred_actions(scene.action_values, scene.visits)[board.states]
    wanted = board.policy.columns(best)
    is_drawn = np.isfinite(wanted["head_x"])
    for name in ("head_x", "head_y", "angle"):
        assert np.allclose(arrows[name], wanted[name][is_drawn])


def check_trail(shown: dict, scene: Scene, board: BoardMap) -> None:
    centres = {state: tuple(board.placement.centres[cell]) for state, cell in enumerate(board._cell_of)}
    assert set(zip(shown["trail"]["x"], shown["trail"]["y"], strict=True)) == {centres[s] for s in scene.trail.tolist()}
    assert (shown["agent"]["x"][0], shown["agent"]["y"][0]) == centres[scene.state]


def check_markers(markers: list[dict], episode: int) -> None:
    session = TrainingSession(SETTINGS)
    session.advance_episodes(episode)
    for marker, column in zip(markers, ("mean_return", "mean_length", "epsilon"), strict=True):
        assert marker["episode"] == [episode]
        assert marker["height"] == pytest.approx([session.history.newest(column)])


def check_pixels(page: Any, scene: Scene, board: BoardMap, scale: Any) -> None:
    """The corners of the cells have the colours of their values on the screen."""
    picture = Image.open(io.BytesIO(page.locator(".shape .plot").screenshot())).convert("RGB")
    values = np.where(scene.visits.any(1), scene.action_values.max(1), np.nan)[board.states]
    levels, side = scale.levels(values), board.placement.side
    for (x, y), level in zip(board.placement.centres[board.cells], levels, strict=True):
        pixel = ((x - 0.4) / side * picture.width, (1 - (y + 0.37) / side) * picture.height)
        wanted = LIGHT["ramp"][level - 1] if level else LIGHT["paper"]
        found = picture.getpixel((int(pixel[0]), int(pixel[1])))
        assert np.allclose(found, [int(wanted[i : i + 2], 16) for i in (1, 3, 5)], atol=6)


@pytest.mark.slow
@pytest.mark.browser
def test_the_player_steps_plays_and_pauses(page: Any) -> None:
    def position() -> int:
        return int(page.evaluate("Bokeh.documents[0].get_model_by_name('player').value"))

    def direction() -> int:
        return int(page.evaluate("Bokeh.documents[0].get_model_by_name('player').direction"))

    page.locator("button.first").click()
    wait_for(lambda: page.evaluate(READ)["episode"] == ["0"])
    begin = position()
    page.locator("button.next").click()
    wait_for(lambda: position() == begin + 1)
    page.locator("button.play").click()
    wait_for(lambda: position() >= begin + 3, what="it plays")
    assert direction() == 1
    page.locator("button.pause").click()
    assert direction() == 0, "no timer moves it"
    page.locator("button.last").click()
    wait_for(lambda: page.evaluate(READ)["episode"] == ["60"])


@pytest.mark.slow
@pytest.mark.browser
def test_a_button_shows_the_moment_that_it_names(page: Any) -> None:
    for moment in Page(record(TrainingSession(SETTINGS), KEYFRAMES), "light").moments:
        page.get_by_role("button", name=moment.label).click()
        wait_for(lambda n=5 * moment.keyframe: page.evaluate(READ)["episode"] == [str(n)], what=moment.label)
        assert page.locator("input[type=range]").input_value() == str(moment.keyframe), "the slider is there too"
        page.locator("button.last").click()
        wait_for(lambda: page.evaluate(READ)["episode"] == ["60"], what="the end is shown again")
    assert page.complaints == []


@pytest.mark.slow
@pytest.mark.browser
def test_the_buttons_of_the_player_have_names(page: Any) -> None:
    for name in ("First keyframe", "Previous keyframe", "Pause", "Play", "Next keyframe", "Last keyframe"):
        assert page.get_by_role("button", name=name, exact=True).count() == 1, name


@pytest.mark.slow
@pytest.mark.browser
def test_a_table_follows_the_keyframe_and_a_page_the_dark_mode_of_the_browser(page: Any, tmp_path: Path) -> None:
    table = export_html(TrainingSession(world=f"{TABLE}?bets=2", episodes=300), tmp_path / "bets.html", keyframes=4)
    other = page.context.browser.new_context(offline=True, color_scheme="dark").new_page()
    other.goto(table.as_uri())
    rows = other.locator(".states .slick-row")
    wait_for(lambda: rows.count() == 3, what="the table is drawn")
    assert "–" not in rows.first.inner_text()
    other.locator("button.first").click()
    wait_for(lambda: "–" in rows.first.inner_text(), what="the first keyframe has no values")
    assert other.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(14, 19, 25)"
    assert "invert" in other.evaluate("getComputedStyle(document.querySelector('.curves .plot')).filter")
    other.context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        width = "document.documentElement.scrollWidth"
        wait_for(lambda: page.evaluate(width) == 390, what="the page is laid out again, and no wider than the screen")
        board = page.locator(".shape").bounding_box()
        assert board["width"] == pytest.approx(board["height"], abs=1)
        assert board["width"] > 250
    finally:
        page.set_viewport_size({"width": 1440, "height": 900})


@pytest.mark.slow
@pytest.mark.browser
def test_the_data_of_the_curves_can_be_saved(page: Any) -> None:
    with page.expect_download() as saving:
        page.get_by_role("link", name="Data of the curves").click()
    lines = Path(saving.value.path()).read_text().splitlines()
    assert saving.value.suggested_filename == "curves.csv"
    assert len(lines) == 61
    assert lines[0].startswith("episode,step,")


def test_the_command_line_exports_a_saved_run(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from gridworld.cli import command_line

    session = TrainingSession(SETTINGS)
    session.advance_episodes(10)
    run_file.save(session, tmp_path / "run.npz")
    result = CliRunner().invoke(command_line, ["export", str(tmp_path / "run.npz"), str(tmp_path / "run.html")])
    assert result.exit_code == 0, result.output
    assert "Medium" in (tmp_path / "run.html").read_text()


def test_steps_come_first_where_all_returns_are_alike() -> None:
    recording = record(TrainingSession(world="dyna_maze", episodes=30, step_size=0.5, discount=0.95), 4)
    html = Page(recording, "light").html()
    assert html.index("Steps per episode") < html.index("Return per episode")
    assert "fewest 14.00" in html
    assert "Greedy <i>steps</i>" in html
