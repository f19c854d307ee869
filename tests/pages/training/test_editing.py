"""What the editor of a page shows while its run goes on."""

from __future__ import annotations

import numpy as np

from dashboards.pages.training.editing.words import numbers_text
from dashboards.pages.training.page import TrainingPage
from gridworld.insight.appraisal import appraise
from gridworld.runs.commands import Step
from gridworld.training.settings import Settings
from gridworld.worlds.edit import add_row, paint
from gridworld.worlds.symbols import SYMBOLS
from gridworld.worlds.text import parse_draft
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


def test_what_is_said_of_the_episode_that_goes_on_is_taken_back_when_it_has_ended():
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))
    while (state := page.find().session.scene().state) == 0:
        page.ask(Step(1), "step", "Step")
        page.find().work(1.0, 0.0)
    page.editing.toggle()
    page.editing.editor.attempt(lambda draft: paint(draft, [divmod(state, 5)], SYMBOLS["#"]))
    assert "a cell that becomes a wall" in page.editing.editor._report.object
    for _ in range(2):  # the second one is on the new map
        page.ask(Step(0, 1), "episode", "Step episode")
        page.find().work(1.0, 0.0)
        page.refresher.refresh(page.find())
    assert "Optimum" in page.editing.editor._report.object
    assert "next episode" not in page.editing.editor._report.object


def test_a_world_that_is_kept_is_in_the_list_of_worlds_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_WORLDS", str(tmp_path))
    hub = make_hub()
    page = TrainingPage(hub, hub.runs.create(Settings(world="easy", seed=1)))
    page.editing.toggle()
    page.editing.editor.type("title: Long way\nstep reward: -1\n\nS..G\n")
    page.refresher.refresh(page.find())
    files = page.editing.editor._made["Files"]
    files[3][0].value = "corridor"
    files[3][1].clicks += 1
    assert "corridor – Long way" in page.controls.world.list.groups["My worlds"]
    assert page.controls.world.list.value == page.find().settings.world


def test_a_world_without_an_end_and_a_policy_that_finds_none_are_said_in_words():
    endless = numbers_text(appraise(parse_draft("S..\n...\n"), discount=0.9))
    assert endless.startswith("v* of the start")
    assert "Nothing on the map ends an episode" in endless
    left = np.zeros((3, 4))
    left[:, 3] = 1.0
    lost = numbers_text(appraise(parse_draft("S.G\n"), left, discount=0.9))
    assert "never end" in lost
    assert "–" not in lost
