"""Numbers as people read them."""

from __future__ import annotations

import numpy as np

from dashboards.style.formatting import fixed, number
from dashboards.views.tables.action_names import value_cells


def test_a_number_with_decimals_looks_like_zero_only_if_it_is():
    assert [fixed(value, 3) for value in (0.0, 1.0, -0.25, 0.0004, -3e-9)] == [
        "0.000",
        "1.000",
        "-0.250",
        "0.0004",
        "-3e-09",
    ]


def test_action_values_and_returns_that_are_small_are_seen():
    assert value_cells(["up", "down"], np.array([2e-5, 0.5])) == ["2e-05", "0.500"]
    assert number(2e-5) == "2e-05"
