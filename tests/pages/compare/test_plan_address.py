"""Plans in addresses: what is written is read again, and what is too large is refused before it costs anything."""

import json
from dataclasses import replace

import pytest

from dashboards.pages.compare.ready import READY
from dashboards.pages.plan_address import LONGEST, plan_of, to_query, world_of
from gridworld.experiments.plan import Contestant, Plan
from gridworld.training.settings import Settings


@pytest.mark.parametrize("name", READY)
def test_an_address_gives_the_plan_again(name):
    query = to_query(READY[name].plan)
    assert query["page"] == "compare"
    assert plan_of(query["plan"]) == READY[name].plan


def test_a_spread_is_kept():
    spread = Contestant("sarsa", {"step_size": {"low": 0.1, "high": 1.0, "points": 10, "scale": "linear"}})
    plan = replace(READY["cliff"].plan, contestants=(spread,), runs=20)
    assert plan_of(to_query(plan)["plan"]) == plan


def test_a_whole_number_is_one_value_however_large():
    numbers = {"planning_steps": 100, "initial_value": 1}
    plan = replace(READY["cliff"].plan, contestants=(Contestant("dyna_q", numbers),))
    assert plan_of(to_query(plan)["plan"]) == plan


def written(**fields) -> str:
    return json.dumps({"contestants": [{"agent": "sarsa"}], "worlds": ["cliff"], **fields})


REFUSED = {
    "{": "JSON",
    "[" * 5_000: "JSON",
    "[]": "table of keys",
    "x" * (LONGEST + 1): f"{LONGEST:,}",
    written(rums=3): "rums",
    written(runs=5_001): "up to 5,000",
    written(runs="many"): "runs",
    written(episodes=20_001): "up to 20,000",
    written(episodes=0, steps=1_000_001): "up to 1,000,000",
    written(worlds=["cliff", "easy"]): "one world at a time",
    written(worlds=["no_such_world"]): "no_such_world",
    written(contestants=[{"agent": "sarsa", "label": str(n)} for n in range(9)]): "same contestant",
    written(contestants=[{"agent": "no_such_agent"}]): "no_such_agent",
    written(contestants=[{"agent": "sarsa", "hyperparameters": {"step_size": 7}}]): "from 0 to 1",
    written(contestants=[{"agent": "sarsa", "hyperparameters": {"epsilon": {"low": 0, "high": 1, "points": 10**9}}}]): (
        "combinations"
    ),
    written(
        runs=5_000,
        contestants=[{"agent": "sarsa", "hyperparameters": {"epsilon": {"low": 0, "high": 1, "points": 20}}}],
    ): "50,000",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_what_makes_no_sense_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        plan_of(text)
    assert REFUSED[text] in str(caught.value)


def test_the_numbers_of_a_world_are_part_of_its_name():
    world = world_of(Settings("cliff", options={"slip": 0.1, "step_limit": 200}))
    assert world == "cliff?slip=0.1&step_limit=200"
    plan = Plan((Contestant("sarsa"),), (world,), runs=2)
    assert plan.cells[0].settings.make_problem().step_limit == 200
    with pytest.raises(ValueError, match="world of your own"):
        world_of(Settings("S.\n.G", options={"slip": 0.1}))
