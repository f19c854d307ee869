"""Published results of the agents, and what independent programs computed for the same settings.

S&B is Sutton & Barto, Reinforcement Learning, 2nd edition (2018). Statistical values hold within 4 standard errors of
the runs made here, and half a unit of the last digit they are given to.
"""

import numpy as np
import pytest

from gridworld.agents import AGENTS, ValueAgent
from gridworld.training.recommended import recommended_hyperparameters
from gridworld.training.session import TrainingSession

BOOK = {"epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}
MAZE = {"epsilon": 0.1, "epsilon_schedule": "constant", "discount": 0.95, "step_size": 0.1}


def histories(world, agent, runs, episodes, **hyperparameters):
    """The columns of each run's history, one row an episode."""
    for seed in range(runs):
        session = TrainingSession(world=world, agent=agent, seed=seed, episodes=episodes, **hyperparameters)
        session.tick(10_000_000)
        assert session.finished
        yield session.history.since()


def assert_mean(samples, target, digit=0.1):
    """The mean of the samples is the target, given to a digit."""
    samples = np.array(samples)
    error = samples.std(ddof=1) / np.sqrt(len(samples))
    assert abs(samples.mean() - target) <= 4 * error + digit / 2, f"{samples.mean():.3f} +- {error:.3f}, not {target}"


def greedy_path(session, longest=100):
    """How many steps the greedy policy takes from the start, in a world without chance; `longest` if it doesn't end."""
    model, s = session.problem.phases[0][1], session.problem.likely_start
    for length in range(1, longest):
        a = session.tables.Q[s].argmax()
        if model.ending[s, a, 0]:
            return length
        s = model.successor[s, a, 0]
    return longest


@pytest.mark.parametrize(("agent", "value"), [("sarsa", -27.2), ("q_learning", -50.2), ("expected_sarsa", -20.8)])
def test_online_return_on_the_cliff(agent, value):
    """S&B, Example 6.6: the mean return of episodes 401 to 500."""
    runs = histories("cliff", agent, 200, 500, step_size=0.5, **BOOK)
    assert_mean([run["return"][400:].mean() for run in runs], value)


@pytest.mark.parametrize(("agent", "value"), [("sarsa", -139.4), ("q_learning", -150.1), ("expected_sarsa", -134.0)])
def test_interim_return_on_the_cliff(agent, value):
    """S&B, Figure 6.3: the mean return of the first 100 episodes."""
    assert_mean([run["return"].mean() for run in histories("cliff", agent, 200, 100, step_size=0.1, **BOOK)], value)


def test_paths_along_the_cliff():
    """Q-learning walks the edge in 13 steps; Sarsa keeps away from it, most often in 17."""
    lengths = {}
    for agent in ("q_learning", "sarsa"):
        sessions = [
            TrainingSession(world="cliff", agent=agent, seed=seed, episodes=500, step_size=0.5, **BOOK)
            for seed in range(200)
        ]
        for session in sessions:
            session.tick(10_000_000)
        lengths[agent] = np.array([greedy_path(session) for session in sessions])
    assert set(lengths["q_learning"]) == {13}
    assert 13 not in lengths["sarsa"]
    assert_mean(lengths["sarsa"] == 17, 0.76, digit=0.01)


@pytest.mark.parametrize(("agent", "value"), [("sarsa", 21.8), ("q_learning", 17.5)])
def test_the_windy_world_after_eight_thousand_steps(agent, value):
    """S&B, Example 6.5: Sarsa has ended 160 episodes by step 8,000, and the next 100 are not 17 steps but 21.8."""
    counts, lengths = [], []
    for seed in range(200):
        session = TrainingSession(world="windy", agent=agent, seed=seed, episodes=0, step_size=0.5, **BOOK)
        session.tick(8_000)
        counts.append(session.episode)
        session.tick_episodes(max(0, 260 - session.episode))
        lengths.append(session.history.since()["length"][160:260].mean())
    assert_mean(lengths, value)
    if agent == "sarsa":
        assert_mean(counts, 160, digit=1)
        assert np.mean((np.array(counts) >= 139) & (np.array(counts) <= 177)) == pytest.approx(0.95, abs=0.06)


@pytest.mark.slow
@pytest.mark.parametrize(("planning_steps", "episode", "value"), [(0, 25, 24.7), (5, 6, 19.2), (50, 3, 17.6)])
def test_steps_through_the_dyna_maze(planning_steps, episode, value):
    """S&B, Example 8.1 and Figure 8.2."""
    runs = histories("dyna_maze", "dyna_q", 200, episode, planning_steps=planning_steps, **MAZE)
    assert_mean([run["length"][-1] for run in runs], value)


def test_the_first_episode_in_the_maze_is_the_same_however_much_is_planned():
    """S&B, Example 8.1: before the first reward there is nothing to plan with."""
    first = [
        [run["length"][0] for run in histories("dyna_maze", "dyna_q", 10, 1, planning_steps=n, **MAZE)]
        for n in (0, 5, 50)
    ]
    assert first[0] == first[1] == first[2]
    assert len(set(first[0])) > 1


@pytest.mark.slow
@pytest.mark.parametrize(("world", "steps"), [("blocking_maze", 3_000), ("shortcut_maze", 6_000)])
def test_dyna_q_plus_ends_ahead_where_the_maze_changes(world, steps):
    """S&B, Figures 8.4 and 8.5: the reward so far is the number of episodes ended. With the
    numbers recommended for the world: n = 50, α = 1."""
    lead = []
    for seed in range(20):
        ended = []
        for agent in ("dyna_q_plus", "dyna_q"):
            numbers = recommended_hyperparameters(world, agent)
            session = TrainingSession(world=world, agent=agent, seed=seed, episodes=0, **numbers)
            session.tick(steps)
            ended.append(session.episode)
        lead.append(ended[0] - ended[1])
    assert np.mean(lead) > 4 * np.std(lead, ddof=1) / np.sqrt(len(lead))


def share_of_left(agent, runs=300, episodes=40):
    """float64 [episodes]: in how many runs each episode went left, which is to say took two steps."""
    numbers = recommended_hyperparameters("GridWorld/MaximizationBias-v0", agent)
    all_runs = histories("GridWorld/MaximizationBias-v0", agent, runs, episodes, **numbers)
    return np.mean([run["length"] == 2 for run in all_runs], axis=0)


@pytest.mark.slow
def test_q_learning_falls_for_maximization_bias():
    """S&B, Example 6.7: near episode 19 it goes left in 94% of the runs, where 5% would be best."""
    left = share_of_left("q_learning")
    error = np.sqrt(0.94 * 0.06 / 300)
    assert left[18] == pytest.approx(0.94, abs=4 * error + 0.005)
    assert left.max() <= 0.94 + 4 * error
    assert left[0] == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / 300))


