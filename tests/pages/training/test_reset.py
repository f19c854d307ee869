"""Reset on the grid world's page: nothing of the life before is left to be seen, whether a new picture came or not."""

import pytest
from bokeh.models import ColumnDataSource

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Reset, Step
from gridworld.runs.frame import Frame, Status
from gridworld.training.settings import Settings
from support.hubs import make_hub

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, by Bokeh


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
