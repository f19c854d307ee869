"""From a run to its comparison."""

from urllib.parse import parse_qsl

import pytest

from dashboards.pages.plan_address import plan_of
from dashboards.pages.training.compare_link import compare_links, rival_plan
from gridworld.agents import AGENTS
from gridworld.training.settings import Settings


@pytest.mark.parametrize("agent", AGENTS)
def test_every_agent_has_a_rival_with_the_same_numbers(agent):
    numbers = {"step_size": 0.3} if "step_size" in AGENTS[agent].hyperparameters() else {}
    plan = rival_plan(Settings("cliff", agent, {"slip": 0.1}, numbers, seed=7, episodes=0))
    assert plan.worlds == ("cliff?slip=0.1",)
    assert (plan.first_seed, plan.episodes) == (7, 500)
    assert plan.contestants[0].agent == agent
    assert plan.contestants[1].agent != agent
    assert all(one.hyperparameters == numbers for one in plan.contestants)


def test_the_link_carries_the_plan():
    settings = Settings("cliff", "sarsa")
    compare, twin = (
        dict(parse_qsl(part.split('"')[0].replace("&amp;", "&")))
        for part in compare_links(settings, "abcd").split('href="?')[1:]
    )
    assert plan_of(compare["plan"]) == plan_of(twin["plan"]) == rival_plan(settings)
    assert twin["twin"] == "abcd"


def test_a_world_that_cannot_be_named_is_a_sentence():
    assert "world of your own" in compare_links(Settings("S.\n.G", options={"slip": 0.5}), "abcd")
