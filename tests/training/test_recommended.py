"""Recommended numbers belong to worlds that exist, and every agent can take its share of them."""

import pytest

from gridworld.agents import AGENTS, agent_class
from gridworld.training.recommended import recommended_headline, recommended_hyperparameters
from gridworld.worlds.problem import load_problem
from gridworld.worlds.recommended import RECOMMENDED


@pytest.mark.parametrize("world", RECOMMENDED)
def test_every_agent_takes_what_is_recommended(world):
    load_problem(world)
    for agent in AGENTS:
        agent_class(agent).create(recommended_hyperparameters(world, agent))
    taken = {name for agent in AGENTS for name in recommended_hyperparameters(world, agent)}
    assert taken == set(RECOMMENDED[world])


def test_an_agent_takes_only_what_it_has():
    assert recommended_hyperparameters("blocking_maze", "dyna_q_plus")["planning_steps"] == 50
    assert "planning_steps" not in recommended_hyperparameters("blocking_maze", "q_learning")
    assert recommended_hyperparameters("cliff", "random") == {}
    assert recommended_hyperparameters("CliffWalking-v1?is_slippery=true", "sarsa")["step_size"] == 0.5


@pytest.mark.parametrize("world", ["easy", "title: mine\n\nS.G", "nowhere"])
def test_nothing_is_recommended_elsewhere(world):
    assert recommended_hyperparameters(world, "q_learning") == {}


@pytest.mark.parametrize(
    ("world", "headline"),
    [
        ("dyna_maze", "steps"),
        ("blocking_maze", "steps"),
        ("title: mine\n\nS.G", "return"),  # each step costs
        ("title: mine\nstep reward: 0\n\nS.G", "steps"),
        ("title: mine\nstep reward: 0\n\nPSG", "return"),  # a pit
        ("cliff", "return"),
        ("FrozenLake-v1", "return"),
        ("Blackjack-v1", "return"),
    ],
)
def test_steps_are_the_headline_where_all_returns_are_alike(world, headline):
    assert recommended_headline(load_problem(world)) == headline
