"""What the command line says a greedy policy is worth, and when a world counts as solved."""

from __future__ import annotations

import json
import shlex

import pytest
from click.testing import CliRunner

from gridworld.cli import command_line, judge
from gridworld.errors import EvaluationError
from gridworld.planning.greedy_return import Sampling
from gridworld.training.session import TrainingSession
from support.own_environments import own_environments


@pytest.fixture(autouse=True)
def _in_a_folder_with_own_environments(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with own_environments():
        yield


def call(line, code=0):
    outcome = CliRunner().invoke(command_line, shlex.split(line), prog_name="gridworld")
    assert outcome.exit_code == code, outcome.output
    return outcome


def report(line, code=0):
    return json.loads(call(f"{line} --json", code).stdout)


def test_a_learned_policy_is_judged_as_the_agent_acts():
    """Discounted by half, values far from the goal differ by less than any absolute tolerance."""
    numbers = "--set discount=0.5 --set step_size=1 --set epsilon=0.1"
    (run,) = report(f"train open_30 {numbers} --until-solved --episodes 20000")["runs"]
    assert run["greedy_return"] == pytest.approx(0.43, abs=0.0044)
    assert run["greedy_length"] == pytest.approx(58, abs=0.5)
    assert len(run["returns"]) < 20_000


def test_solving_asks_for_no_more_than_the_discount_aims_at():
    """Within 200 steps .9132 can be reached, but not by what is best for a discount of .99: that returns .8630."""
    session = TrainingSession(world="FrozenLake8x8-v1", discount=0.99)
    assert judge.optimum(session).expected_return == pytest.approx(0.9132, abs=5e-5)
    assert judge.good_enough(session) == pytest.approx(0.99 * 0.86296, abs=5e-5)
    text = call("train FrozenLake8x8-v1 --episodes 1").stdout
    assert "The best return is 0.91.\nThe best policy for the discount 0.99 returns 0.86." in text
    assert "discount" not in call("train cliff --episodes 1 --set discount=0.1").stdout


def test_evaluate_has_both_figures():
    call("train FrozenLake8x8-v1 --episodes 1 --save lake.npz")
    lake, world = report("evaluate lake.npz FrozenLake8x8-v1")["evaluations"]
    assert (lake["optimum"], lake["optimum_for_discount"]) == pytest.approx((0.9132, 0.8630), abs=5e-5)
    assert (lake["standard_error"], lake["interval"]) == (0, [lake["return"]] * 2)
    assert world["optimum"] == world["return"] == lake["optimum"]
    assert world["optimum_for_discount"] is None


def test_a_margin_is_explained_only_where_one_is_shown():
    assert "±" not in call("train Coin-v0?sure=2 --episodes 300 --seed 1").stdout


@pytest.mark.slow
def test_sampled_figures_have_an_interval_in_text_and_json():
    line = "train Blackjack-v1 --episodes 200 --seed 3"
    (run,) = report(line)["runs"]
    low, high = run["greedy_interval"]
    assert (run["greedy_episodes"], high - low) == (1000, pytest.approx(3.92 * run["greedy_standard_error"], rel=0.01))
    text = call(line).stdout
    assert f"{run['greedy_return']:.2f} ± {(high - low) / 2:.2f}" in text
    assert "95% interval over 1,000 episodes" in text
    call(f"{line} --save cards.npz")
    assert "± 0." in call("evaluate cards.npz --episodes 300").stdout


def test_a_threshold_is_reached_by_the_lower_end_of_the_interval():
    """Heads pay 0 on average; the mean of a thousand tosses may be above 0 by luck."""
    session = TrainingSession(world="Coin-v0")
    session.arrays()["table_Q"][0, 1] = 1.0
    mean, (low, _) = judge.greedy(session).expected_return, judge.greedy(session).interval
    assert judge.solves(session, low - 1e-9)
    assert low < mean
    assert not judge.solves(session, (low + mean) / 2)


def test_runs_have_a_standard_error_with_a_name():
    line = "train cliff --episodes 50 --runs 4"
    last = report(line)["last_returns"]
    assert last["runs"] == 4
    text = call(line).stdout
    assert f"{last['mean']:,.2f} ± {last['standard_error']:,.2f} (standard error of the mean of 4 runs)" in text
    assert report("train cliff --episodes 50")["last_returns"]["standard_error"] is None
    assert report("train cliff --steps 5")["last_returns"] is None


def test_an_environment_that_raises_in_an_evaluation_is_one_line():
    outcome = call("train Raising-v0 --episodes 20 --set epsilon=0.1", code=2)
    assert (
        outcome.stderr.strip()
        .splitlines()[-1]
        .startswith(
            "The greedy policy can't be evaluated: after 0 steps Raising-v0 raised ZeroDivisionError (no more fuel) "
        )
    )


def test_an_environment_that_hangs_in_an_evaluation_is_given_up():
    session = TrainingSession(world="Hanging-v0", episodes=20)
    session.advance(200)
    with pytest.raises(EvaluationError, match=r"in Hanging-v0: its environment has not answered for 0.1 s\."):
        judge.greedy(session, sampling=Sampling(seconds=0.1))


def test_solve_falls_back_on_policy_iteration():
    printed = report("solve jumps --discount 0.99999")
    assert max(printed["values"]) == pytest.approx(10 / (1 - 0.99999**5), rel=1e-9)
    soft = report("solve jumps --discount 0.99999 --policy epsilon-greedy --epsilon 0")
    assert soft["start_value"] == pytest.approx(printed["start_value"], rel=1e-9)
