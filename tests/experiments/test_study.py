"""Studies: the first metric by the values of what is varied, also for agents that don't have it."""

import json
import runpy
from math import isnan

import numpy as np
import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.study import read_study, study_of
from gridworld.pictures.study import draw_studies
from support.paths import ROOT


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


def test_lines_go_from_left_to_right_and_are_level_without_the_hyperparameter():
    found = study(Contestant("sarsa"), Contestant("dyna_q", {"planning_steps": [5, 0]}))
    level, line = found.line(0), found.line(1)
    assert [*level["x"]] == [*line["x"]] == [0, 5]
    assert level["value"][0] == level["value"][1]
    assert [found.points[int(cell)].values[0] for cell in line["cell"]] == [0, 5]


def test_what_compare_prints_is_read_back(tmp_path):
    plan = Plan([Contestant("sarsa", {"step_size": [0.1, 0.5]})], ["easy"], runs=4, episodes=10)
    result, file = compare(plan), tmp_path / "study.json"
    file.write_text(json.dumps(result.document()))
    read, whole = read_study(file), study_of(plan, result)
    assert (read.names, read.contestants, read.metric, read.runs) == (
        whole.names, whole.contestants, whole.metric, whole.runs,
    )  # fmt: skip
    assert [point.estimate for point in read.points] == [point.estimate for point in whole.points]
    file.write_text(json.dumps({**result.document(), "contestants": []}))
    with pytest.raises(ValueError, match=r"study\.json is not what `gridworld compare PLAN --json` prints"):
        read_study(file)
    fixed = compare(Plan([Contestant("sarsa")], ["easy"], runs=4, episodes=10))
    file.write_text(json.dumps(fixed.document()))
    with pytest.raises(ValueError, match=r"study\.json is no study"):
        read_study(file)


def test_figure_6_3_is_drawn_from_the_results_beside_it():
    found = runpy.run_path(str(ROOT / "docs" / "studies" / "figure_6_3.py"))
    assert found["draw"]().svg() == found["PICTURE"].read_text("utf-8")


def test_a_picture_of_a_study_ends_lines_where_the_axis_ends():
    spread = {"low": 0.1, "high": 1.0, "points": 3, "scale": "log"}
    found = study(Contestant("sarsa", {"step_size": spread}), Contestant("random"))
    whole = draw_studies({"": found}).svg()
    assert whole.count("<circle") == 5
    assert "axis, to" not in whole
    values = np.concatenate([found.line(place)["value"] for place in range(2)])
    cut = draw_studies({"": found}, (float(np.median(values)), float(values.max()) + 1)).svg()
    assert cut.count("<circle") < 5
    assert "below the axis, to" in cut


def test_what_cannot_be_one_picture_is_refused():
    found = study(Contestant("sarsa", {"step_size": [0.1, 0.5]}))
    other = study(Contestant("sarsa", {"epsilon": [0.1, 0.5]}))
    two = study(Contestant("sarsa", {"epsilon": [0.1, 0.5], "step_size": [0.1, 0.5]}))
    for studies, sentence in (
        ({"a": found, "b": other}, "have the same contestants"),
        ({"": two}, "this one varies two"),
        ({"a": found, "b": found, "c": found}, "There are 3 studies"),
    ):
        with pytest.raises(ValueError, match=sentence):
            draw_studies(studies)


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
