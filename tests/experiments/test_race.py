"""Races: runs that step together, and where they part."""

import pytest

from gridworld.experiments.race import Race, parting
from gridworld.training.session import TrainingSession

GREEDY = {"epsilon": 0.1, "epsilon_schedule": "constant"}


def session(agent: str, **numbers) -> TrainingSession:
    return TrainingSession(
        world="dyna_maze", agent=agent, seed=3, episodes=0, **(GREEDY if agent != "random" else {}), **numbers
    )


def test_planning_changes_nothing_in_the_first_episode():
    """S&B, Example 8.1: the first episode is the same for all numbers of planning steps."""
    none, five = session("dyna_q", planning_steps=0), session("dyna_q", planning_steps=5)
    found = parting(none, five, 5_000)
    first = TrainingSession(none.settings)
    first.advance_episodes(1)
    assert found.way_step is not None
    assert found.way_step > first.step
    assert found.values_step is not None
    assert found.values_step <= found.way_step
    assert "They part at step" in found.sentence("n = 0", "n = 5")


def test_what_is_the_same_never_parts():
    found = parting(session("sarsa"), session("sarsa"), 300)
    assert (found.values_step, found.way_step, found.compared) == (None, None, 300)
    assert "same way for all 300 steps" in found.sentence("a", "b")


def test_the_choices_are_named():
    found = parting(session("sarsa", step_size=0.1), session("random"), 5_000)
    assert any(word in found.choices[0] for word in ("best", "explore"))


def test_racers_step_together():
    race = Race([session("sarsa"), session("q_learning"), session("dyna_q")])
    race.advance(137)
    race.advance(63)
    assert [one.step for one in race.sessions] == [200, 200, 200]
    assert (race.step, race.finished) == (200, False)
    with pytest.raises(ValueError, match="two to four"):
        Race([session("sarsa")])
