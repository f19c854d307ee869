"""Command lines of all kinds: a result, or one line on standard error; never a traceback, a hang or a warning."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridworld.cli import command_line

WORLDS = [
    "easy",
    "cliff",
    "open_3",
    "open_0",
    "open_99999999999",
    "",
    "?",
    "easy?",
    "easy?slip=0.1",
    "easy?nonsense=1",
    "S.G",
    "S.G\nS",
    "title: x\n\nS.G",
    "wind: 9 9 9\n\nS.G",
    "FrozenLake-v1?map_name=zz",
    'FrozenLake-v1?desc=["SF","FG"]',
    'FrozenLake-v1?desc=["SF"',
    "FrozenLake-v1?desc=[[]]",
    "FrozenLake-v1?is_slippery=maybe",
    "FrozenLake-v1?render_mode=human2",
    "Blackjack-v1",
    "CartPole-v1",
    "Taxi-v3",
    "Taxi-v0",
    "no.such:World-v0",
    "C:\\world.txt",
    "../..",
    "/",
    "/dev/null",
    "bad.txt",
    "binary.txt",
    "good.txt",
    "run.npz",
    "GridWorld-v0",
    "GridWorld-v0?world=easy",
    "GridWorld/MaximizationBias-v0?bets=0",
    "\x00",
    "٣",
]
NUMBERS = [
    "",
    "0",
    "1",
    "2",
    "3",
    "-1",
    "0.5",
    "1e9999",
    "nan",
    "inf",
    "-0",
    "1_0",
    "٣",
    "x",
    "0x1",
    "9" * 5000,
    " 1",
    "[1]",
]
PAIRS = [
    "epsilon=0.1",
    "epsilon",
    "=1",
    "step_size=2",
    "step_size=[1]",
    "n=3",
    "exploration=UCB",
    "traces=",
    "discount=nan",
    "planning_steps=1e400",
    "temperature=true",
    "initial_value=" + "9" * 400,
    "alpha=1",
    "step_size=\x00",
]
AGENTS = ["q_learning", "n_step_sarsa", "dyna_q", "monte_carlo", "", "random", "q-learning", "Q_LEARNING", "../x"]
FILES = ["run.npz", "bad.txt", "binary.txt", "missing.npz", ".", "", "nowhere/x.npz", "out.npz", "x\x00y"]


def option(name, values):
    return st.tuples(st.just(name), st.sampled_from(values)).map(list)


TRAIN = st.one_of(
    *(option(name, NUMBERS) for name in ("--runs", "--seed", "--slip", "--step-reward", "--step-limit", "--threshold")),
    option("--set", PAIRS),
    option("--agent", AGENTS),
    option("--save", FILES),
    option("--resume", FILES),
    option("--load", ["bad.txt", "missing.py", "broken.py", "exits.py", "", "."]),
    st.sampled_from([["--json"], ["--until-solved"], ["--nonsense"], ["--"], ["-x"], ["--set"], ["--helpp"]]),
)
SOLVE = st.one_of(
    *(option(name, NUMBERS) for name in ("--discount", "--epsilon", "--horizon", "--slip", "--step-reward")),
    option("--policy", ["optimal", "uniform", "epsilon-greedy", "", "greedy"]),
    st.sampled_from([["--json"], ["--nonsense"]]),
)
EVALUATE = st.one_of(option("--episodes", NUMBERS), option("--seed", NUMBERS), st.just(["--json"]))


def line(command, first, options, always=()):
    """Command lines: the command, what it is about, up to four of its options, and what bounds its work."""
    return st.tuples(st.sampled_from(first), st.lists(options, max_size=4)).map(
        lambda parts: [command, parts[0], *(word for words in parts[1] for word in words), *always]
    )


LINES = st.one_of(
    line("train", WORLDS, TRAIN, ("--episodes", "2")),
    line("train", WORLDS, TRAIN, ("--steps", "20")),
    line("solve", WORLDS, SOLVE),
    line("evaluate", [*WORLDS, *FILES], EVALUATE, ("--episodes", "2")),
    line("worlds", WORLDS, st.just(["--json"])),
    line("agents", AGENTS, st.just(["--json"])),
    line("export", FILES, st.sampled_from([["x.pdf"], ["nowhere/x.html"], ["--theme", "blue"]])),
    st.lists(st.sampled_from(["trane", "--load", "--json", "", "train", "-", "--version", "easy", "\x00"]), max_size=3),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with files of all kinds, a saved run among them."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "bad.txt").write_text("slop: 1\n\nS.G\n")
    (folder / "good.txt").write_text("S.G\n...\n")
    (folder / "binary.txt").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    (folder / "broken.py").write_text("1 / 0\n")
    (folder / "exits.py").write_text("raise SystemExit(0)\n")
    saved = CliRunner().invoke(command_line, ["train", "easy", "--episodes", "2", "--save", str(folder / "run.npz")])
    assert saved.exit_code == 0, saved.output
    return folder


def check(words, folder, monkeypatch):
    monkeypatch.chdir(folder)
    outcome = CliRunner().invoke(command_line, words, prog_name="gridworld")
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), words
    assert outcome.exit_code in (0, 1, 2), words
    if outcome.exit_code == 2:
        assert outcome.stdout == ""
        lines = [text for text in outcome.stderr.splitlines() if text and "%|" not in text]
        assert sum(not text.startswith("Compiling ") for text in lines) == 1, (words, outcome.stderr)
        assert len(outcome.stderr) < 2_000, words
    assert not Path("nowhere").exists()


COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=60, derandomize=True, **COMMON)
@given(words=LINES)
def test_a_command_line_has_a_result_or_one_line(words, folder, monkeypatch):
    check(words, folder, monkeypatch)


@pytest.mark.slow
@settings(max_examples=200, **COMMON)
@given(words=LINES)
def test_many_command_lines_have_a_result_or_one_line(words, folder, monkeypatch):
    check(words, folder, monkeypatch)
