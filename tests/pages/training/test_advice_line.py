"""What stands out in a run is on its page, once, and can be dismissed."""

from dashboards.pages.training.page import TrainingPage
from gridworld.insight.glossary import GLOSSARY
from gridworld.runs.commands import Reset, Step
from gridworld.training.settings import Settings
from support.hubs import make_hub

GREEDY = {"epsilon": 0.0, "epsilon_end": 0.0}


def page_of(**hyperparameters):
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy", hyperparameters=hyperparameters)))


def after_steps(page, steps=5):
    goal = page.find().session.step + steps
    page.send(Step(steps), "stepped", "")
    while page.find().session.step < goal:
        page.find().work(0.05, 0)
    page.refresher.refresh(page.find())
    return page


def test_advice_is_shown_until_it_is_dismissed_and_again_when_the_run_begins_again():
    page = page_of(**GREEDY)
    assert not page.advice.panel.visible, "nothing has happened yet"
    after_steps(page)
    assert page.advice.panel.visible
    assert "ε is 0 and nothing else makes the agent explore" in page.advice.text.object
    assert "<summary" in page.advice.text.object
    assert f"Glossary: exploration</summary>{GLOSSARY['exploration']}." in page.advice.text.object
    page.advice.dismiss.param.trigger("clicks")
    after_steps(page)
    assert not page.advice.panel.visible
    page.ask(Reset(None), "reset", "")
    page.refresher.refresh(page.find())
    after_steps(page)
    assert page.advice.panel.visible


def test_a_run_in_which_nothing_stands_out_has_no_advice():
    assert not after_steps(page_of()).advice.panel.visible
