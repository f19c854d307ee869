"""The page of the library, without a browser."""

from dashboards.pages.library.page import LibraryPage
from dashboards.pages.plan_address import plan_of
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.browser import wait_for
from support.hubs import make_hub


def test_it_shows_how_much_the_server_keeps():
    hub = make_hub()
    page = LibraryPage(hub, {})
    for runs in range(2):
        page.refresh()
        used = round(hub.memory.used / (1 << 20))
        assert f"This server keeps {runs} of at most 64 runs, in {used} of 512 MB." in page.in_use.object
        hub.runs.create(Settings(world="open_200"))
    assert round(hub.memory.used / (1 << 20)) > used


def test_a_run_is_compared_with_its_hyperparameters(monkeypatch):
    Library().save(TrainingSession(world="cliff", agent="sarsa", step_size=0.3), "to compare")
    opened = []
    monkeypatch.setattr("dashboards.pages.library.page.go_to", opened.append)
    page = LibraryPage(make_hub(), {})
    monkeypatch.setattr(type(page.table), "chosen", "to compare")
    page._compare()
    wait_for(lambda: opened, 30)
    one, rival = plan_of(opened[0]["plan"]).contestants
    assert (one.agent, one.hyperparameters["step_size"], rival.hyperparameters["step_size"]) == ("sarsa", 0.3, 0.3)
    Library().delete("to compare")
