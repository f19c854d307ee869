"""`gridworld compare` and `gridworld sweep`."""

import numpy as np
import pytest

from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.plan_files import write_plan
from gridworld.experiments.results_folder import ResultsFolder
from gridworld.training.session import TrainingSession
from support.command_line import call, mistake, read_json

AGENTS = "compare easy --agents sarsa,random --set step_size=0.5 --runs 6 --episodes 20"


def test_a_comparison_is_that_of_sessions():
    found = read_json(f"{AGENTS} --seed 3 --metrics last_return,length --set epsilon=0.1")
    sarsa, random = found["contestants"]
    assert (sarsa["label"], sarsa["agent"], random["label"]) == ("sarsa", "sarsa", "random")
    assert sarsa["settings"]["step_size"] == 0.5
    assert sarsa["settings"]["epsilon_schedule"] == "constant"
    assert random["settings"] == {}
    returns = []
    for seed in range(3, 9):
        session = TrainingSession(
            world="easy", agent="sarsa", seed=seed, step_size=0.5, epsilon=0.1, epsilon_schedule="constant"
        )
        session.advance_episodes(20)
        returns.append(session.history.since()["return"].mean())
    metric = sarsa["metrics"]["last_return"]
    assert metric["mean"] == pytest.approx(np.mean(returns))
    assert metric["interval"][0] < metric["mean"] < metric["interval"][1]
    assert (metric["n"], metric["level"], metric["method"]) == (6, 0.95, "studentised bootstrap")
    assert found["plan"]["first_seed"] == 3
    assert [pair["metric"] for pair in found["differences"]] == ["last_return"]


def test_the_report_names_runs_intervals_and_doubts():
    text = call(AGENTS).stdout
    assert text.startswith("6 runs of 20 episodes for each contestant, seeds 0 to 5\n")
    assert "sarsa - random" in text
    assert "95% intervals over seeds (studentised bootstrap)" in text


def test_what_is_infinite_is_shown_as_such():
    text = call(f"{AGENTS} --metrics steps_to_threshold --threshold 100").stdout
    assert "median - [-, -]" in text
    assert "6 of 6 runs have no finite number" in text


def test_a_plan_is_done_into_a_folder_and_gone_on_with(tmp_path):
    write_plan(Plan([Contestant("sarsa"), Contestant("random")], ["easy"], runs=5, episodes=20), tmp_path / "plan.toml")
    first = read_json("compare plan.toml --out results")
    assert len(list((tmp_path / "results").glob("*.parquet"))) == 2
    assert read_json("compare plan.toml --out results") == first == read_json("compare plan.toml")


def test_a_folder_that_another_process_writes_into_is_refused_before_a_bar_is_drawn(tmp_path):
    plan = Plan([Contestant("sarsa")], ["easy"], runs=5, episodes=20)
    write_plan(plan, tmp_path / "plan.toml")
    with ResultsFolder("results", plan).writing():
        assert "Another process is writing into results" in mistake("compare plan.toml --out results")


def test_a_bar_is_drawn_once_runs_begin():
    assert "6/6" in call("compare easy --agents sarsa --runs 6 --episodes 20").stderr


@pytest.mark.parametrize(
    ("spread", "values"),
    [
        ("step_size=0.1..1.0:4", [0.1, 0.4, 0.7, 1.0]),
        ("step_size=0.01..1:3:log", [0.01, 0.1, 1.0]),
        ("planning_steps=0,5", [0, 5]),
        ("epsilon=0.1,0.2", [0.1, 0.2]),
    ],
)
def test_a_sweep_has_a_contestant_a_value(spread, values):
    found = read_json(f"sweep easy --agent dyna_q --over {spread} --runs 2 --episodes 5")
    name = spread.partition("=")[0]
    settings = [contestant["settings"] for contestant in found["contestants"]]
    assert [chosen[name] for chosen in settings] == pytest.approx(values)
    assert {chosen["epsilon_schedule"] for chosen in settings} == {"constant" if name == "epsilon" else "exponential"}


def settings_of(line):
    (contestant,) = read_json(f"{line} --runs 2 --episodes 5")["contestants"]
    return contestant["settings"]


@pytest.mark.parametrize("command", ["compare cliff --agents sarsa --set", "sweep cliff --agent sarsa --over"])
def test_what_is_not_set_is_as_recommended_for_the_world(command):
    """At the agent's own discount and exploration some runs of Expected Sarsa on the cliff never end."""
    found = settings_of(f"{command} step_size=0.3")
    book = {"step_size": 0.3, "discount": 1.0, "epsilon": 0.1, "epsilon_schedule": "constant"}
    assert {name: found[name] for name in book} == book
    decaying = settings_of(f"{command} epsilon_decay=0.9")
    assert (decaying["epsilon"], decaying["epsilon_schedule"]) == (1.0, "exponential")


