"""What another training replaced is offered until the new one begins, and can be restored."""

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


def test_a_press_of_undo_that_comes_late_takes_the_new_training_back_as_well(page):
    for command in (Step(40), Reset(Settings(world="cliff")), Step(7)):
        page.ask(command, "sent", "Sent")
        page.find().work(1.0, 0.0)
    page.undo.undo.clicks += 1
    assert (page.find().settings.world, page.find().frame.step) == ("easy", 40)
    page.undo.undo.clicks += 1
    assert (page.find().settings.world, page.find().frame.step) == ("cliff", 7), "nothing was thrown away"


def test_undo_without_anything_to_go_back_to_is_a_sentence(page):
    page.undo.undo.clicks += 1
    assert page.failure.refusal == "There is no earlier training of this run to go back to."
