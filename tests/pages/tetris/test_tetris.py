"""What the Tetris page shows and keeps, without a browser: views, players, the demo, and runs taken up again."""

import json
import os
import signal
import sys
import time
import zipfile
from dataclasses import replace
from importlib.machinery import ModuleSpec
from types import ModuleType

import numpy as np
import psutil
import pytest

from dashboards.hub.hub import Limits
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.header import ICONS
from dashboards.pages.tetris.board import ROWS, TetrisBoardView, levels, preview
from dashboards.pages.tetris.by_hand import BY_HAND
from dashboards.pages.tetris.curves import MOST_POINTS, GamesView, GenerationsView, points_of
from dashboards.pages.tetris.demo import PRESENT as DEMO_PRESENT
from dashboards.pages.tetris.leaderboard import places, rating_text, table
from dashboards.pages.tetris.page import TetrisPage
from dashboards.pages.tetris.players import PlayersPanel
from dashboards.pages.tetris.present_player import BEST, PRESENT
from dashboards.pages.tetris.runs import find_run, new_run
from dashboards.pages.tetris.settings import default_settings, from_query, to_query
from dashboards.pages.tetris.views import NO_PROBLEM, TetrisCounters, WeightsView
from dashboards.serving.plugin import describe
from dashboards.style.theme import tokens
from gridworld.errors import CheckpointError
from gridworld.runs.commands import Configure, Pace, Pause, Reset, Start, Step, Stop
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import History
from gridworld.runs.journal import Journal
from gridworld.runs.process.trainer import ProcessScene
from gridworld.tetris.deep.recipe import EXTRA, INSTALL, LATEST, PLAYERS, VERSION, DeepMetrics
from gridworld.tetris.deep.settings import BOARD, PLACEMENTS
from gridworld.tetris.evaluation.estimate import LinesEstimate
from gridworld.tetris.game.features import BCTS_FEATURES, LEARNED_FEATURES
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun
from gridworld.tetris.players.rating import BOARDS, rate
from gridworld.tetris.players.saved import Player, Players, read_player
from gridworld.tetris.records import GameRecord, GenerationRecord
from gridworld.tetris.report import GAMES, GENERATIONS, TetrisBoard, TetrisMetrics, game_columns, generation_columns
from gridworld.tetris.search.settings import CMA_ES, CROSS_ENTROPY
from gridworld.tetris.search.storage import run_folder
from support.browser import wait_for
from support.hubs import make_hub
from support.networks import as_network

COLOURS = tokens(dark=False)
GOOD = (-12.63, 6.60, -9.22, -19.77, -13.08, -10.49, -1.61, -24.04)


def picture(**board) -> ProcessScene:
    cells = np.zeros((20, 10), np.uint8)
    cells[19, :4] = 1
    shown = {"piece": 2, "next_piece": 5, "score": 1240, "lines": 3, "pieces": 17, "generation": 4, "over": False}
    metrics = TetrisMetrics(
        9000, 1e5, 220, 4, 2000, 57.25, 1234.0, 60.0, 80.0, np.array(GOOD), np.ones(8), BCTS_FEATURES, np.zeros((0, 8))
    )
    return ProcessScene(TetrisBoard(cells, **{**shown, **board}), metrics)


