"""A player made by hand: sliders that change a game while it lasts, and a player that can be saved."""

import json

import pytest

from dashboards.pages.tetris.by_hand import BY_HAND
from dashboards.pages.tetris.page import HAND_TAB, TetrisPage
from dashboards.pages.tetris.runs import new_run
from dashboards.pages.tetris.settings import default_settings
from dashboards.serving.plugin import describe
from gridworld.runs.commands import Step
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.saved import Players
from support.hubs import make_hub


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setenv("GRIDWORLD_TETRIS", str(tmp_path))
    hub = make_hub()
    return TetrisPage(hub, new_run(hub, default_settings()))


def test_a_slider_changes_the_game_that_is_played(page):
    page.demo.choice.value = BY_HAND
    page.demo._press(Step(5), "", "")
    shared = page.demo.shared
    shared.work(60.0, 0.0)
    assert shared.settings["weights"] == BUILT_IN["dt10"].weights
    page.hand.weights.weight_0 = 4.0
    shared.work(0.0, 0.0)
    assert shared.settings["weights"] == (4.0, *BUILT_IN["dt10"].weights[1:])
    assert shared.frame.step == 5, "the game goes on"
    assert json.loads(json.dumps(describe(shared)))["settings"]["weights"][0] == 4.0, "the server reports on it"
    page.demo.choice.value = "bcts"
    page.hand.weights.weight_0 = 5.0
    shared.work(0.0, 0.0)
    assert shared.settings["weights"] == BUILT_IN["bcts"].weights, "another player is left alone"


def test_it_begins_from_any_player_and_can_be_saved(page, tmp_path):
    assert page.hand._sliders.objects == [], "they take time, and are made when they are looked for"
    page._lower.active = HAND_TAB
    assert len(page.hand._sliders.objects) == 9
    page.hand.base.value = "bcts"
    assert len(page.hand._sliders.objects) == 8
    page.hand.weights.weight_7 = -30.0
    made = page.make_player(BY_HAND, "mine")
    assert (made.name, made.method) == ("mine", "by hand")
    assert made.weights == (*BUILT_IN["bcts"].weights[:7], -30.0)
    Players(tmp_path / "players").save(made)
    page.players.look()
    assert "mine" in page.hand.base.options
