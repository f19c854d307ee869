"""The page of a run whose environment does not answer: it is whole, and what can't be done is a sentence."""

import panel as pn
import pytest

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Pause, Step
from gridworld.runs.frame import Status
from gridworld.training.settings import Settings
from gridworld.training.slices import PATIENCE
from support.clock import Clock
from support.hubs import make_hub
from support.own_environments import RELEASE, own_environments


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(clock):
    with own_environments():
        yield make_hub(clock)


@pytest.fixture
def stuck(hub):
    """A run that waits for the third of five steps."""
    shared = hub.runs.create(Settings(world="Stuck-v0"))
    shared.send(Step(5), "step", "Step")
    work(shared, lambda: shared.session is None)
    return shared


def work(shared, is_done):
    """Let a run work until something is so, while the clock stands still."""
    while not is_done():
        shared.work(0.005, 0.0)


def test_other_runs_go_on_and_the_run_that_waits_fails_alone(hub, clock, stuck):
    other = hub.runs.create(Settings(world="easy", episodes=0))
    other.send(Step(100), "step", "Step")
    work(other, lambda: other.status is Status.PAUSED)
    assert (other.frame.step, stuck.status) == (100, Status.RUNNING)
    clock.now += PATIENCE
    stuck.look(0.005)
    assert stuck.status is Status.FAILED
    assert "After 2 steps Stuck-v0 has not answered for 20 s" in stuck.journal.events[-1].text


def test_its_page_opens_and_names_what_can_not_be_saved(hub, stuck):
    page = TrainingPage(hub, stuck)
    (save,) = page.view["Files"].panel.select(lambda part: getattr(part, "label", "") == "Save")
    save.clicks += 1
    texts = [part.object for part in page.view["Files"].panel.select(pn.pane.HTML)]
    assert any("has not answered" in text for text in texts)
    page.ask(Pause(), "pause", "Pause")
    page.refresher.refresh(stuck)
    assert stuck.status is Status.PAUSED
    RELEASE.set()
    work(stuck, lambda: stuck.session is not None)
    page.refresher.refresh(stuck)
    assert stuck.frame.step == 5


def test_it_is_neither_saved_nor_kept_as_a_keyframe_meanwhile(hub, clock, stuck):
    kept = len(stuck.keyframes)
    clock.now += 31.0
    hub.keep_house()
    assert len(stuck.keyframes) == kept
    assert hub.memory.used > 0
