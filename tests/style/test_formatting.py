"""Numbers as people read them."""

from __future__ import annotations

import re

import numpy as np

from dashboards.style.formatting import fixed, number
from dashboards.style.theme import tokens
from dashboards.views.comparison.curves import ComparisonCurves
from dashboards.views.comparison.tables import metrics_table
from dashboards.views.tables.action_names import value_cells
from gridworld.experiments.outputs import paragraph
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare


def test_a_number_with_decimals_looks_like_zero_only_if_it_is():
    assert [fixed(value, 3) for value in (0.0, 1.0, -0.25, 0.0004, -3e-9)] == [
        "0.000",
        "1.000",
        "−0.250",
        "0.0004",
        "−3e−09",
    ]


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
