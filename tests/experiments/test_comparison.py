"""Comparisons: merged in any order, paired by seed, the same on every backend."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.experiments.backends import completed
from gridworld.experiments.batch import run_batch
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.curves import counted
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from support.own_environments import own_environments

BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}


@pytest.fixture(scope="module")
def cliff():
    """Twenty runs of two agents."""
    return compare("cliff", ["sarsa", "q_learning"], runs=20, episodes=300, metrics=("last_return", "return"), **BOOK)


def test_q_learning_falls_off_the_cliff_more_often(cliff):
    assert cliff.estimate("sarsa").low > cliff.estimate("q_learning").high
    found = cliff.difference("sarsa", "q_learning")
    assert found.low > 0
    assert found.value == pytest.approx(cliff.estimate("sarsa").value - cliff.estimate("q_learning").value)
    assert (found.n, found.level, found.method) == (20, 0.95, "studentised bootstrap")


def test_a_difference_with_itself_is_exactly_zero(cliff):
    found = cliff.difference("sarsa", "sarsa", "return")
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_the_frame_has_a_row_a_run(cliff):
    frame = cliff.to_frame()
    assert list(frame) == ["world", "contestant", "agent", "seed", "last_return", "return"]
    assert len(frame) == 40
    sarsa = frame[frame.contestant == "sarsa"]
    np.testing.assert_array_equal(sarsa.last_return, cliff.values("sarsa"))
    assert list(sarsa.seed) == list(range(20))


def test_the_document_has_the_promised_keys(cliff):
    document = cliff.document()
    assert {"plan", "contestants"} <= set(document)
    for contestant in document["contestants"]:
        assert {"label", "agent", "settings", "metrics"} <= set(contestant)
        for metric in ("last_return", "return"):
            assert {"n", "mean", "interval", "level", "method"} <= set(contestant["metrics"][metric])
    (pair,) = document["differences"]
    assert (pair["one"], pair["other"], pair["n"]) == ("sarsa", "q_learning", 20)
    assert pair["p"] < 1e-6


SMALL = Plan([Contestant("sarsa"), Contestant("random")], ["easy"], runs=150, episodes=2_000, points=10)


def reduced(batch):
    """The result of a batch, made up from its seeds: what is tested here is the merging."""
    result = run_batch(type(batch)(**{**vars(batch), "runs": 1, "metrics": SMALL.metrics}))
    seeds = np.arange(batch.first_seed, batch.first_seed + batch.runs)
    numbers = np.tile(seeds[:, None] * 1.5, (1, 3)), np.tile(seeds[:, None], (1, 10)).astype(np.float32)
    return type(result)(batch.cell, seeds, numbers[0], numbers[1], numbers[1])


RESULTS = [reduced(batch) for batch in SMALL.batches()]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_batches_merge_to_the_same_in_any_order(order):
    usual, shuffled = Comparison(SMALL, RESULTS), Comparison(SMALL, [RESULTS[place] for place in order])
    assert len(RESULTS) == 6
    for label in ("sarsa", "random"):
        np.testing.assert_array_equal(usual.runs(label).metrics, shuffled.runs(label).metrics)
        np.testing.assert_array_equal(usual.runs(label).returns, shuffled.runs(label).returns)


def test_missing_and_repeated_batches_are_refused():
    for results in (RESULTS[1:], [*RESULTS, RESULTS[0]]):
        with pytest.raises(ValueError, match="are not complete"):
            Comparison(SMALL, results)


@pytest.mark.slow
def test_processes_give_the_same_bits_as_threads():
    plan = Plan([Contestant("sarsa")], ["Blackjack-v1", "cliff"], runs=30, episodes=200)
    threads, processes = compare(plan), compare(plan, backend="processes")
    for world in plan.worlds:
        np.testing.assert_array_equal(threads.runs("sarsa", world).returns, processes.runs("sarsa", world).returns)


def test_any_executor_will_do_and_stays_open():
    plan = Plan([Contestant("sarsa")], ["easy"], runs=5, episodes=20)
    with ThreadPoolExecutor(1) as executor:
        first = compare(plan, backend=executor)
        assert executor.submit(int, "7").result() == 7
    np.testing.assert_array_equal(first.values("sarsa"), compare(plan).values("sarsa"))


def test_stopping_early_cancels_what_has_not_begun():
    begun = []

    def calls():
        for batch in Plan([Contestant("sarsa")], ["easy"], runs=1_000_000, episodes=10).batches():
            begun.append(batch)
            yield partial(run_batch, batch)

    with ThreadPoolExecutor(1) as executor:
        results = completed(calls(), executor)
        next(results)
        results.close()
    assert len(begun) < 1_000


def test_a_faulty_environment_ends_an_experiment_in_one_sentence():
    with own_environments(), pytest.raises(ValueError, match=r"Raising-v0"):
        compare("Raising-v0", ["sarsa"], runs=2, episodes=2)


def test_runs_that_never_reach_the_threshold_have_a_median_and_a_sentence():
    found = compare("easy", ["random"], runs=12, episodes=60, metrics=["steps_to_threshold"], threshold=1e3)
    estimate = found.estimate("random")
    assert estimate.value == np.inf
    assert estimate.warning.startswith("12 of 12 runs have no finite number")
    assert found.document()["contestants"][0]["metrics"]["steps_to_threshold"]["mean"] is None


MISTAKES = {
    "There is no contestant 'sarsaa'": lambda found: found.estimate("sarsaa"),
    "'length' was not measured": lambda found: found.estimate("sarsa", "length"),
    "There is no backend 'gpu'": lambda found: compare(found.plan, backend="gpu"),
    "None of the agents has a hyperparameter 'stepsize'. Did you mean": lambda found: compare(
        "cliff", ["sarsa"], stepsize=1
    ),
    "Give a plan, or a world": lambda found: compare(found.plan, runs=3),
    "The curves of 1,000,000 runs take 3.0 GB, and 2 GB": lambda found: compare("cliff", ["sarsa"], runs=1_000_000),
    "at least one contestant": lambda found: compare("cliff"),
    "With worlds, give a plan": lambda found: compare("cliff", ["sarsa"], worlds=("windy",)),
    "sarsa is named twice": lambda found: compare("cliff", ["sarsa", "sarsa"]),
}


@pytest.mark.parametrize(("sentence", "mistake"), MISTAKES.items())
def test_a_mistake_is_one_sentence(cliff, sentence, mistake):
    with pytest.raises(ValueError, match=sentence):
        mistake(cliff)


def test_one_name_needs_no_list_and_steps_stand_instead_of_episodes():
    found = compare("cliff", "sarsa", metrics="return", runs=2, steps=100)
    assert found.plan == Plan((Contestant("sarsa"),), "cliff", 2, episodes=0, steps=100, metrics=("return",))
    assert found.plan.worlds == ("cliff",)


def test_one_run_is_no_runs():
    assert [counted(runs) for runs in (0, 1, 2, 1_000)] == ["0 runs", "1 run", "2 runs", "1,000 runs"]
