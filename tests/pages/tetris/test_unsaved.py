"""A training that can't be saved when it is stopped stays in memory, and the page offers what can be done about it."""

import shutil

import pytest

from dashboards.hub.hub import Limits
from dashboards.pages.tetris.page import TetrisPage
from dashboards.pages.tetris.runs import new_run
from dashboards.pages.tetris.settings import default_settings
from gridworld.runs.commands import Start, Stop
from gridworld.runs.frame import Status
from gridworld.tetris.search.storage import latest_checkpoint, run_folder
from support.browser import wait_for
from support.hubs import make_hub

SMALL = {**default_settings(), "population": 10, "evaluations": 2, "width": 6, "height": 6, "threads": 1}


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_TETRIS", str(tmp_path))
    hub = make_hub(limits=Limits(workers=2))
    yield hub
    for run_id in hub.runs.ids():
        hub.runs.drop(run_id)


@pytest.mark.slow
def test_stop_on_a_full_disk_keeps_the_training_and_offers_to_save_again(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    again = page.unsaved.panel.objects[0]
    assert not page.unsaved.panel.visible

    def until(condition) -> None:
        wait_for(lambda: shared.work(0.0, 0.0) or page.refresher.refresh(shared) or condition(), 60)

    page.send(Start(), "start", "Start")
    until(lambda: shared.frame.step > 1000)
    folder = run_folder(shared.id)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("what stands here leaves no room for a folder")
    page.send(Stop(), "stop", "Stop")
    until(lambda: page.unsaved.panel.visible)
    assert (shared.status, page.chip.panel.object.count("Paused")) == (Status.PAUSED, 1)
    assert "would be lost, so it is kept in memory" in page.failure.alert.object
    assert "While the run goes on" not in page.failure.alert.object
    step = shared.frame.step
    folder.unlink()
    again.clicks += 1
    until(lambda: shared.frame.pid is None)
    assert (shared.frame.step, shared.frame.error) == (step, None)
    assert latest_checkpoint(shared.id) is not None
    assert not page.unsaved.panel.visible
    assert not page.failure.alert.visible


@pytest.mark.slow
def test_a_training_that_cannot_be_saved_can_be_ended_without(hub):
    shared = new_run(hub, SMALL)
    page = TetrisPage(hub, shared)
    run_folder(shared.id).parent.mkdir(exist_ok=True)
    run_folder(shared.id).write_text("no room for a folder")

    def until(condition) -> None:
        wait_for(lambda: shared.work(0.0, 0.0) or page.refresher.refresh(shared) or condition(), 60)

    page.send(Start(), "start", "Start")
    until(lambda: shared.frame.step > 1000)
    page.send(Stop(), "stop", "Stop")
    until(lambda: page.unsaved.panel.visible)
    page.unsaved.panel.objects[1].clicks += 1
    until(lambda: shared.frame.pid is None)
    assert "is lost" in shared.frame.error
