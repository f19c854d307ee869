"""The environment of maximization bias: its specification holds."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from numpy.testing import assert_array_equal

from dashboards.controls.choices import world_groups
from gridworld.agents import AGENTS, ValueAgent
from gridworld.errors import CheckpointError, WorldError
from gridworld.storage.action_values import q_table_csv, q_table_npz, session_of
from gridworld.storage.checkpoint import freeze, thaw
from gridworld.training.session import TrainingSession
from gridworld.worlds.maximization_bias import END, A, B, MaximizationBias
from gridworld.worlds.problem import load_problem

ID = "GridWorld/MaximizationBias-v0"


def test_gymnasium_finds_nothing_to_complain_about():
    check_env(gym.make(ID).unwrapped, skip_render_check=True)


def test_right_ends_at_once_with_nothing():
    env = MaximizationBias()
    assert env.reset(seed=1) == (A, {})
    assert env.step(1) == (END, 0.0, True, False, {"success": True})


def test_left_leads_to_bets_that_lose_on_average():
    """20,000 bets: their mean lies within 4 / √20,000 = 0.028 of -0.1, their standard deviation within 0.02 of 1."""
    env, rewards = MaximizationBias(), []
    env.reset(seed=1)
    for bet in range(20_000):
        env.reset()
        assert env.step(0) == (B, 0.0, False, False, {})
        _, reward, terminated, _, info = env.step(bet % 10)
        assert terminated
        assert not info["success"]
        rewards.append(reward)
    assert np.mean(rewards) == pytest.approx(-0.1, abs=0.028)
    assert np.std(rewards) == pytest.approx(1, abs=0.02)


def test_more_actions_than_a_table_can_show_are_refused():
    with pytest.raises(WorldError, match="MaximizationBias-v0 has 1,001 actions; at most 1,000 fit in a table here"):
        load_problem(f"{ID}?bets=1001")


@pytest.mark.parametrize("bets", [0, 1])
def test_fewer_than_two_bets_are_refused(bets):
    with pytest.raises(ValueError, match=f"bets is {bets}; it must be at least 2"):
        MaximizationBias(bets)


def test_an_action_that_is_none_is_refused():
    env = MaximizationBias()
    env.reset(seed=1)
    with pytest.raises(ValueError, match="The action 10 is not one of 0 to 9"):
        env.step(10)


def test_an_action_that_only_b_has_changes_nothing_in_a():
    env = MaximizationBias()
    env.reset(seed=1)
    assert env.step(2) == (A, 0.0, False, False, {})
    assert env.step(0)[0] == B


def test_the_page_offers_it_and_its_problem_can_be_loaded():
    assert world_groups()["From the book"]["Maximization bias – noisy rewards"] == ID
    problem = load_problem(ID)
    assert (problem.n_states, problem.n_actions, problem.layouts, problem.step_limit) == (3, 10, (), None)
    assert "publishes no transition table" in problem.stepped_because


def test_a_has_two_actions_and_b_its_bets_by_name():
    problem = load_problem(ID)
    assert [problem.state_name(s) for s in (A, B, END)] == ["A", "B", "end"]
    assert problem.actions_of(A) == ("left", "right")
    assert problem.actions_of(B) == tuple(f"bet {i}" for i in range(1, 11))
    assert problem.actions_of(END) == ()
    assert problem.actions[:3] == ("left / bet 1", "right / bet 2", "bet 3")


EXPLORATIONS = [{"exploration": name} for name in ValueAgent.param.exploration.objects]


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_takes_an_action_that_a_state_does_not_have(agent):
    """The values of those that there are stay finite."""
    for exploration in EXPLORATIONS if issubclass(AGENTS[agent], ValueAgent) else [{}]:
        session = TrainingSession(world=ID, agent=agent, seed=1, episodes=300, compiled=False, **exploration)
        session.tick(1_000)
        assert session.finished
        missing, tables = session.problem.missing, session.tables
        assert np.isneginf(tables.Q[missing]).all(), exploration
        assert np.isfinite(tables.Q[~missing]).all(), exploration
        assert not tables.N[missing].any(), exploration
        assert (tables.N[A, :2] > 0).all(), exploration


@pytest.mark.parametrize("exploration", EXPLORATIONS)
@pytest.mark.slow
def test_the_actions_of_a_state_are_the_same_compiled(exploration):
    runs = [TrainingSession(world=ID, seed=1, episodes=300, compiled=it, **exploration) for it in (True, False)]
    for run in runs:
        run.tick(1_000)
    assert_array_equal(runs[0].tables.Q, runs[1].tables.Q)


@pytest.mark.slow
def test_a_saved_run_and_its_values_keep_the_actions_that_there_are():
    session = TrainingSession(world=ID, agent="double_q_learning", seed=1, episodes=200)
    session.tick(60)
    again = thaw(freeze(session))
    for run in (session, again):
        run.tick(1_000)
    assert_array_equal(session.tables.Q, again.tables.Q)
    for content in (q_table_npz(session), q_table_csv(session).encode()):
        begun = session_of(content, session.settings)
        assert_array_equal(begun.tables.Q, session.tables.Q)
        begun.tick(1_000)


def test_a_run_that_took_other_actions_is_refused():
    frozen = freeze(TrainingSession(world=ID, seed=1, episodes=200))
    frozen.arrays["table_Q"][A] = 0.0
    with pytest.raises(CheckpointError, match="has taken actions that states of"):
        thaw(frozen)


class Wrong(gym.Env):
    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)

    def __init__(self, names):
        self.state_actions = names

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}


@pytest.mark.usefixtures("registries")
@pytest.mark.parametrize(
    "names", [[], [["a", "b"]], [["a"], ["b"]], [["a", "b"], "c"], [["a", "b", "c"], []], [[1], []]]
)
def test_actions_of_states_that_do_not_fit_the_spaces_are_refused(names):
    gym.register("Wrong-v0", entry_point=lambda: Wrong(names))
    with pytest.raises(WorldError, match="The state_actions of Wrong-v0 don't fit its spaces; they are the names"):
        load_problem("Wrong-v0")


def test_a_session_steps_it():
    session = TrainingSession(world=ID, seed=1, episodes=50, options={"bets": 4})
    session.tick(1_000)
    assert session.finished
    assert session.tables.Q.shape == (3, 4)
    assert set(session.scene().recent[:, 1]) == {1, 2}


@pytest.mark.usefixtures("registries")
def test_an_environment_with_a_table_whose_states_differ_in_their_actions_is_stepped(monkeypatch):
    monkeypatch.setattr(Wrong, "P", {s: {a: [(1.0, 1, 0.0, True)] for a in (0, 1)} for s in (0, 1)}, raising=False)
    monkeypatch.setattr(Wrong, "initial_state_distrib", np.array([1.0, 0.0]), raising=False)
    gym.register("Wrong-v0", entry_point=lambda: Wrong([["a", "b"], ["a"]]))
    problem = load_problem("Wrong-v0")
    assert problem.phases == ()
    assert problem.stepped_because.startswith("its states have actions of their own")