def test_tuning_begins_with_what_is_recommended():
    pytest.importorskip("optuna")
    line = "tune cliff --agent sarsa --over step_size=0.5 --trials 1 --runs 5 --episodes 50 --json"
    fixed = "--set discount=1 --set epsilon=0.1"
    assert read_json(line)["value"] == read_json(f"{line} {fixed}")["value"]


def test_runs_may_be_counted_in_steps():
    found = read_json("compare easy --agents sarsa --steps 500 --runs 3")
    assert (found["plan"]["steps"], found["plan"]["episodes"]) == (500, 0)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("compare easy", "Name the agents to compare: --agents sarsa,q_learning."),
        ("compare easy --agents sarsa,sarza", "There is no agent 'sarza'"),
        ("compare easy --agents sarsa,random,sarsa", "sarsa is named twice; name each agent once."),
        (
            "compare easy --agents sarsa --set stepsize=1",
            "None of the agents has a hyperparameter 'stepsize'. Did you mean",
        ),
        ("compare easy --agents sarsa --metrics retrun", "There is no metric 'retrun'"),
        ("compare easy --agents sarsa --runs 0", "'0' is not allowed; give a whole number from 1 to 1,000,000."),
        ("compare easy --agents sarsa --episodes 1 --steps 1", "Give --episodes or --steps, not both."),
        ("compare easy --agents sarsa --address tcp://localhost:1", "give --backend dask as well."),
        ("compare missing.toml", "missing.toml: No such file or directory"),
        ("compare plan.toml --runs 3", "plan.toml decides what is run; leave out --runs."),
        (
            "compare Blackjack-v1 --agents sarsa --metrics greedy_return",
            "greedy_return can't be computed in Blackjack-v1",
        ),
        ("sweep easy --over step_size=0.1..1", "is not of the form LOW..HIGH:POINTS"),
        (
            "sweep easy --over step_size=0..1:10000000",
            "The points of step_size are 10000000; give a whole number",
        ),
        (
            "compare easy --agents sarsa --out /dev/null/x",
            "The folder /dev/null/x can't be made: Not a directory",
        ),
        ("compare easy --agents sarsa --csv missing/x.csv", "--csv missing/x.csv: there is no such folder."),
        ("compare easy --agents sarsa --html .", "--html .: that is a folder; name a file."),
        ("sweep easy --over step_size=1..0.1:3", "step_size goes from 1 to 0.1; give two numbers"),
        ("sweep easy --over step_size=0..1:3:log", "above 0 on a log scale"),
        ("sweep easy --over step_size=0.5,2", "step_size is 2; it must be a number from 0 to 1"),
        ("sweep easy", "Missing option '--over'"),
        ("sweep easy --over step_size=0.5 --over step_size=0.4", "--over names step_size twice; give all its values"),
        ("sweep easy --set step_size=1 --over step_size=0.4", "step_size has one value by --set and others by --over"),
        ("tune easy --over step_size=0..1 --over step_size=0.4", "--over names step_size twice"),
        ("compare easy --agents sarsa --set step_size=1 --set step_size=0", "--set names step_size twice"),
    ],
)
def test_a_mistake_is_one_line(line, sentence):
    assert sentence in mistake(line)


def test_lists_may_have_spaces():
    found = read_json("compare easy --agents 'sarsa, random' --metrics 'return, length' --runs 2 --episodes 5")
    assert [one["agent"] for one in found["contestants"]] == ["sarsa", "random"]
    assert list(found["contestants"][0]["metrics"]) == ["return", "length"]


def test_all_runs_are_written_as_csv(tmp_path):
    call(f"{AGENTS} --csv {tmp_path / 'runs.csv'}")
    lines = (tmp_path / "runs.csv").read_text("utf-8").splitlines()
    assert lines[0] == "world,contestant,agent,seed,return,first_return,last_return"
    assert len(lines) == 13


def test_a_report_is_written_by_an_installed_package(tmp_path, monkeypatch):
    installed = tmp_path / "site" / "reports-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Name: reports\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(
        "[gridworld.reports]\nhtml = dashboards.export.comparison:write_report\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")
    call(f"{AGENTS} --html {tmp_path / 'report.html'}")
    assert "For a paper" in (tmp_path / "report.html").read_text("utf-8")


def test_a_comparison_ends_when_it_is_decided():
    words = "compare easy --agents sarsa,random --runs 5000 --episodes 20 --stop-when-decided"
    found = read_json(words)
    assert 100 <= found["plan"]["runs"] < 5000
    assert found["contestants"][0]["metrics"]["return"]["method"] == "anytime-valid t"
    assert "ended early" in call(words).stdout


def test_an_early_end_and_a_folder_do_not_go_together(tmp_path):
    assert "leave out either" in mistake(f"{AGENTS} --stop-when-decided --out {tmp_path / 'out'}")