def journal_of(scene=None, games=0, generations=0, status=Status.PAUSED, error=None, settings=None) -> Journal:
    records = [GameRecord(i // 10, i % 10, 10 * i, 30 * i, False) for i in range(games)]
    passed = [
        GenerationRecord(i, 100 * i, 2000, 5.0 * i, 2.0, 9.0 * i, 6.0 * i, GOOD, GOOD) for i in range(generations)
    ]
    journal = Journal((GAMES, GENERATIONS))
    log = {"games": game_columns(records, 1), "generations": generation_columns(passed, BCTS_FEATURES)}
    journal.add(Frame(0, status, 9000, games, scene, log, error, settings))
    return journal


def test_the_board_shows_pieces_in_colours_and_letters_and_sends_only_what_changed(monkeypatch):
    view, journal = TetrisBoardView(COLOURS), journal_of(picture())
    view.refresh(journal)
    letters = view.cells.data["letter"]
    assert letters[19 * 10 : 19 * 10 + 4] == ["I"] * 4
    assert "".join(letters[200:208]) == "TTTT"
    assert "".join(letters[208:]) == "JJJJ"
    assert sorted(set(view.cells.data["level"])) == [0, 1, 3, 6]
    patched = []
    monkeypatch.setattr("bokeh.models.ColumnDataSource.patch", lambda source, patches: patched.append(patches))
    journal.add(Frame(0, Status.RUNNING, 9001, 0, picture(pieces=18)))
    view.refresh(journal)
    assert patched == [], "nothing changed, so nothing is sent"
    journal.add(Frame(0, Status.RUNNING, 9002, 0, picture(pieces=19, piece=0)))
    view.refresh(journal)
    assert {index for patches in patched for index, _ in patches["level"]} <= set(range(200, 208))


def test_the_end_of_a_game_is_reported_and_a_new_epoch_begins_empty():
    view = TetrisBoardView(COLOURS, "Title")
    view.refresh(journal_of(picture(over=True)))
    assert view.cover_text.data["text"] == ["Game over"]
    view.cover("Board is off")
    assert view.cover_text.data["text"] == ["Board is off"]
    view.cover("")
    view.begin()
    assert view.cover_text.data["text"] == [""]
    assert not view.cells.data["level"].any()


def test_every_piece_lies_in_its_preview():
    assert all((preview(piece) == piece + 1).sum() == 4 for piece in range(7))
    assert len(levels(picture().board)) == ROWS * 10 + 16


def test_a_hidden_board_rests():
    view = TetrisBoardView(COLOURS)
    view.active = False
    view.refresh(journal_of(picture()))
    assert not view.cells.data["level"].any()
    view.active = True
    assert view.cells.data["level"].any()


def test_the_tiles_show_the_training_and_of_the_game():
    tiles = TetrisCounters(NO_PROBLEM, COLOURS)
    assert tiles.values["mean"] == "–"
    tiles.refresh(journal_of(picture()))
    expected = {
        "generation": "4",
        "mean": "57.2",
        "best": "1,234",
        "player": "60.0",
        "cap": "2,000",
        "lines": "3",
        "pieces": "17",
    }
    assert {name: tiles.values[name] for name in expected} == expected
    headless = TetrisCounters(NO_PROBLEM, COLOURS)
    headless.refresh(journal_of(ProcessScene(None, picture().metrics)))
    assert (headless.values["lines"], headless.values["mean"]) == ("0", "57.2")


def test_the_weights_are_shown_by_name():
    view = WeightsView()
    view.refresh(journal_of(picture()))
    for part in ("landing height", "−12.63", "eroded piece cells", "6.60", "rows with holes", "−24.04"):
        assert part in view.panel.object


def test_games_become_few_points_that_show_the_same():
    history = History(GAMES, capacity=4096)
    history.append(game_columns([GameRecord(0, 0, i % 50, 100, False) for i in range(10_000)], 1))
    points = points_of(history.since())
    assert 100 < len(points["episode"]) <= MOST_POINTS
    assert points["episode"][-1] == 10_000
    assert points["lines"] @ np.diff(points["episode"], prepend=0) == pytest.approx(
        sum(i % 50 for i in range(10_000)), rel=0.02
    )
    assert points["mean"][4:] == pytest.approx(24.5, abs=2)
    assert (points["low"].min(), points["high"].max()) == (0, 49)


def test_curves_show_games_and_generations():
    games, generations, journal = GamesView(COLOURS), GenerationsView(COLOURS), journal_of(games=30, generations=12)
    for view in (games, generations):
        view.refresh(journal)
        view.retheme(tokens(dark=True))
    assert games.points.source.data["lines"].tolist() == [10.0 * i for i in range(30)]
    data = generations.generations.source.data
    assert data["episode"].tolist() == list(range(1, 13))
    assert (data["mean"][-1], data["high"][-1], data["best"][-1], data["player"][-1]) == (55, 57, 99, 66)
    games.begin(NO_PROBLEM)
    assert not len(games.points.source.data["lines"])


def test_an_address_holds_the_settings_and_wrong_values_are_refused_with_a_sentence():
    settings, problems = from_query(
        {"population": "40", "bag": "True", "noise": "1.5", "seed": "4", "method": "CMA-ES"}
    )
    assert problems == []
    assert {name: to_query(settings)[name] for name in ("population", "bag", "noise", "seed", "method")} == {
        "population": "40", "bag": "True", "noise": "1.5", "seed": "4", "method": "CMA-ES",
    }  # fmt: skip
    settings, problems = from_query({"population": "2", "bag": "perhaps", "noise": "loud", "colour": "red"})
    assert settings == default_settings()
    assert len(problems) == 3


class TestPlayers:
    """Files of players, and what is refused."""

    def test_they_are_kept_by_name_and_ranked(self, tmp_path):
        players = Players(tmp_path)
        for name, lines in (("low", 3), ("high", 30), ("unrated", None)):
            ratings = {} if lines is None else {"10x10": LinesEstimate(4, 4, 4 * lines)}
            players.save(Player(name, GOOD, ratings=ratings))
        assert [player.name for player in players.leaderboard()] == ["high", "low", "unrated"]
        assert players.read("low").weights == GOOD
        with pytest.raises(CheckpointError, match="choose another name"):
            players.save(Player("low", GOOD))
        ticket = players.delete("low")
        assert len(players.leaderboard()) == 2
        players.save(Player("low", tuple(-w for w in GOOD)))
        assert players.undo_delete(ticket) == "low 2"
        assert players.read("low 2").weights == GOOD
        with pytest.raises(CheckpointError, match="That player is no longer in the trash"):
            players.undo_delete(ticket)
        for name in ("../up", "", "a/b", "con"):
            with pytest.raises(CheckpointError):
                players.save(Player(name, GOOD))

    def test_a_strangers_file_hides_no_other(self, tmp_path):
        players = Players(tmp_path)
        players.save(Player("mine", GOOD))
        (tmp_path / "bad.player.json").write_bytes(b"\x80\x04nothing")
        assert [player.name for player in players.leaderboard()] == ["mine"]

    @pytest.mark.parametrize(
        "change",
        [
            {"weights": [1.0] * 7},
            {"weights": [True] * 8},
            {"weights": "many"},
            {"weights": [1e300] * 8},
            {"features": []},
            {"format": "pickle"},
            {"version": 4},
            {"name": "../up"},
            {"name": 3},
            {"generation": -1},
            {"placements": 1.5},
            {"lines": "many"},
            {"saved": None},
            {"method": "m" * 100},
            {"extra": 1},
        ],
    )
    def test_what_is_no_player_is_refused(self, change):
        document = json.loads(Player("p", GOOD).to_text())
        assert read_player(json.dumps(document).encode()).weights == GOOD
        with pytest.raises(CheckpointError):
            read_player(json.dumps({**document, **change}).encode())

    @pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 10_000, b"NaN", b" " * 20_000])
    def test_what_is_no_text_is_refused(self, content):
        with pytest.raises(CheckpointError):
            read_player(content)

    def test_the_panel_saves_imports_and_deletes(self, tmp_path):
        watched, reported = [], []
        players = Players(tmp_path)

        def rate(player):
            players.save(replace(player, ratings=dict.fromkeys(BOARDS, LinesEstimate(400, 400, 2_800))), replace=True)

        panel = PlayersPanel(players, lambda which, name: Player(name, GOOD, 3), watched.append, reported.append, rate)
        panel.name.value = "Ada"
        panel.save()
        assert [player.name for player in reported[-1]] == ["Ada"]
        panel.look()
        assert panel.ranking.object.count("7 ± 0.689") == 2, "on both boards"
        panel.take_in(Player("Bo", GOOD, ratings={"10x10": LinesEstimate(1, 1, 10**14)}).to_text().encode())
        panel.look()
        assert " M" not in panel.ranking.object.partition("Bo")[2].partition("</tr>")[0], (
            "a rating in a file is not believed"
        )
        panel.take_in(b"nothing")
        assert "not JSON" in panel.outcome.message.object
        panel.choice.value = "Ada"
        panel.delete_button.clicks += 1
        assert panel.choice.options == ["Bo"]
        assert "“Ada” was deleted." in panel.outcome.message.object
        assert panel.outcome.undo.visible
        panel.outcome.undo.clicks += 1
        assert sorted(panel.choice.options) == ["Ada", "Bo"]
        assert panel.choice.value == "Ada"
        assert "“Ada” is back." in panel.outcome.message.object
        assert not panel.outcome.undo.visible
        panel.players.save(Player("Cy", GOOD))
        panel.look()
        panel.choice.value = "Cy"
        panel.delete_button.clicks += 1
        panel.outcome.undo.clicks += 1
        assert panel.players.read("Cy").ratings["10x20"].mean == 7, "it is rated when it is back"


