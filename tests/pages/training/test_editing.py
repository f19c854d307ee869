"""What the editor of a page shows while its run goes on."""

from __future__ import annotations

from dashboards.pages.training.page import TrainingPage
from gridworld.runs.commands import Step
from gridworld.training.settings import Settings
from gridworld.worlds.edit import add_row
from support.hubs import make_hub


def test_a_world_that_the_run_refuses_stays_in_the_editor_while_the_run_goes_on():
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))
    page.ask(Step(40), "step", "Step")
    page.find().work(1.0, 0.0)
    page.editing.toggle()
    page.editing.editor.attempt(lambda draft: add_row(draft, 5))
    assert page.editing._again.visible, "a world of another size needs a new run"
    page.ask(Step(40), "step", "Step")
    page.find().work(1.0, 0.0)
    page.refresher.refresh(page.find())
    assert page.editing.editor.draft.rows == 6
    assert page.editing._again.visible
