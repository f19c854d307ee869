"""What leaves a comparison."""

import csv
import io

import numpy as np
import pytest

from gridworld.experiments.batch import run_batch
from gridworld.experiments.comparison import so_far
from gridworld.experiments.outputs import csv_text, paragraph
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare

PLAN = Plan((Contestant("sarsa"), Contestant("random", {}, 'a "label", odd')), ("easy",), runs=12, episodes=20)


@pytest.fixture(scope="module")
def result():
    return compare(PLAN)


def test_the_csv_has_a_row_a_run_without_loss(result):
    rows = list(csv.DictReader(io.StringIO(csv_text(result))))
    assert len(rows) == 24
    assert [int(row["seed"]) for row in rows[:12]] == list(range(12))
    assert rows[12]["contestant"] == 'a "label", odd'
    values = [float(row["return"]) for row in rows[:12]]
    np.testing.assert_array_equal(values, result.values("sarsa", "return"))


def test_the_paragraph_names_design_numbers_and_versions(result):
    text = paragraph(result)
    for part in ("12 independent runs of 20 episodes", "0 to 11", "n = 12", "studentised bootstrap", "gridworld-lab"):
        assert part in text
    assert f"{result.estimate('sarsa').value:#.4g}" in text
    early = so_far(PLAN, [run_batch(batch) for batch in PLAN.batches()])
    assert early is not None
    assert "was not fixed before" in paragraph(early)
