"""No training is lost on the page: edits wait, each training has a folder of its own, and a list has them all."""

import base64
import json
import os
import zipfile
import zlib

import pytest

from dashboards.hub.hub import Limits
from dashboards.pages.library.page import LibraryPage
from dashboards.pages.tetris import page as page_module
from dashboards.pages.tetris.page import TetrisPage
from dashboards.pages.tetris.runs import find_run, new_run, open_checkpoint
from dashboards.pages.tetris.settings import default_settings
from dashboards.pages.tetris.trainings import TrainingsPanel, listed
from gridworld.errors import CheckpointError
from gridworld.runs.commands import Configure, Pause, Reset, Start, Stop
from gridworld.runs.frame import Status
from gridworld.tetris.deep import recipe
from gridworld.tetris.deep.games import Game
from gridworld.tetris.deep.log import DeepLog
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.saved import Player
from gridworld.tetris.report import GENERATIONS
from gridworld.tetris.search.settings import CMA_ES
from gridworld.tetris.search.storage import run_folder
from gridworld.tetris.search.worker import BEST, LATEST, make_trainer
from support.browser import wait_for
from support.hubs import make_hub

SMALL = {**default_settings(), "population": 10, "elite": 0.3, "evaluations": 2, "width": 6, "height": 6, "threads": 1}


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_TETRIS", str(tmp_path))
    hub = make_hub(limits=Limits(workers=2))
    yield hub
    for run_id in hub.runs.ids():
        hub.runs.drop(run_id)


def until(shared, condition) -> None:
    wait_for(lambda: shared.work(0.0, 0.0) or condition(), 60)


def store(run_id: str, placements: int = 3000):
    """Leave the checkpoints of a training, as its process would."""
    trainer = make_trainer({**SMALL, "folder": str(run_folder(run_id))}, None)
    trainer.work(lambda: max(0, min(300, placements - trainer.step)))
    trainer.save()
    return trainer


def test_edits_of_a_training_that_has_begun_wait_for_a_new_one(hub):
    store("0000000a")
    shared = find_run(hub, "0000000a")
    page = TetrisPage(hub, shared)
    page.controls.options.seed = 7
    assert page.controls.waiting.visible
    assert shared.settings["seed"] == 0
    assert shared.frame.step == 3000, "nothing is thrown away"
    page.controls.options.target_lines = 10**6
    assert shared.settings["target_lines"] == 10**6, "what may change at any time changes at once"
    assert page.controls.waiting.visible
    page.controls.trainer.value = CMA_ES
    assert shared.settings["method"] != CMA_ES
    page.controls._begin_another()
    other = page.find()
    page.refresher.refresh(other)
    assert other.id != shared.id
    assert (other.settings["method"], other.settings["seed"], other.status) == (CMA_ES, 7, Status.READY)
    assert other.settings["folder"].endswith(other.id)
    assert not page.controls.waiting.visible
    assert (run_folder("0000000a") / LATEST).exists()
    assert find_run(hub, "0000000a").frame.step == 3000
    page.controls.hyper.population = 12
    assert other.settings["population"] == 12, "one that has not begun changes at once"


def test_waiting_edits_can_be_discarded_and_go_when_they_are_taken_back(hub):
    store("0000000a")
    page = TetrisPage(hub, find_run(hub, "0000000a"))
    page.controls.options.seed = 7
    page.controls.options.seed = 0
    assert not page.controls.waiting.visible
    page.controls.hyper.population = 50
    page.controls.discard()
    assert page.controls.hyper.population == 10
    assert not page.controls.waiting.visible