@pytest.mark.slow
def test_a_good_player_is_rated_above_a_bad_one():
    short = {"placements": 100_000, "side_by_side": 50}
    good = rate(Player("good", GOOD), "10x20", **short).ratings["10x20"]
    bad = rate(Player("bad", tuple(-w for w in GOOD)), "10x20", **short).ratings["10x20"]
    assert good.interval[0] > 1_000 > 1 > bad.interval[1]
    assert good.mean > 100_000, "its games don't end within these placements, and it has a mean all the same"
    assert rate(Player("good", GOOD), "10x20", **short).ratings["10x20"] == good


def test_published_players_have_a_rating_with_its_error_on_each_board():
    rows = [row for row in table([]).split("<tr>") if any(f">{name}<" in row for name in BUILT_IN)]
    assert [row.count("±") + row.count("[") for row in rows] == [2, 2, 2]


def test_ties_share_a_place_and_each_rating_has_its_error():
    lines = {"best": 5_000, "equal": 4_900, "worse": 3_000}
    ranking = [Player(name, GOOD, ratings={"10x10": LinesEstimate(400, 400, 400 * n)}) for name, n in lines.items()]
    assert places([*ranking, Player("unrated", GOOD)]) == [1, 1, 3, None]
    assert rating_text(LinesEstimate(400, 400, 400 * 5_000)) == "5,000 ± 492"
    assert rating_text(LinesEstimate(12, 9, 136_700_000)) == "15.2 M [8 M, 33.2 M]"
    assert rating_text(LinesEstimate(4, 0, 9_000_000)) == "> 2.44 M"
    assert rating_text(None) == "…"


