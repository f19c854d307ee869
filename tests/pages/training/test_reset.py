"""Reset on the grid world's page: nothing of the life before is left to be seen, whether a new picture came or not."""

from types import SimpleNamespace

import gymnasium as gym
import pytest
from bokeh.models import ColumnDataSource

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Reset, Step
from gridworld.runs.frame import Frame, Status
from gridworld.training.settings import Settings
from support.hubs import make_hub


def drawn(page: TrainingPage) -> list:
    """What the board draws: the columns of all its sources."""
    figures = page.view["Board"].panel.select(lambda part: hasattr(getattr(part, "object", None), "select"))
    sources = [source for pane in figures for source in pane.object.select({"type": ColumnDataSource})]
    return [{name: list(map(str, column)) for name, column in source.data.items()} for source in sources]


@pytest.fixture
def page():
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))
    page.fresh = drawn(page), dict(page.view["Counters"].values)
    page.send(Step(40), "step", "Step")
    while page.find().frame.step < 40:  # the loop may have to be compiled first
        page.find().look(0.01)
    page.refresher.refresh(page.find())
    assert drawn(page) != page.fresh[0]
    assert page.view["Counters"].values["step"] != "0"
    return page


def test_a_reset_page_is_a_new_page(page):
    page.send(Reset(), "reset", "Reset")
    page.refresher.refresh(page.find())
    assert (drawn(page), page.view["Counters"].values) == page.fresh


def test_without_a_new_picture_everything_is_empty(page):
    shared = page.find()
    shared.journal.add(Frame(shared.frame.epoch + 1, Status.READY, 0, 0, settings=shared.settings))
    page.refresher.refresh(shared)
    left = drawn(page)
    page.view["Board"].begin(shared.settings.make_problem())
    assert left == drawn(page), "nothing was drawn since the board was emptied"
    assert {page.view["Counters"].values[name] for name in ("step", "episode", "speed")} == {"0"}


@pytest.fixture
def fragile():
    """An environment that raises while it is made, or at its first reset, once it is asked to."""
    asked = SimpleNamespace(place="", error=RuntimeError("The floor gave way."))

    class Fragile(gym.Env):
        observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)

        def __init__(self):
            if asked.place == "made":
                raise asked.error

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            if asked.place == "reset":
                raise asked.error
            return 0, {}

        def step(self, action):
            return 1, 0.0, True, False, {}

    gym.register("Fragile-v0", Fragile)
    yield asked
    del gym.registry["Fragile-v0"]


@pytest.mark.parametrize("place", ["made", "reset"])
@pytest.mark.parametrize("error", [RuntimeError("The floor gave way."), SystemExit("The floor gave way.")], ids=repr)
def test_an_environment_that_raises_at_a_reset_is_a_sentence_on_a_page_that_goes_on(place, error, fragile):
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world="Fragile-v0", seed=1)))
    fragile.place, fragile.error = place, error
    page.send(Reset(), "reset", "Reset")
    page.send(Step(3), "step", "Step")
    page.find().work(1.0, 0.0)
    assert "Fragile-v0" in page.find().frame.error
    assert "The floor gave way" in page.find().frame.error
    fragile.place = ""
    page.send(Reset(), "reset", "Reset")
    page.send(Step(3), "step", "Step")
    page.find().work(1.0, 0.0)
    assert (page.find().frame.error, page.find().frame.step) == (None, 3)
