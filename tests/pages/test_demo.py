"""The demos of the library and of the Tetris page, without a browser: both are driven by the same buttons."""

from __future__ import annotations

import pytest

from dashboards.hub.hub import Hub
from dashboards.pages.demo import GONE, Demo
from dashboards.pages.library.demo import PolicyDemo
from dashboards.pages.tetris.demo import GameDemo
from dashboards.style.theme import tokens
from gridworld.runs.frame import Status
from gridworld.tetris.players.saved import Player
from gridworld.training.session import TrainingSession
from support.clock import Clock
from support.hubs import make_hub

COLOURS = tokens(dark=False)
WEIGHTS = (-12.63, 6.60, -9.22, -19.77, -13.08, -10.49, -1.61, -24.04)


def play_policy(hub: Hub) -> Demo:
    demo = PolicyDemo(hub, COLOURS)
    demo.watch("a run", TrainingSession(world="easy"))
    return demo


def play_game(hub: Hub) -> Demo:
    demo = GameDemo(hub, COLOURS, lambda name: Player("p", WEIGHTS))
    demo.watch("Present player")
    return demo


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock) -> Hub:
    return make_hub(clock)


@pytest.fixture(params=[play_policy, play_game])
def demo(request, hub) -> Demo:
    return request.param(hub)


def press(demo: Demo, label: str) -> None:
    demo.buttons[label].clicks += 1
    demo.show()


def advance(demo: Demo, clock: Clock) -> None:
    """Let the steps of five seconds be done, a look at a time."""
    for _ in range(50):
        clock.now += 0.1
        demo._refresher.tick()


def shown(demo: Demo) -> set[str]:
    """Return the buttons that can be pressed."""
    return {label for label, button in demo.buttons.items() if button.visible and not button.disabled}


def test_a_demo_measures_whether_the_browser_keeps_up_with_it(demo, clock):
    probes = [model for model in demo.panel.get_root().references() if model.name == "probe"]
    assert len(probes) == 1, "it is part of the page"
    before = probes[0].start
    advance(demo, clock)
    assert probes[0].start > before


def test_before_anything_is_chosen_a_policy_can_not_be_played_and_a_player_can(hub):
    assert shown(PolicyDemo(hub, COLOURS)) == set()
    assert shown(GameDemo(hub, COLOURS, lambda name: Player("p", WEIGHTS))) == {"Start demo", "Step demo"}


def test_it_plays_pauses_steps_and_begins_again(demo, clock):
    advance(demo, clock)
    assert demo.shared.status is Status.RUNNING
    assert shown(demo) == {"Pause demo", "Replay demo"}
    press(demo, "Pause demo")
    steps = demo.shared.frame.step
    assert steps > 3
    assert shown(demo) == {"Resume demo", "Step demo", "Replay demo"}
    press(demo, "Step demo")
    advance(demo, clock)
    assert demo.shared.frame.step == steps + 1
    press(demo, "Replay demo")
    assert demo.shared.frame.step <= 1
    assert demo.shared.status is Status.RUNNING


def test_the_board_shows_what_the_saved_run_has_learned(hub, clock):
    session = TrainingSession(world="easy", episodes=100)
    session.advance_episodes(100)
    demo = PolicyDemo(hub, COLOURS)
    demo.watch("a run", session)
    advance(demo, clock)
    assert set(demo._board.drawing.cells.data["number"]) != {""}
    assert not demo._states.panel.visible


def test_a_game_in_progress_begins_again_at_once(demo, clock):
    advance(demo, clock)
    press(demo, "Replay demo")
    assert demo.shared.status is Status.RUNNING
    assert demo.shared.frame.step <= 1


def test_another_speed_is_followed(demo, clock):
    demo.speed.value = 1.0
    before = demo.shared.frame.step
    advance(demo, clock)
    assert demo.shared.frame.step - before <= 6


def test_a_failure_is_shown_with_its_reason(demo, clock):
    demo.shared.run._advance = lambda *args: 1 / 0
    advance(demo, clock)
    assert "The demo failed: ZeroDivisionError" in demo.summary.object
    assert shown(demo) == {"Replay demo"}


def test_one_that_was_idle_for_long_ends_with_a_message(demo, hub):
    hub.runs.drop(demo.shared.id)
    demo._refresher.tick()
    assert GONE in demo.summary.object
    assert demo.shared is None