class TestDemo:
    """A demo is a run like any other."""

    def play(self, run: DemoRun, seconds: float, clock: list[float]) -> Frame:
        journal = Journal(())
        for _ in range(round(seconds / 0.02)):
            clock[0] += 0.02
            journal.add(run.poll(0.1))
        journal.add(run.poll(0.1))
        return journal.frame

    def test_it_plays_at_its_speed_and_not_while_paused(self):
        clock = [0.0]
        run = DemoRun(GOOD, pace=Pace(10.0), clock=lambda: clock[0])
        run.send(Start())
        frame = self.play(run, 2.0, clock)
        assert frame.step == pytest.approx(20, abs=2)
        assert frame.scene.board.pieces == frame.step
        run.send(Pause())
        run.poll(0.0)
        self.play(run, 1.0, clock) if run.poll(0.0) else None
        assert run.step == frame.step

    def test_another_player_begins_another_game(self):
        run = DemoRun(GOOD)
        first = run.poll(0.0)
        run.send(Reset({"weights": (0.0,) * 8, "features": BCTS_FEATURES}))
        second = run.poll(0.0)
        assert (first.epoch, second.epoch, second.status) == (0, 1, Status.READY)
        assert run.weights == (0.0,) * 8

    def test_the_end_of_the_game_is_the_end(self):
        clock = [0.0]
        run = DemoRun(tuple(-w for w in GOOD), pace=Pace(None), clock=lambda: clock[0])
        run.send(Start())
        frame = self.play(run, 1.0, clock)
        assert frame.status is Status.FINISHED
        assert frame.scene.board.over


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder of its own."""
    monkeypatch.setenv("GRIDWORLD_TETRIS", str(tmp_path))
    return tmp_path


@pytest.fixture
def hub(kept):
    """A server's hub with a folder of its own; every run that a test makes is closed."""
    hub = make_hub(limits=Limits(workers=2))
    yield hub
    for run_id in hub.runs.ids():
        hub.runs.drop(run_id)


