"""`gridworld train`: what it reports, and when it ends."""

from pathlib import Path
from threading import Event

import pytest

from gridworld.cli.trained import repeated_runs
from gridworld.training.settings import Settings
from support.command_line import call, read_json


def test_train_prints_json():
    data = read_json("train cliff --agent sarsa --set step_size=0.5 --set epsilon=0.1 --episodes 30 --runs 3 --seed 7")
    assert list(data) == ["world", "agent", "settings", "seed", "last_returns", "runs"]
    assert (data["world"], data["agent"], data["seed"]) == ("cliff", "sarsa", 7)
    hyperparameters = data["settings"]["hyperparameters"]
    assert (hyperparameters["epsilon"], hyperparameters["epsilon_schedule"]) == (0.1, "constant")
    assert [run["seed"] for run in data["runs"]] == [7, 8, 9]
    for run in data["runs"]:
        assert {"seed", "steps", "returns", "lengths", "greedy_return", "greedy_length"} <= set(run)
        assert len(run["returns"]) == len(run["lengths"]) == 30
        assert sum(run["lengths"]) == run["steps"]
    assert len({tuple(run["returns"]) for run in data["runs"]}) == 3


def test_the_same_seed_prints_the_same_json():
    line = "train hard --slip 0.1 --step-limit 60 --agent dyna_q --episodes 40 --runs 2 --seed 3"
    assert read_json(line) == read_json(line)
    alone = read_json(line.replace("--runs 2 --seed 3", "--seed 4"))
    assert alone["runs"][0] == read_json(line)["runs"][1]
    assert max(alone["runs"][0]["lengths"]) == 60


@pytest.mark.parametrize(
    ("given", "schedule"),
    [
        ("epsilon=0.2", "constant"),
        ("step_size=0.2", "exponential"),
        ("epsilon=0.2 --set epsilon_schedule=linear", "linear"),
        ("epsilon=1 --set epsilon_end=0.2", "exponential"),
    ],
)
def test_epsilon_alone_is_constant(given, schedule):
    data = read_json(f"train easy --episodes 1 --set {given}")
    assert data["settings"]["hyperparameters"]["epsilon_schedule"] == schedule


@pytest.mark.parametrize(
    "line", ["train hard --slip 0.1 --episodes 40", "train blocking_maze --steps 1500 --agent dyna_q"]
)
def test_runs_that_share_their_arrays_are_those_of_one_each(line):
    """Only runs that are saved have a session each."""
    together = read_json(f"{line} --runs 3 --seed 5")
    assert together == read_json(f"{line} --runs 3 --seed 5 --save run.npz")
    assert together["runs"][2] == read_json(f"{line} --seed 7")["runs"][0]
    assert call(f"{line} --runs 3").stdout == call(f"{line} --runs 3 --save run.npz").stdout


def test_runs_that_are_not_kept_end_when_they_should():
    stopped = Event()
    stopped.set()
    assert repeated_runs(Settings("cliff"), 3, 0, None, stopped) == []


def test_a_listing_of_several_runs_is_bounded():
    Path("short.txt").write_text("title: Two cells\n\nSG\n")
    outcome = call("train short.txt --steps 5000000 --runs 2 --json", code=2)
    assert "are too many for JSON" in outcome.stderr


def test_steps_end_in_mid_episode():
    run = read_json("train easy --steps 100")["runs"][0]
    assert run["steps"] == 100
    assert sum(run["lengths"]) < 100


def test_every_episode_of_a_long_run_is_reported():
    run = read_json("train easy --episodes 10001 --set epsilon=0.1")["runs"][0]
    assert len(run["returns"]) == 10_001


def test_until_solved():
    data = read_json("train easy --until-solved --runs 2")
    assert all(run["greedy_return"] == pytest.approx(0.93, abs=0.0093) for run in data["runs"])
    assert all(run["greedy_length"] == pytest.approx(8, abs=0.9) for run in data["runs"])
    assert len(data["runs"][0]["returns"]) < 500
    early = read_json("train easy --until-solved --threshold 0.5")
    assert early["runs"][0]["greedy_return"] >= 0.5
    given_up = call("train cliff --until-solved --episodes 2", code=1)
    assert "1 of 1 runs gave up" in given_up.stderr


def test_until_solved_where_returns_are_sampled():
    data = read_json("train Blackjack-v1 --until-solved --threshold -0.6 --episodes 200")
    assert data["runs"][0]["greedy_return"] >= -0.6


def test_a_policy_without_an_end_has_no_return():
    circles = "train cliff --agent sarsa --set epsilon=0.1 --set step_size=0.5 --set discount=1 --seed 7"
    run = read_json(circles)["runs"][0]
    assert (run["greedy_return"], run["greedy_length"]) == (None, None)
    assert "some episodes of the greedy policy may never end" in call(circles).stdout
    limited = read_json(f"{circles} --step-limit 1000")["runs"][0]
    assert limited["greedy_return"] is not None


def test_train_prints_a_line_a_run():
    text = call("train cliff --episodes 20 --runs 2").stdout.splitlines()
    assert text[0] == "Q-learning in Cliff walking 4 × 12"
    assert [line.split()[0] for line in text[2:4]] == ["0", "1"]
    assert text[-1] == "The best return is -13.00."


@pytest.mark.slow
def test_runs_in_an_environment_have_processes_and_are_those_of_one_each():
    line = "train Blackjack-v1 --episodes 200"
    together = read_json(f"{line} --runs 3 --seed 5")
    assert together == read_json(f"{line} --runs 3 --seed 5 --save run.npz")
    assert together["runs"][2] == read_json(f"{line} --seed 7")["runs"][0]
