"""One page shows one world after another, each with a run in between: map, panels, table, image, changing map."""

from __future__ import annotations

from functools import partial

import pytest

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Reset, Step
from gridworld.runs.frame import Status
from gridworld.training.settings import Settings
from support.browser import wait_for
from support.hubs import make_hub
from support.kinds_of_worlds import KINDS, every_ordered_pair


def walk(page: TrainingPage, world: str) -> None:
    """Choose a world as the form does, train in it, and show every stage of that."""
    page.ask(Reset(Settings(world=world, episodes=0)), "settings", "Another world")
    page.refresher.refresh(page.find())
    for steps in (30, 60):
        page.ask(Step(30), "step", "Step")
        wait_for(partial(rests_after, page.find(), steps), what=f"{steps} steps of {world}")
        page.refresher.refresh(page.find())


def rests_after(shared: SharedRun, steps: int) -> bool:
    """Poll a run, and return whether it has done so many steps and rests; a frame may show the last step before."""
    shared.work(1.0, 0.0)
    return shared.journal.frame.step == steps and shared.status is Status.PAUSED


@pytest.fixture
def page():
    hub = make_hub()
    return TrainingPage(hub, hub.runs.create(Settings(world="easy")))


@pytest.mark.slow
def test_each_kind_of_world_can_follow_each_other(page):
    for view in page.view.values():
        if hasattr(view, "active"):
            view.active = True
    for kind in every_ordered_pair():
        walk(page, KINDS[kind])
        has_map = kind != "table"
        shown = {title: page.view[title].panel.visible for title in ("Board", "States")}
        assert shown == {"Board": has_map, "States": not has_map}, kind
        assert page.find().journal.frame.step == 60, kind


@pytest.mark.parametrize("kind", ["map", "panels", "image", "changing map"])
def test_a_board_is_to_be_seen_before_it_gets_another_map(page, kind):
    walk(page, KINDS["table"])
    board, seen = page.view["Board"], []
    board.drawing.cells.on_change("data", lambda attribute, old, new: seen.append(board.panel.visible))
    walk(page, KINDS[kind])
    assert seen[0], "a browser would draw new data by the indices of the old as soon as it lays the board out"
