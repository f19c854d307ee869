"""The environment of maximization bias: its specification holds."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from dashboards.controls.choices import world_groups
from gridworld.training.session import TrainingSession
from gridworld.worlds.maximization_bias import END, A, B, MaximizationBias
from gridworld.worlds.problem import load_problem

ID = "GridWorld/MaximizationBias-v0"


def test_gymnasium_finds_nothing_to_complain_about():
    check_env(gym.make(ID).unwrapped, skip_render_check=True)


def test_right_ends_at_once_with_nothing():
    env = MaximizationBias()
    for action in range(5, 10):
        assert env.reset(seed=1) == (A, {})
        assert env.step(action) == (END, 0.0, True, False, {"success": True})


def test_left_leads_to_bets_that_lose_on_average():
    """20,000 bets: their mean lies within 4 / √20,000 = 0.028 of -0.1, their standard deviation within 0.02 of 1."""
    env, rewards = MaximizationBias(), []
    env.reset(seed=1)
    for bet in range(20_000):
        env.reset()
        assert env.step(bet % 5) == (B, 0.0, False, False, {})
        _, reward, terminated, _, info = env.step(bet % 10)
        assert terminated
        assert not info["success"]
        rewards.append(reward)
    assert np.mean(rewards) == pytest.approx(-0.1, abs=0.028)
    assert np.std(rewards) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("bets", [0, 1, 7])
def test_an_odd_number_of_bets_is_refused(bets):
    with pytest.raises(ValueError, match=f"bets is {bets}; it must be an even number"):
        MaximizationBias(bets)


def test_an_action_that_is_none_is_refused():
    env = MaximizationBias()
    env.reset(seed=1)
    with pytest.raises(ValueError, match="The action 10 is not one of 0 to 9"):
        env.step(10)


def test_the_page_offers_it_and_its_problem_can_be_loaded():
    assert world_groups()["From the book"]["Maximization bias"] == ID
    problem = load_problem(ID)
    assert (problem.n_states, problem.n_actions, problem.layouts, problem.step_limit) == (3, 10, (), None)
    assert "publishes no transition table" in problem.stepped_because


def test_a_session_steps_it():
    session = TrainingSession(world=ID, seed=1, episodes=50, options={"bets": 4})
    session.tick(1_000)
    assert session.finished
    assert session.tables.Q.shape == (3, 4)
    assert set(session.scene().recent[:, 1]) == {1, 2}
