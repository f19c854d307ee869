"""Where two columns differ: the least that a browser must be sent."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.live.patches import FEW, changes


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (["a", "b", "c"], ["a", "x", "c"], [(1, "x")]),
        (np.array(["a", "b"]), np.array(["a", "c"]), [(1, "c")]),
        (np.array([1, 2, 3]), [1, 5, 3], [(1, 5)]),
        (np.array([0.5, 0.5]), [0.5, 0.25], [(1, 0.25)]),
        (np.array([0.5, 0.5], np.float32), [0.1, 0.5], [(0, 0.1)]),
        (np.array([np.nan, 1.0]), [np.nan, 1.0], []),
    ],
)
def test_few_changes_are_values_by_their_index(old, new, expected):
    found = changes(old, new)
    assert found == expected
    assert all(isinstance(value, type(wanted)) for (_, value), (_, wanted) in zip(found, expected, strict=True))


def test_many_changes_are_one_slice_around_them_all():
    old, new = np.zeros(100 * FEW), np.zeros(100 * FEW)
    new[3 : 3 + 2 * FEW : 2] = 1.0
    new[50 * FEW] = np.nan
    ((where, values),) = changes(old, new)
    assert where == slice(3, 50 * FEW + 1)
    np.testing.assert_array_equal(values, new[where])
    values[:] = 7.0
    assert new[3] == 1.0, "it is a copy"