@pytest.mark.slow
def test_reset_begins_a_new_training_and_stops_the_former_one(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    page.send(Start(), "start", "Start")
    until(shared, lambda: shared.frame.step > 2000)
    page.send(Reset(), "reset", "Reset")
    until(shared, lambda: shared.frame.pid is None)
    assert (page.find().status, page.find().frame.step) == (Status.READY, 0)
    assert {each.run_id: each.status for each in listed(hub)} == {shared.id: "Stopped"}
    assert (run_folder(shared.id) / LATEST).exists()


@pytest.mark.slow
def test_a_training_shows_what_its_checkpoint_holds_before_it_is_resumed(hub):
    trainer = store("0000000a")
    shared = find_run(hub, "0000000a")
    assert shared.frame.scene.metrics.placements == shared.frame.step == 3000
    log = shared.journal.columns(GENERATIONS.name)
    assert log["generation"].tolist() == list(range(1, trainer.trainer.generation + 1))
    page = TetrisPage(hub, shared)
    assert page.counters.values["generation"] == str(trainer.trainer.generation + 1)
    assert len(page.generations.generations.source.data["episode"]) == trainer.trainer.generation
    shared.send(Start(), "start", "Start")
    until(shared, lambda: shared.frame.step > 3000)
    numbers = shared.journal.columns(GENERATIONS.name)["generation"]
    assert numbers.tolist() == list(range(1, len(numbers) + 1)), "the log is there once"


def test_the_best_checkpoint_is_offered_where_the_latest_is_damaged_and_at_will(hub):
    store("0000000a")
    copy = open_checkpoint(hub, "0000000a", "best")
    assert copy.id != "0000000a"
    assert copy.settings["folder"].endswith(copy.id)
    with pytest.raises(CheckpointError, match="no checkpoint called 'final'"):
        open_checkpoint(hub, "0000000a", "final")
    (run_folder("0000000a") / LATEST).write_bytes(b"nothing")
    shared = find_run(hub, "0000000a")
    assert shared.frame.resumable
    assert any(BEST in event.text and event.code == "checkpoint-damaged" for event in shared.journal.events)
    (run_folder("0000000b")).mkdir()
    (run_folder("0000000b") / LATEST).write_bytes(b"nothing")
    with pytest.raises(CheckpointError):
        find_run(hub, "0000000b")


def test_the_link_of_a_damaged_training_says_so_and_not_that_it_is_gone(hub, monkeypatch):
    run_folder("0000000b").mkdir(parents=True)
    (run_folder("0000000b") / LATEST).write_bytes(b"nothing")
    monkeypatch.setattr(page_module, "asked", lambda: {"run": "0000000b"})
    said = []
    monkeypatch.setattr(TetrisPage, "served", lambda page, query, problems: said.extend(problems))
    page_module.tetris_page(hub)
    assert len(said) == 1
    assert said[0].startswith("The training 0000000b can’t be opened and stays as it is")
    assert (run_folder("0000000b") / LATEST).read_bytes() == b"nothing"


def store_network(run_id: str, *names: str):
    """Leave checkpoints of a network's training, as its process would but for the network; return its log."""
    log = DeepLog()
    for lines in (4, 8, 6):
        log.record([Game(100, lines, 10 * lines, float(lines), False)])
        log.end_generation(100 * lines)
    settings = {"algorithm": "DQN", "seed": 3, "units": 16}
    laboratory = {"version": recipe.VERSION, "settings": settings, "log": log.state(), "best_saved": 0.0}
    run_folder(run_id).mkdir(parents=True)
    for name in names:
        with zipfile.ZipFile(run_folder(run_id) / name, "w") as archive:
            archive.writestr("data", json.dumps({"num_timesteps": 700, "laboratory": laboratory}))
    return log


@pytest.fixture
def extra(monkeypatch):
    """Have the extra for networks, as far as a server needs it."""
    monkeypatch.setattr(recipe, "is_available", lambda: True)


def test_a_network_shows_what_its_checkpoint_holds_before_it_is_resumed(hub, extra):
    log = store_network("0000000c", recipe.LATEST)
    shared = find_run(hub, "0000000c", {"timesteps": 5000})
    metrics = shared.frame.scene.metrics
    assert (shared.status, shared.frame.step, metrics.games, metrics.target) == (Status.PAUSED, 700, 3, 5000)
    assert (metrics.best_lines, metrics.player_lines) == (8.0, log.mean_lines)
    assert shared.journal.columns(GENERATIONS.name)["generation"].tolist() == [1, 2, 3]
    page = TetrisPage(hub, shared)
    assert page.counters.values["generation"] == "4"
    assert len(page.generations.generations.source.data["episode"]) == 3


def test_the_best_network_is_offered_where_the_latest_is_damaged_and_at_will(hub, extra):
    store_network("0000000c", recipe.LATEST, recipe.BEST)
    player = run_folder("0000000c") / recipe.PLAYERS[recipe.BEST]
    player.write_text(Player("network", BUILT_IN["bcts"].weights).to_text())
    copy = open_checkpoint(hub, "0000000c", "best")
    assert copy.frame.step == 700
    assert recipe.own_checkpoint(copy.settings["folder"], str(run_folder(copy.id) / recipe.LATEST)), "it is its own"
    assert (run_folder(copy.id) / recipe.PLAYERS[recipe.LATEST]).read_text() == player.read_text()
    with pytest.raises(CheckpointError, match="no checkpoint called 'final'"):
        open_checkpoint(hub, "0000000c", "final")
    (run_folder("0000000c") / recipe.LATEST).write_bytes(b"nothing")
    shared = find_run(hub, "0000000c")
    assert shared.frame.step == 700
    assert any(recipe.BEST in event.text and event.code == "checkpoint-damaged" for event in shared.journal.events)


@pytest.mark.parametrize(
    "log", [{"games": "x"}, {"rows": {"games": "AAAA", "generations": "AAAA"}}, {"figures": [1.0]}, "nothing"]
)
def test_a_network_whose_log_is_damaged_is_refused_in_a_sentence(hub, extra, log):
    whole = store_network("0000000c", recipe.LATEST).state()
    path = run_folder("0000000c") / recipe.LATEST
    kept = {
        "version": recipe.VERSION,
        "settings": {"algorithm": "DQN"},
        "log": {**whole, **log} if isinstance(log, dict) else log,
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", json.dumps({"num_timesteps": 700, "laboratory": kept}))
    with pytest.raises(CheckpointError, match="is not a checkpoint of a training"):
        find_run(hub, "0000000c")


def test_a_log_has_no_more_rows_than_it_may_have():
    many = DeepLog().state()
    many["rows"]["games"] = base64.b64encode(zlib.compress(bytes(80 << 20))).decode()
    with pytest.raises(ValueError, match="more than 4,096 rows"):
        DeepLog().restore(many)


def test_the_list_opens_stops_resumes_and_deletes(hub):
    store("0000000a")
    store("0000000b")
    opened = []
    panel = TrainingsPanel(hub, opened.append, shown="0000000b")
    assert set(panel.choice.options.values()) == {"0000000a", "0000000b"}
    panel.choice.value = "0000000a"
    panel.buttons["open"].clicks += 1
    assert opened == ["0000000a"]
    panel.buttons["resume"].clicks += 1
    shared = hub.runs.get("0000000a")
    until(shared, lambda: shared.status is Status.RUNNING)
    panel.look()
    assert "Running" in panel._table.object
    assert panel.buttons["delete"].disabled, "it is at work"
    panel.buttons["stop"].clicks += 1
    until(shared, lambda: shared.frame.pid is None)
    panel.look()
    panel.buttons["delete"].clicks += 1
    assert "“0000000a” was deleted." in panel.outcome.message.object
    assert find_run(hub, "0000000a") is None
    panel.outcome.undo.clicks += 1
    assert find_run(hub, "0000000a").frame.step > 3000
    panel.choice.value = "0000000b"
    panel.buttons["delete"].clicks += 1
    assert "This page shows that training" in panel.outcome.message.object
    panel.checkpoint.value = "best"
    panel.buttons["copy"].clicks += 1
    assert hub.runs.get(opened[-1]).frame.resumable


def test_trainings_of_the_server_keep_their_places_when_they_are_saved_again(hub):
    for run_id in ("0000000a", "0000000b", "0000000c"):
        store(run_id)
    for run_id in ("0000000a", "0000000b"):
        assert find_run(hub, run_id) is not None
    for later, run_id in enumerate(("0000000b", "0000000c", "0000000a")):
        os.utime(run_folder(run_id) / LATEST, (later, later))
        assert [each.run_id for each in listed(hub)] == ["0000000b", "0000000a", "0000000c"]


def test_the_library_lists_the_trainings_too(hub):
    store("0000000a")
    library = LibraryPage(hub, {})
    assert "0000000a" in library.trainings._table.object


@pytest.mark.slow
def test_commands_of_a_page_that_was_turned_go_to_the_other_training(hub):
    store("0000000a")
    page = TetrisPage(hub, find_run(hub, "0000000a"))
    page.send(Reset(), "reset", "Reset")
    other = page.find()
    page.send(Configure({"target_lines": 5}), "target", "Target")
    assert other.settings["target_lines"] == 5
    assert find_run(hub, "0000000a").settings["target_lines"] == 0
    page.send(Start(), "start", "Start")
    until(other, lambda: other.frame.step > 0)
    page.send(Pause(), "pause", "Pause")
    page.send(Stop(), "stop", "Stop")
    assert page.share.button.label == f"Run {other.id}"
    assert f"open_tetris={other.id}" in page.links.wide.object


@pytest.mark.slow
def test_the_end_of_a_training_names_what_was_reached(hub):
    shared = new_run(hub, {**SMALL, "target_lines": 2})
    page = TetrisPage(hub, shared)
    page.send(Start(), "start", "Start")
    until(shared, lambda: page.refresher.refresh(shared) or page.reached.object)
    assert "Target of 2 lines reached by the player of generation" in page.reached.object
    assert "mean of 2 evaluation games with its 95% interval" in page.reached.object
    page.send(Reset(), "reset", "Reset")
    page.refresher.refresh(page.find())
    assert not page.reached.visible
