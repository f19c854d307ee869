"""Studies: the first metric by the values of what is varied, also for agents that don't have it."""

from math import isnan

import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.study import study_of


def study(*contestants, **fields):
    plan = Plan(contestants, ["easy"], **{"runs": 4, "episodes": 10, **fields})
    return study_of(plan, compare(plan))


def test_each_contestant_has_its_points_whatever_it_is_called():
    found = study(
        Contestant("sarsa", {"step_size": [0.1, 0.5]}, "Q"), Contestant("q_learning", {"step_size": [0.5]}, "Q, x")
    )
    assert [(point.place, point.values) for point in found.points] == [(0, (0.1,)), (0, (0.5,)), (1, (0.5,))]
    assert [cell.label for cell in found.at(found.points[2])] == ["Q, step_size=0.5", "Q, x, step_size=0.5"]


def test_an_agent_without_the_hyperparameter_has_one_point():
    found = study(Contestant("sarsa"), Contestant("dyna_q", {"planning_steps": [0, 5]}))
    assert isnan(found.points[0].values[0])
    assert [point.values for point in found.points[1:]] == [(0.0,), (5.0,)]
    assert [cell.label for cell in found.at(found.points[2])] == ["sarsa", "dyna_q, planning_steps=5"]


def test_what_is_no_number_is_no_study():
    assert study(Contestant("sarsa", {"exploration": ["softmax", "UCB"]})) is None
    assert study(Contestant("sarsa")) is None


def test_a_logarithmic_axis_needs_positive_values():
    spread = {"low": 0.1, "high": 1.0, "points": 2, "scale": "log"}
    assert study(Contestant("sarsa", {"step_size": spread})).is_log
    found = study(Contestant("q_learning", {"step_size": [0.0, 0.5]}), Contestant("sarsa", {"step_size": spread}))
    assert not found.is_log


@pytest.mark.parametrize("contestants", [100])
def test_all_combinations_of_a_plan_are_counted_before_any_is_made(contestants):
    many = [Contestant("sarsa", {"step_size": [k / 200 for k in range(1, 200)]}, str(k)) for k in range(contestants)]
    with pytest.raises(ValueError, match="The plan has over 10,000 combinations"):
        Plan(many, ["easy"])
