"""What another training replaced is offered until the new one begins, and can be had back."""

import pytest

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Reset, Step
from gridworld.training.settings import Settings
from support.hubs import make_hub

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, by Bokeh


@pytest.fixture
def page():
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))


@pytest.mark.parametrize("replaced", [Reset(), Reset(Settings(world="cliff")), Reset(Settings(agent="sarsa"))])
def test_a_replaced_training_is_offered_and_comes_back(page, replaced):
    assert not page.undo.panel.visible
    page.ask(Step(40), "step", "Step")
    page.find().work(1.0, 0.0)
    page.ask(replaced, "reset", "Reset")
    page.refresher.refresh(page.find())
    assert page.undo.panel.visible
    page.undo.undo.clicks += 1
    page.refresher.refresh(page.find())
    shared = page.find()
    assert (shared.settings.world, shared.frame.step) == ("easy", 40)
    assert not page.undo.panel.visible


def test_it_is_offered_until_the_new_training_begins(page):
    for command in (Step(40), Reset(), Step(1)):
        page.ask(command, "sent", "Sent")
        page.find().work(1.0, 0.0)
    page.refresher.refresh(page.find())
    assert not page.undo.panel.visible
