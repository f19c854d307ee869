"""Numbers as people read them."""

from __future__ import annotations

import re

import numpy as np

from dashboards.style.formatting import fixed, interval_numbers, number
from dashboards.style.theme import tokens
from dashboards.views.comparison.curves import ComparisonCurves
from dashboards.views.comparison.tables import metrics_table, shown
from dashboards.views.tables.action_names import value_cells
from gridworld.experiments.outputs import paragraph
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.statistics import Estimate


def test_a_number_with_decimals_looks_like_zero_only_if_it_is():
    assert [fixed(value, 3) for value in (0.0, 1.0, -0.25, 0.0004, -3e-9)] == [
        "0.000",
        "1.000",
        "−0.250",
        "0.0004",
        "−3e−09",
    ]


def test_the_ends_of_an_interval_can_be_told_apart():
    assert interval_numbers(0.0213, 0.0204, 0.0222) == ("0.0213", "0.0204", "0.0222")
    assert interval_numbers(-0.0124, -0.0149, -0.0099) == ("−0.012", "−0.015", "−0.010")
    assert interval_numbers(27.85, 24.53, 34.8) == ("27.85", "24.53", "34.80")
    assert interval_numbers(-1005.5, -1036.7, -974.3) == ("−1,006", "−1,037", "−974")
    assert interval_numbers(1.0, 1.0, 1.0) == ("1.00", "1.00", "1.00")
    text = shown(Estimate(0.9978, 0.9965, 0.9988, 200, 0.95, "t"))
    assert text == "0.9978<small>[0.9965, 0.9988]</small>"


def test_action_values_and_returns_that_are_small_are_seen():
    assert value_cells(["up", "down"], np.array([2e-5, 0.5])) == ["2e−05", "0.500"]
    assert number(2e-5) == "2e−05"


def test_all_that_people_read_has_one_minus_sign():
    plan = Plan([Contestant("sarsa"), Contestant("random")], ["cliff"], runs=5, episodes=10)
    result = compare(plan)
    view = ComparisonCurves(tokens(dark=False))
    view.show(plan.cells, [result.curve(cell.label) for cell in plan.cells], "returns", 5)
    for text in (view.heading, paragraph(result), metrics_table(plan.cells, result, "cliff")):
        assert "−" in text
        assert not re.search(r"[\s\[>]-\d", text)


def test_ends_that_differ_by_rounding_get_no_sixteen_decimals():
    assert max(map(len, interval_numbers(1.0, 1.0, 1.0000000000000002))) <= len("1.000000000")