def until(shared: SharedRun, condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        shared.work(0.0, 0.0)
        assert time.monotonic() < end, shared.journal.frame
        time.sleep(0.01)


SMALL = {**default_settings(), "population": 10, "elite": 0.3, "evaluations": 2, "width": 6, "height": 6, "threads": 1}
LAYERS = {**default_settings("PPO"), "units": 16, "sees": BOARD}


@pytest.mark.slow
def test_a_run_of_a_process_is_shared_goes_on_unseen_and_is_taken_up_again(hub, kept):
    shared = new_run(hub, SMALL)
    assert find_run(hub, shared.id) is shared
    assert find_run(hub, "no such run") is None
    shared.send(Start(), "start", "Start")
    until(shared, lambda: shared.journal.frame.step > 2000)
    shared.looked -= 10_000
    hub.runs.sweep()
    assert find_run(hub, shared.id) is shared, "it works, so it is kept"
    assert shared.status is Status.RUNNING, "it is not paused because nobody looks"
    shared.send(Configure({"target_lines": 10**6}), "target", "Target")
    assert shared.settings["target_lines"] == 10**6
    reported = json.dumps(describe(shared))
    assert str(kept) not in reported
    shared.send(Stop(), "stop", "Stop")
    until(shared, lambda: shared.run.pid is None)
    hub.runs.drop(shared.id)
    again = find_run(hub, shared.id)
    assert (again.id, again.status) == (shared.id, Status.PAUSED)
    assert again.settings["population"] == 10
    again.send(Start(), "start", "Start")
    until(again, lambda: again.journal.frame.step > shared.journal.frame.step)


@pytest.mark.slow
def test_the_page_offers_what_means_something_and_shows_what_went_wrong(hub, kept):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    state = lambda: {name for name, each in page.buttons.buttons.items() if each.visible and not each.disabled}  # noqa: E731
    assert state() == {"Start"}
    page.send(Start(), "start", "Start")
    page.refresher.refresh(shared)
    assert state() == {"Pause", "Stop", "Reset"}
    assert page.controls.fields["population"].disabled
    assert not page.controls.fields["target_lines"].disabled
    until(shared, lambda: shared.run.checkpoint is not None or shared.journal.frame.step > 3000)
    page.switch.panel.value = False
    assert shared.run.cadence.board_every == 0
    os.kill(shared.run.pid, signal.SIGKILL)
    until(shared, lambda: shared.status is Status.FAILED)
    page.refresher.refresh(shared)
    assert "The run failed: The trainer's process ended unexpectedly (killed by SIGKILL)" in page.failure.sentence
    assert page.failure.resume.visible == (shared.run.checkpoint is not None)
    page.send(Reset(), "reset", "Reset")
    other = page.find()
    assert other is not shared, "what has begun is never thrown away"
    page.refresher.refresh(other)
    assert state() == {"Start"}
    assert not page.failure.alert.visible
    page.controls.hyper.population = 12
    assert other.settings["population"] == 12
    assert other.settings["folder"].endswith(other.id)
    assert shared.settings["folder"].endswith(shared.id), "each has a folder of its own"


@pytest.mark.slow
def test_a_stopped_training_is_called_stopped_and_can_be_resumed(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    page.send(Start(), "start", "Start")
    until(shared, lambda: shared.journal.frame.step > 2000)
    page.send(Pause(), "pause", "Pause")
    until(shared, lambda: shared.status is Status.PAUSED)
    page.refresher.refresh(shared)
    assert "Paused" in page.chip.panel.object
    page.send(Stop(), "stop", "Stop")
    until(shared, lambda: shared.run.pid is None)
    page.refresher.refresh(shared)
    assert "Stopped" in page.chip.panel.object
    assert ICONS[Status.PAUSED][1] not in page.chip.panel.object, "it does not look paused either"
    assert not page.buttons.buttons["Resume"].disabled


def test_a_stop_before_the_first_step_shows_a_page_that_is_ready_again(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    for _ in range(2):
        page.send(Start(), "start", "Start")
        page.refresher.refresh(shared)
        assert "Starting" in page.chip.panel.object
        worker = shared.run.pid
        page.send(Stop(), "stop", "Stop")
        page.refresher.refresh(shared)
        wait_for(lambda gone=worker: not psutil.pid_exists(gone), 10, "the process is gone")
        shared.work(0.0, 0.0)
        page.refresher.refresh(shared)
        assert "Ready" in page.chip.panel.object
        assert not page.buttons.buttons["Start"].disabled
        assert page.buttons.buttons["Stop"].disabled


def test_before_a_training_there_is_a_bar_for_each_feature_that_it_will_learn_with(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    assert [page.weight_bars.panel.object.count(f">{name}<") for name in ("rows with holes", "pattern diversity")] == [
        1,
        1,
    ]
    page.controls.hyper.features = "BCTS (8)"
    page.refresher.refresh(shared)
    assert ">pattern diversity<" not in page.weight_bars.panel.object


def test_a_reset_empties_the_board_and_the_tiles_at_once(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    shared.journal.add(Frame(shared.journal.frame.epoch, Status.PAUSED, 9000, 220, picture()))
    page.refresher.refresh(shared)
    assert page.board.cells.data["level"].any()
    assert (page.counters.values["generation"], page.counters.values["pieces"]) == ("4", "17")
    weights = page.weight_bars.panel.object
    page.send(Reset(), "reset", "Reset")
    page.refresher.refresh(page.find())
    assert not page.board.cells.data["level"].any()
    assert {page.counters.values[name] for name in ("generation", "pieces", "lines", "speed")} == {"0"}
    assert "−12.63" in weights
    assert "−12.63" not in page.weight_bars.panel.object


@pytest.mark.slow
def test_more_trainings_than_the_server_lets_are_refused_with_a_sentence(hub):
    pages = [TetrisPage(hub, new_run(hub, SMALL)) for _ in range(3)]
    shared = [hub.runs.get(page.run_id) for page in pages]
    for page in pages:
        page.send(Start(), "start", "Start")
        page.refresher.refresh(hub.runs.get(page.run_id))
    assert [run.status for run in shared] == [Status.STARTING, Status.STARTING, Status.READY]
    assert [page.failure.alert.visible for page in pages] == [False, False, True]
    assert "2 trainings are running on this server" in pages[2].failure.alert.object
    assert shared[2].journal.events[-1].code == "start-refused"
    pages[0].send(Start(), "start", "Start")
    pages[0].refresher.refresh(shared[0])
    assert not pages[0].failure.alert.visible, "one that is at work already takes no place"
    pages[1].send(Stop(), "stop", "Stop")
    pages[2].send(Start(), "start", "Start")
    pages[2].refresher.refresh(shared[2])
    assert (shared[2].status, pages[2].failure.alert.visible) == (Status.STARTING, False)


def test_troubles_are_shown_whatever_the_status_and_tracebacks_whole(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    shared.journal.add(Frame(0, Status.RUNNING, 1, 0, None, {}, "The checkpoint could not be saved: disk full."))
    page.failure.show(shared)
    assert (page.failure.sentence, page.failure.alert.severity) == (
        "While the run goes on: The checkpoint could not be saved: disk full.",
        "warning",
    )
    assert not page.failure.traceback.visible
    shared.journal.add(Frame(0, Status.FAILED, 1, 0, None, {}, "Traceback:\n  <module>\nZeroDivisionError: none"))
    page.failure.show(shared)
    assert "The run failed: ZeroDivisionError: none" in page.failure.sentence
    assert "<textarea readonly" in page.failure.traceback.object
    assert "&lt;module&gt;" in page.failure.traceback.object


def test_a_sentence_of_ours_is_shown_without_its_class(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    error = "Traceback:\n  <module>\ngridworld.errors.FaultyEnvironmentError: After 2 steps Maze-v0 returned 9."
    shared.journal.add(Frame(0, Status.FAILED, 1, 0, None, {}, error))
    page.failure.show(shared)
    assert page.failure.sentence.startswith("The run failed: After 2 steps Maze-v0 returned 9. Reset begins")


def test_the_best_player_is_found_in_the_log(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    with pytest.raises(ValueError, match="no player yet"):
        page.make_player(PRESENT, "Ada")
    assert page._player_of(PRESENT).weights == (0.0,) * 8
    shared.journal = journal_of(picture(), generations=5, settings=shared.settings)
    assert page.make_player(BEST, "Ada").generation == 5
    assert page.make_player(PRESENT, "Ada").weights == GOOD


class TestTrainers:
    """The trainers of stable-baselines3 on the page, without their extra."""

    @pytest.fixture
    def installed(self, monkeypatch):
        for package in EXTRA:
            module = ModuleType(package)
            module.__spec__ = ModuleSpec(package, None)
            monkeypatch.setitem(sys.modules, package, module)

    def test_a_trainer_that_is_not_installed_is_not_offered_but_named(self, hub, monkeypatch):
        monkeypatch.setitem(sys.modules, EXTRA[0], None)
        page = TetrisPage(hub, new_run(hub, SMALL))
        assert page.controls.trainer.options == [CROSS_ENTROPY, CMA_ES]
        assert page.controls.hint.visible
        assert INSTALL in page.controls.hint.object
        settings, problems = from_query({"algorithm": "PPO", "units": "32"})
        assert settings == default_settings()
        assert len(problems) == 1
        assert INSTALL in problems[0]

    def test_a_chosen_trainer_has_its_own_settings_and_views(self, hub, kept, installed):
        shared = new_run(hub, {**SMALL, "seed": 5})
        page = TetrisPage(hub, shared)
        assert not page.controls.hint.visible
        epoch = shared.journal.frame.epoch
        shared.journal.add(Frame(epoch, Status.PAUSED, 0, 0, picture()))
        page.controls.trainer.value = "PPO"
        assert shared.journal.frame.scene is None, "nothing of the other trainer is left"
        page.refresher.refresh(shared)
        expected = {**default_settings("PPO"), "seed": 5, "folder": str(kept / "runs" / shared.id)}
        assert shared.settings == shared.run.settings == expected
        assert (shared.settings["algorithm"], shared.settings["rollout"]) == ("PPO", 1024)
        assert "tetris.deep.worker" in shared.run.recipe.factory
        assert shared.journal.frame.epoch > epoch
        assert {"rollout", "timesteps", "environment"} <= set(page.controls.fields)
        assert not {"population", "cap"} & set(page.controls.fields)
        assert page.weights.visible, "without hidden layers it is a linear player"
        assert "Timesteps" in page.counters.drawing.text
        page.controls.hyper.units = 32
        page.refresher.refresh(shared)
        assert not page.weights.visible
        assert "weights" not in str(page.body().sx)
        page.controls.options.timesteps = 5000
        assert (shared.settings["units"], shared.settings["timesteps"]) == (32, 5000)
        page.controls.trainer.value = CMA_ES
        page.refresher.refresh(shared)
        assert (shared.settings["method"], shared.settings["seed"]) == (CMA_ES, 5)
        assert page.weights.visible
        assert "Timesteps" not in page.counters.drawing.text

    def test_the_search_methods_share_their_settings(self, hub):
        shared = new_run(hub, SMALL)
        page = TetrisPage(hub, shared)
        page.controls.trainer.value = CMA_ES
        page.refresher.refresh(shared)
        assert (shared.settings["method"], shared.settings["population"]) == (CMA_ES, 10)
        assert not page.controls.fields["elite"].visible

    def test_each_search_method_has_a_population_that_it_learns_well_with(self, hub):
        shared = new_run(hub, default_settings())
        page = TetrisPage(hub, shared)
        for trainer, population in ((CMA_ES, 30), (CROSS_ENTROPY, 100), (CMA_ES, 30)):
            page.controls.trainer.value = trainer
            page.refresher.refresh(shared)
            assert (shared.settings["population"], page.controls.hyper.population) == (population, population)
        assert to_query(shared.settings) == {"method": CMA_ES}
        assert from_query({"method": CMA_ES}) == (default_settings(CMA_ES), [])
        crowd = {**default_settings(CMA_ES), "population": 100}
        assert from_query(to_query(crowd))[0] == crowd

    def test_the_tiles_show_a_deep_training(self):
        tiles = TetrisCounters(NO_PROBLEM, COLOURS)
        tiles.choose(deep=True)
        none = np.zeros(0), np.zeros(0), (), np.zeros((0, 0))
        metrics = DeepMetrics(9000, 800.0, 300, 4, 0, 0.25, 3.0, 0.2, 0.3, *none, "PPO", 40, 1, 2.5, 10_000)
        tiles.refresh(journal_of(ProcessScene(picture().board, metrics)))
        expected = {"timesteps": "9,000", "games": "300", "mean": "0.25", "return": "2.50", "best": "3"}
        assert {name: tiles.values[name] for name in expected} == expected
        assert "Generation" not in tiles.drawing.text

    def test_the_address_keeps_the_algorithm(self, installed):
        query = {"algorithm": "DQN", "memory": "500", "timesteps": "2000", "seed": "3"}
        settings, problems = from_query({**query, "threads": "7"})
        assert problems == []
        assert to_query(settings) == query
        settings, problems = from_query({"algorithm": "DQN", "memory": "1"})
        assert settings == default_settings("DQN")
        assert len(problems) == 1
        assert len(from_query({"algorithm": "A2C"})[1]) == 1

    def test_a_checkpoint_is_taken_up_with_the_targets_of_the_address(self, hub, installed):
        folder = run_folder("0123abcd")
        folder.mkdir(parents=True)
        reported = {"laboratory": {"version": VERSION, "settings": {"algorithm": "PPO", "units": 16, "seed": 8}}}
        with zipfile.ZipFile(folder / LATEST, "w") as archive:
            archive.writestr("data", json.dumps(reported))
        shared = find_run(hub, "0123abcd", {"timesteps": 700, "units": 99})
        assert (shared.status, shared.run.checkpoint) == (Status.PAUSED, str(folder / LATEST))
        assert {name: shared.settings[name] for name in ("algorithm", "units", "seed", "timesteps")} == {
            "algorithm": "PPO", "units": 16, "seed": 8, "timesteps": 700,
        }  # fmt: skip

    def test_the_curves_speak_of_what_is_trained(self, hub, installed):
        page = TetrisPage(hub, new_run(hub, SMALL))
        heading, tips = page.generations.plot.heading, page.generations._hover
        assert "Lines per generation" in heading.object
        for trainer, unit in (("DQN", "Target update"), ("MaskablePPO", "Rollout")):
            page.controls.trainer.value = trainer
            page.refresher.refresh(hub.runs.get(page.run_id))
            assert f"Lines per {unit.lower()}" in heading.object
            assert unit in tips.tooltips
            assert not any(word in heading.object for word in ("candidate", "player"))
            assert not any(word in tips.tooltips for word in ("candidate", "Candidate", "Player"))
            assert "The present network" in page.board.head.object
        page.controls.trainer.value = CROSS_ENTROPY
        page.refresher.refresh(hub.runs.get(page.run_id))
        assert "candidates" in heading.object
        assert "The present player" in page.board.head.object

    def test_a_network_is_not_offered_for_a_demo_and_the_reason_is_shown(self, hub, kept, installed):
        shared = new_run(hub, LAYERS)
        page = TetrisPage(hub, shared)
        demo, start = page.demo, page.demo.buttons["Start demo"]
        assert (demo.choice.options, demo.choice.value, start.disabled) == ([*BUILT_IN, BY_HAND], "bcts", False)
        assert demo.hint.visible
        Players(kept / "players").save(Player("Ada", GOOD))
        page.players.look()
        assert (demo.choice.options, demo.choice.value, start.disabled) == (["Ada", *BUILT_IN, BY_HAND], "bcts", False)
        page.controls.trainer.value = CROSS_ENTROPY
        page.refresher.refresh(shared)
        assert demo.choice.options == [DEMO_PRESENT, "Ada", *BUILT_IN, BY_HAND]
        assert not demo.hint.visible

    def test_a_demo_of_the_present_player_gives_way_when_a_network_is_to_be_trained(self, hub, installed):
        shared = new_run(hub, SMALL)
        page = TetrisPage(hub, shared)
        page.demo.buttons["Start demo"].clicks += 1
        run = page.demo.shared.run
        run.send(Step(3))
        page.demo.shared.work(0.0, 0.0)
        run.status = Status.RUNNING
        page.controls.trainer.value = "DQN"
        page.refresher.refresh(shared)
        page.controls.hyper.sees = BOARD
        page.refresher.refresh(shared)
        assert page.demo.choice.value == "bcts"
        assert run.weights == BUILT_IN["bcts"].weights

    def test_a_network_is_not_saved_as_a_player(self, hub, installed):
        shared = new_run(hub, LAYERS)
        shared.journal = journal_of(picture(), settings=shared.settings)
        page = TetrisPage(hub, shared)
        with pytest.raises(ValueError, match="network"):
            page.make_player(PRESENT, "Ada")
        assert page.players.which.options == [BY_HAND]
        assert "network" in page.players.no_saving.object
        assert page.players.no_saving.visible

    def test_a_network_with_hidden_layers_is_a_player_once_it_is_saved(self, hub, installed):
        shared = new_run(hub, {**LAYERS, "sees": PLACEMENTS})
        page = TetrisPage(hub, shared)
        assert not page.weights.visible, "it has no weights of features"
        assert page.players.which.options == [PRESENT, BEST, BY_HAND]
        assert page.demo.hint.visible
        with pytest.raises(CheckpointError, match="isn't saved yet"):
            page.make_player(PRESENT, "Ada")
        folder = run_folder(shared.id)
        folder.mkdir(parents=True)
        network = Player("network", as_network((1.0,) * 9, 4), 3, 700, "PPO", LEARNED_FEATURES)
        (folder / PLAYERS[LATEST]).write_text(network.to_text())
        page.players.name.value = "Ada"
        page.players.save()
        found = page.players.players.read("Ada")
        assert (found.weights, found.generation, found.method) == (network.weights, 3, "PPO")
        assert "Ada" in page.demo.choice.options
        assert "Ada" not in page.hand.base.options, "there is no slider for each of its weights"
        page.demo.choice.value = "Ada"
        page.demo._press(Step(3), "", "")
        page.demo.shared.work(60.0, 0.0)
        page.demo.why.refresh(page.demo.shared.journal)
        assert "the value that the network gives it" in page.demo.why.panel.object

    def test_a_network_can_be_downloaded_once_it_is_saved(self, hub, kept, installed):
        shared = new_run(hub, LAYERS)
        page = TetrisPage(hub, shared)
        assert page.network.panel.visible
        page.network.button.clicks += 1
        assert "has no latest.pickle.zip yet" in page.network._outcome.object
        folder = run_folder(shared.id)
        folder.mkdir(parents=True)
        (folder / LATEST).write_bytes(b"a model")
        page.network.button.clicks += 1
        assert "was saved (7 bytes)" in page.network._outcome.object
        page.controls.trainer.value = CROSS_ENTROPY
        page.refresher.refresh(shared)
        assert not page.network.panel.visible

    def test_a_network_without_hidden_layers_is_a_player(self, hub, installed):
        shared = new_run(hub, default_settings("MaskablePPO"))
        shared.journal = journal_of(picture(), settings=shared.settings)
        page = TetrisPage(hub, shared)
        player = page.make_player(PRESENT, "Ada")
        assert (player.method, player.weights) == ("MaskablePPO", GOOD)
        assert page.players.which.options == [PRESENT, BEST, BY_HAND]


def test_a_player_needs_a_name(tmp_path):
    panel = PlayersPanel(Players(tmp_path), lambda which, name: Player(name, GOOD, 3), print, lambda names: None, print)
    panel.name.value = "  "
    panel.save()
    assert "Give the player a name" in panel.outcome.message.object
