"""Published and computed results through `compare`, as someone would look them up with it.

S&B is Sutton & Barto, Reinforcement Learning, 2nd edition (2018). Values hold within 4 standard errors of the runs made
here, and half a unit of the last digit they are given to. Where a curve has a point an episode it is looked at there.
"""

import numpy as np
import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.training.recommended import recommended_hyperparameters

pytestmark = pytest.mark.slow
BOOK = {"epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}
MAZE = {"epsilon": 0.1, "epsilon_schedule": "constant", "discount": 0.95, "step_size": 0.1}
CLIFF = {
    ("last_return", 0.5, 500): {"sarsa": -27.2, "q_learning": -50.2, "expected_sarsa": -20.8},
    ("first_return", 0.1, 100): {"sarsa": -139.4, "q_learning": -150.1, "expected_sarsa": -134.0},
}


def assert_mean(samples, value, digit=0.1):
    """The mean of the samples is the value, given to a digit."""
    samples = np.asarray(samples, float)
    error = samples.std(ddof=1) / np.sqrt(len(samples))
    assert abs(samples.mean() - value) <= 4 * error + digit / 2, f"{samples.mean():.3f} ± {error:.3f}, not {value}"


@pytest.mark.parametrize(("metric", "step_size", "episodes"), CLIFF)
def test_returns_on_the_cliff(metric, step_size, episodes):
    """S&B, Example 6.6 and Figure 6.3."""
    values = CLIFF[metric, step_size, episodes]
    found = compare("cliff", values, runs=3_000, episodes=episodes, metrics=[metric], step_size=step_size, **BOOK)
    for agent, value in values.items():
        assert_mean(found.values(agent), value)


def test_paths_along_the_cliff():
    """S&B, Example 6.6: the greedy path of Q-learning is the edge, 13 steps; Sarsa's never is, most often it has 17."""
    found = compare("cliff", ["sarsa", "q_learning"], runs=1_000, metrics=["greedy_return"], step_size=0.5, **BOOK)
    assert set(found.values("q_learning")) == {-13}
    assert -13 not in found.values("sarsa")
    assert_mean(found.values("sarsa") == -17, 0.76, digit=0.01)


def test_the_windy_world():
    """S&B, Example 6.5: Sarsa has ended 160 episodes by step 8,000, and the next 100 take 21.8 steps, not 17."""
    agents = ["sarsa", "q_learning"]
    found = compare("windy", agents, runs=1_000, episodes=260, points=260, metrics=["length"], step_size=0.5, **BOOK)
    lengths = found.runs("sarsa").lengths
    by_then = (lengths.cumsum(1) <= 8_000).sum(1)
    assert_mean(by_then, 160, digit=1)
    assert np.mean((by_then >= 139) & (by_then <= 177)) == pytest.approx(0.95, abs=0.03)
    assert_mean(lengths[:, 160:].mean(1), 21.8)
    assert_mean(found.runs("q_learning").lengths[:, 160:].mean(1), 17.5)


def test_steps_through_the_dyna_maze():
    """S&B, Example 8.1: the first episode is the same however much is planned, and planning saves the later ones."""
    spread = [Contestant("dyna_q", {**MAZE, "planning_steps": [0, 5, 50]})]
    found = compare(Plan(spread, ["dyna_maze"], runs=1_000, episodes=25, points=25, metrics=["length"]))
    lengths = {n: found.runs(f"dyna_q, planning_steps={n}").lengths for n in (0, 5, 50)}
    np.testing.assert_array_equal(lengths[0][:, 0], lengths[5][:, 0])
    np.testing.assert_array_equal(lengths[0][:, 0], lengths[50][:, 0])
    for n, episode, value in ((0, 25, 24.7), (5, 6, 19.2), (50, 3, 17.6)):
        assert_mean(lengths[n][:, episode - 1], value)


@pytest.mark.parametrize(("agent", "most", "digit"), [("q_learning", 0.94, 0.01), ("double_q_learning", 0.52, 0.01)])
def test_maximization_bias(agent, most, digit):
    """S&B, Example 6.7: an episode of two steps went left; Q-learning peaks near episode 19."""
    world = "GridWorld/MaximizationBias-v0"
    numbers = recommended_hyperparameters(world, agent)
    found = compare(world, [agent], runs=2_000, episodes=300, points=300, metrics=["length"], **numbers)
    left = (found.runs(agent).lengths == 2).mean(0)
    error = np.sqrt(most * (1 - most) / 2_000)
    assert left.max() <= most + 4 * error + digit / 2
    if agent == "q_learning":
        assert left[18] == pytest.approx(most, abs=4 * error + digit / 2)


@pytest.mark.parametrize(("world", "steps"), [("blocking_maze", 3_000), ("shortcut_maze", 6_000)])
def test_dyna_q_plus_ends_ahead_where_the_maze_changes(world, steps):
    """S&B, Figures 8.4 and 8.5: in as many steps it ends more episodes, so its episodes are shorter."""
    agents = ("dyna_q", "dyna_q_plus")
    plan = [Contestant(agent, recommended_hyperparameters(world, agent)) for agent in agents]
    found = compare(Plan(plan, [world], runs=200, episodes=0, steps=steps, metrics=["length"]))
    assert found.difference("dyna_q_plus", "dyna_q").high < 0
    assert found.decision().best == "dyna_q_plus"
