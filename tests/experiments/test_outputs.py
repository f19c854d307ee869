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


def test_the_paragraph_has_all_hyperparameters_and_numbers_without_exponents():
    """What all share once, then what each has of its own; a spread as it was asked for."""
    shared = {"epsilon": 0.1, "epsilon_schedule": "constant"}
    spread = {"low": 0.1, "high": 1.0, "points": 2}
    contestants = (
        Contestant("sarsa", {**shared, "step_size": spread}),
        Contestant("dyna_q", {**shared, "planning_steps": 7}, "planner"),
        Contestant("q_learning", {**shared, "step_size": {"low": 0.1, "high": 1.0, "draws": 2}}),
    )
    text = paragraph(compare(Plan(contestants, ("cliff",), runs=3, episodes=2, draw_seed=5)))
    assert "epsilon = 0.1" in text.partition("All have ")[2].partition("sarsa")[0]
    assert text.count("epsilon = 0.1") == 1
    assert "temperature" not in text, "it means nothing without softmax"
    for part in ("step_size = 0.1..1.0:2.", "planning_steps = 7.", "step_size = 0.1..1.0:2 random."):
        assert part in text
    assert "planner is dyna_q with " in text
    assert "Random draws have the seed 5." in text


def test_the_paragraph_writes_large_numbers_out():
    result = compare(Plan((Contestant("random"),), ("cliff",), runs=12, episodes=5, metrics=("length",)))
    text = paragraph(result)
    assert "One contestant had 12 independent runs" in text
    assert f"random {result.estimate('random').value:,.0f} [" in text
    assert "e+" not in text