@pytest.mark.slow
def test_double_q_learning_does_not():
    """S&B, Example 6.7: never above 52%, and on its way to 5%."""
    left = share_of_left("double_q_learning")
    assert left.max() <= 0.52 + 4 * np.sqrt(0.25 / 300)
    assert left[30:].mean() < 0.25


@pytest.mark.parametrize(("world", "shortest"), [("cliff", 13), ("windy", 15), ("dyna_maze", 14)])
@pytest.mark.parametrize("agent", ["q_learning", "double_q_learning", "q_lambda", "dyna_q", "prioritized_sweeping"])
def test_agents_that_learn_of_the_best_policy_find_the_shortest_path(world, shortest, agent):
    """S&B, Examples 6.5, 6.6 and 8.1."""
    settings = {**MAZE, "epsilon": 0.3, "step_size": 0.5, "discount": 0.99}
    session = TrainingSession(world=world, agent=agent, seed=1, episodes=0, **settings)
    session.tick(200_000)
    assert greedy_path(session) == shortest


@pytest.mark.parametrize("agent", [agent.id for agent in AGENTS.values() if issubclass(agent, ValueAgent)])
def test_every_agent_learns_a_small_world_as_it_comes(agent):
    session = TrainingSession(world="easy", agent=agent, seed=1, episodes=500)
    session.tick(1_000_000)
    assert greedy_path(session) == 8
    assert session.history.since()["mean_return"][-1] > 0.85
