"""Races: runs that step together, and where they part."""

from dataclasses import replace

import numpy as np
import pytest

from gridworld.experiments.race import Race, parting, partings, twins
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

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


def test_a_step_at_which_twins_part_is_one_of_the_run_and_not_of_the_fork():
    found = parting(*twins(BASE, {"step_size": 0.1}, 300), 5_000)
    assert found.values_step is not None
    assert found.way_step is not None
    assert found.way_step >= found.values_step > 300
    one, other = twins(BASE, {"step_size": 0.1}, 300)
    for session in one, other:
        session.advance(found.values_step - 1 - session.step)
    assert np.array_equal(one.tables.Q, other.tables.Q)
    for session in one, other:
        session.advance(1)
    assert not np.array_equal(one.tables.Q, other.tables.Q)
    assert found.compared == found.way_step - 300


def test_racers_step_together():
    race = Race([session("sarsa"), session("q_learning"), session("dyna_q")])
    race.advance(137)
    race.advance(63)
    assert [one.step for one in race.sessions] == [200, 200, 200]
    assert (race.step, race.finished) == (200, False)
    with pytest.raises(ValueError, match="two to four"):
        Race([session("sarsa")])


def test_the_first_run_is_compared_with_each_of_the_others():
    found = partings([session("dyna_q", planning_steps=n) for n in (0, 5, 0)], 5_000)
    assert found[0] == parting(session("dyna_q", planning_steps=0), session("dyna_q", planning_steps=5), 5_000)
    assert found[1].way_step is None


BASE = Settings("easy", "sarsa", hyperparameters={"step_size": 0.5, **GREEDY}, seed=5, episodes=0)


def test_a_twin_is_its_run_until_something_is_changed(assert_same):
    one, other = twins(BASE, {"step_size": 0.1}, 300)
    alone = TrainingSession(BASE)
    alone.advance(300)
    assert (one.step, other.step) == (300, 300)
    one.advance(500)
    alone.advance(500)
    assert_same(one, alone)
    other.advance(500)
    assert other.interventions[-1].changes == {"step_size": 0.1}
    assert not np.array_equal(one.tables.Q, other.tables.Q)


def test_a_twin_has_what_was_changed_in_its_run_before(assert_same):
    run = TrainingSession(BASE)
    run.advance_episodes(3)
    run.configure({"epsilon": 0.4})
    changed_at = run.step
    run.advance(400)
    run.configure({"epsilon": 0.0})
    one, other = twins(BASE, {"step_size": 0.1}, changed_at + 100, run.interventions)
    assert one.agent.epsilon == other.agent.epsilon == 0.4
    one.advance(run.step - one.step)
    assert_same(one, run)


def test_what_makes_no_twin_is_a_sentence():
    with pytest.raises(ValueError, match="after -1 steps; choose a number from 0 to 10,000,000"):
        twins(BASE, {"step_size": 0.1}, -1)
    with pytest.raises(ValueError, match=r"The run ends after .* steps; fork it earlier than after 1,000,000"):
        twins(replace(BASE, episodes=2), {"step_size": 0.1}, 1_000_000)
    with pytest.raises(ValueError, match="step_size"):
        twins(BASE, {"step_size": 7})
