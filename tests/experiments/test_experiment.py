"""A plan in the background: paused, stopped, decided early, and in the end the same bits as in one go."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from gridworld.experiments.batch import run_batch
from gridworld.experiments.comparison import so_far
from gridworld.experiments.decision import decide
from gridworld.experiments.experiment import UNSEEN, Experiment
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.experiments.statistics import FIRST_LOOK, confidence_sequence
from gridworld.runs.frame import Status
from support.browser import wait_for

BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}


def plan(runs: int = 30, **fields) -> Plan:
    contestants = [Contestant("sarsa", BOOK), Contestant("q_learning", BOOK)]
    return Plan(contestants, ["cliff"], **{"runs": runs, "episodes": 60, "points": 20, "metrics": ["return"], **fields})


def test_the_result_is_that_of_one_go():
    experiment = Experiment(plan(), clock=lambda: 0.0)  # nobody looks, however long it takes to compile
    experiment.start()
    assert experiment.wait(300)
    assert experiment.status is Status.FINISHED
    whole = compare(plan())
    assert experiment.result is not None
    assert not experiment.result.interim
    for label in ("sarsa", "q_learning"):
        np.testing.assert_array_equal(experiment.result.values(label), whole.values(label))
        np.testing.assert_array_equal(experiment.result.runs(label).returns, whole.runs(label).returns)


def test_it_ends_as_soon_as_it_is_decided():
    experiment = Experiment(plan(20_000, episodes=200, metrics=["last_return"]), stop_when_decided=True)
    experiment.start()
    assert experiment.wait(300)
    assert experiment.stopped_early
    assert experiment.result is not None
    found = experiment.result
    assert FIRST_LOOK <= found.plan.runs < 20_000
    assert found.decision().is_decided
    assert found.estimate("sarsa").method == "anytime-valid t"


def test_a_paused_one_goes_on_and_a_stopped_one_does_not():
    experiment = Experiment(plan(50_000), workers=1)
    experiment.start()
    experiment.pause()
    assert experiment.status is Status.PAUSED
    experiment.start()
    assert experiment.status is Status.RUNNING
    experiment.stop()
    experiment.start()
    assert experiment.status is Status.FINISHED
    experiment.reset()
    assert (experiment.status, experiment.done, experiment.result) == (Status.READY, 0, None)


@pytest.mark.parametrize("rest", [Experiment.pause, Experiment.stop])
def test_at_rest_the_result_has_all_runs_that_all_contestants_have(rest, monkeypatch):
    monkeypatch.setattr("gridworld.experiments.experiment.BETWEEN_RESULTS", np.inf)  # no look meanwhile
    experiment = Experiment(plan(50_000), workers=1)
    experiment.start()
    wait_for(lambda: experiment.done > 1, what="each has a run")
    assert experiment.result is None
    rest(experiment)
    wait_for(lambda: not experiment.is_judging, what="the result is there")
    with experiment._changed:
        all_there = so_far(experiment.plan, experiment._results)
    assert experiment.result is not None
    assert experiment.result.plan.runs == all_there.plan.runs
    experiment.reset()


def test_it_pauses_when_nobody_looks():
    now = [0.0]
    experiment = Experiment(plan(1_000_000), workers=1, clock=lambda: now[0])
    experiment.start()
    now[0] = UNSEEN + 1
    assert experiment.wait(300)
    assert experiment.status is Status.PAUSED
    experiment.stop()


def test_one_that_is_paused_in_its_last_run_is_finished(monkeypatch):
    experiment = Experiment(Plan([Contestant("random")], ["easy"], runs=1, episodes=1), workers=1)

    def paused_meanwhile(batch, between):
        experiment.pause()
        return run_batch(batch)

    monkeypatch.setattr("gridworld.experiments.experiment.run_batch", paused_meanwhile)
    experiment.start()
    wait_for(lambda: experiment.done == 1 and not experiment.is_judging, what="the run is there")
    assert experiment.status is Status.FINISHED


def test_a_run_without_an_end_can_be_stopped():
    endless = Plan([Contestant("sarsa", {"exploration": "UCB"})], ["jumps"], runs=1, episodes=1)
    experiment = Experiment(endless, workers=1)
    experiment.start()
    experiment.stop()
    wait_for(lambda: not any(thread.name == "experiment-0" for thread in threading.enumerate()), 30)


@pytest.mark.slow
def test_a_failure_is_a_sentence():
    ucb = Plan([Contestant("sarsa", {"exploration": "UCB"})], ["cliff"], 5, 0, 0, 100, ["regret_exploration"])
    experiment = Experiment(ucb, workers=1)
    experiment.start()
    assert experiment.wait(300)
    assert experiment.status is Status.FAILED
    assert "has no fixed probabilities" in experiment.problem


@pytest.mark.parametrize("rest", [None, Experiment.pause, Experiment.stop])
@pytest.mark.parametrize("problem", [ValueError("It is too much."), RuntimeError("no idea")])
def test_a_look_that_fails_is_a_sentence_and_the_runs_are_kept(rest, problem, monkeypatch):
    def fail(*arguments):
        raise problem

    for name in ("so_far", "Comparison"):
        monkeypatch.setattr(f"gridworld.experiments.experiment.{name}", fail)
    if rest is not None:
        monkeypatch.setattr("gridworld.experiments.experiment.BETWEEN_RESULTS", np.inf)  # no look meanwhile
    experiment = Experiment(plan() if rest is None else plan(50_000), workers=1)
    experiment.start()
    if rest is not None:
        wait_for(lambda: experiment.done > 1, what="each has a run")
        rest(experiment)
    wait_for(lambda: experiment.status is Status.FAILED, 30, "it has failed")
    assert experiment.problem.endswith(str(problem))
    assert not experiment.is_judging
    assert experiment.done > 0
    experiment.reset()
    assert (experiment.status, experiment.problem) == (Status.READY, "")


def test_what_is_there_so_far_has_the_same_seeds_for_all():
    batches = {batch.cell: [] for batch in plan().batches()}
    small = plan(40)
    for cell in small.cells:
        for first, runs in ((0, 10), (10, 5), (25, 5)):  # a gap from seed 15 on
            batches.setdefault(cell.key, []).append(run_batch(small.batch(cell, first, runs)))
    one, other = (batches[cell.key] for cell in small.cells)
    found = so_far(small, [*reversed(one), *other[:1]])
    assert found is not None
    assert found.plan.runs == 10
    found = so_far(small, [*one, *other])
    assert found is not None
    assert found.plan.runs == 15
    assert found.values("sarsa").shape == (15,)
    assert so_far(small, one) is None


def test_an_interim_interval_is_named_and_begins_late():
    found = so_far(plan(), [run_batch(batch) for batch in plan().batches()])
    assert found is not None
    estimate = found.estimate("sarsa")
    assert estimate.method == "anytime-valid t"
    assert (estimate.low, estimate.high) == (-np.inf, np.inf)
    assert "100 runs" in estimate.warning


def test_a_curve_agrees_with_the_estimates_of_its_points():
    runs = compare(plan(150))
    curve = runs.curve("sarsa")
    returns = runs.runs("sarsa").returns.astype(float)
    np.testing.assert_allclose(curve.value, returns.mean(0))
    assert (curve.unit, curve.method, curve.x[-1]) == ("episode", "t", 60)
    early = so_far(plan(150), [run_batch(batch) for batch in plan(150).batches()])
    assert early is not None
    expected = confidence_sequence(returns[:, 7])
    assert early.curve("sarsa").low[7] == pytest.approx(expected.low)


def test_a_band_is_wider_where_fewer_runs_have_a_value():
    by_step = compare(Plan([Contestant("random")], ["easy"], runs=40, episodes=0, steps=400, points=100))
    curve = by_step.curve("random")
    assert curve.unit == "step"
    assert (curve.n < 40).any()
    finite = np.isfinite(curve.value)
    assert (np.isinf(curve.high[finite & (curve.n == 1)])).all()


NOISE = np.random.default_rng(1).normal(size=400)


def test_a_decision_needs_every_other_contestant():
    values = {"a": NOISE + 1, "b": NOISE[::-1] + 0.99, "c": NOISE[::-1]}
    found = decide(values)
    assert (found.best, found.is_decided) == ("a", False)
    assert frozenset(("a", "c")) in found.pairs
    assert decide({"a": NOISE + 1, "c": NOISE[::-1]}, higher_is_better=False).best == "c"
    assert decide({"a": NOISE + 1, "c": NOISE}).is_decided  # a difference that varies by rounding alone
    assert not decide({"a": NOISE}).is_decided
    assert decide({"a": NOISE, "b": np.full(400, np.inf)}).best is None


def test_peeking_seldom_decides_where_there_is_no_difference():
    generator, wrong = np.random.default_rng(7), 0
    for _ in range(200):
        sample = {label: generator.normal(size=400) for label in "abc"}
        looks = ({label: values[:n] for label, values in sample.items()} for n in range(100, 401, 20))
        wrong += any(decide(look, interim=True).pairs for look in looks)
    assert wrong <= 20  # 5% are 10
