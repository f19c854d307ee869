"""What the page writes of a drag of a slider and of a run that has come to its end."""

import pytest

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Pace, Start
from gridworld.runs.frame import Status
from gridworld.training.settings import Settings
from support.hubs import make_hub


@pytest.fixture
def page():
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1, episodes=1)))


def test_a_drag_is_one_event_and_its_last_value_is_in_force(page):
    for value in (0.3, 0.4, 0.5):
        page.controls.agent.step_size = value
    assert [event.code for event in page.find().journal.events] == ["settings"]
    assert page.find().settings.hyperparameters == {"step_size": 0.5}


def test_a_finished_run_is_followed_by_what_can_be_done_next(page):
    assert not page.end.visible
    page.ask(Pace(None, 1), "speed", "Speed")
    page.ask(Start(), "start", "Start")
    shared = page.find()
    for _ in range(100):
        shared.work(1.0, 0.0)
    page.refresher.refresh(shared)
    assert shared.status is Status.FINISHED
    assert page.end.visible
    assert "Raise the number of episodes to go on, or press Reset to begin again." in page.end.object
