"""What another training replaced is offered until the new one begins, and can be restored."""

import pytest

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Reset, Step
from gridworld.training.settings import Settings
from support.hubs import make_hub


@pytest.fixture
def page():
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))


@pytest.mark.parametrize("replaced", [Reset(), Reset(Settings(world="cliff")), Reset(Settings(agent="sarsa"))])
def test_a_replaced_training_is_offered_and_comes_back(page, replaced):
    assert not page.former.offer.visible
    page.ask(Step(40), "step", "Step")
    page.find().work(1.0, 0.0)
    page.ask(replaced, "reset", "Reset")
    page.refresher.refresh(page.find())
    assert page.former.offer.visible
    page.former.undo.clicks += 1
    page.refresher.refresh(page.find())
    shared = page.find()
    assert (shared.settings.world, shared.frame.step) == ("easy", 40)
    assert not page.former.offer.visible


def test_it_is_offered_until_the_new_training_begins(page):
    for command in (Step(40), Reset(), Step(1)):
        page.ask(command, "sent", "Sent")
        page.find().work(1.0, 0.0)
    page.refresher.refresh(page.find())
    assert not page.former.offer.visible


def test_a_press_of_undo_that_comes_late_takes_the_new_training_back_as_well(page):
    for command in (Step(40), Reset(Settings(world="cliff")), Step(7)):
        page.ask(command, "sent", "Sent")
        page.find().work(1.0, 0.0)
    page.former.undo.clicks += 1
    assert (page.find().settings.world, page.find().frame.step) == ("easy", 40)
    page.former.undo.clicks += 1
    assert (page.find().settings.world, page.find().frame.step) == ("cliff", 7), "nothing was thrown away"


def test_those_from_before_can_be_opened_when_the_present_training_has_begun(page):
    opened = []
    page.go_to = opened.append
    for command in (Step(40), Reset(Settings(world="cliff")), Step(7), Reset(), Step(3)):
        page.ask(command, "sent", "Sent")
        page.find().work(1.0, 0.0)
    page.refresher.refresh(page.find())
    assert page.former.list.visible
    worlds = [name.partition(",")[0] for name in page.former.choice.options]
    assert worlds == ["1. Cliff walking 4 × 12", "2. Easy 5 × 5"]
    page.former.choice.value = page.former.choice.values[1]
    page.former.open.clicks += 1
    (other,) = opened
    assert (other.settings.world, other.frame.step, page.find().frame.step) == ("easy", 40, 3)
    page.refresher.refresh(page.find())
    assert len(page.former.choice.options) == 1


def test_undo_without_anything_to_go_back_to_is_a_sentence(page):
    page.former.undo.clicks += 1
    assert page.failure.refusal == "There is no earlier training of this run to go back to."
