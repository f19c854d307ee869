"""The command line: published values, one clear line for each mistake, and runs that stop and go on."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboards.serving import commands
from gridworld.agents import AGENTS
from gridworld.cli import command_line, order
from gridworld.cli.programs import run_module
from gridworld.worlds.named import WORLDS, world_ids
from support.paths import ROOT

BOOK_GRID = """
step reward: 0
slip: 0.2
W: exit 1
L: exit -1

...W
.#.L
S...
"""
DOCS = ROOT / "docs" / "command-line.md"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def registries():
    """Takes back what a test registers."""
    agents, worlds = dict(AGENTS), dict(WORLDS)
    yield
    for registry, before in ((AGENTS, agents), (WORLDS, worlds)):
        registry.clear()
        registry.update(before)
    for name in [name for name in sys.modules if name.startswith("loaded_")]:
        del sys.modules[name]


def call(line, code=0):
    """The outcome of a command line, which must have this exit code."""
    outcome = CliRunner().invoke(command_line, shlex.split(line), prog_name="gridworld")
    if outcome.exit_code != code or "Traceback" in outcome.output:
        raise AssertionError(f"{line}: exit code {outcome.exit_code}\n{outcome.output}") from outcome.exception
    return outcome


def tell(line, code=0):
    """The JSON object of a command line; one with NaN or infinity is none."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(call(f"{line} --json", code).stdout, parse_constant=refuse)


def program(*arguments, **options):
    """The command line as a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "gridworld", *arguments]
    root = ROOT
    pipes = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what a shell starts with & is deaf to Ctrl-C
    return subprocess.Popen(command, env={"PYTHONPATH": str(root)}, preexec_fn=heeding, **pipes, **options)


# Solve


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("jumps --discount 0.9", [22.0, 24.4, 22.0, 19.4, 17.5], [14.4, 16.0, 14.4, 13.0, 11.7]),
        ("jumps --discount 0.9 --policy uniform", [3.3, 8.8, 4.4, 5.3, 1.5], [-1.9, -1.3, -1.2, -1.4, -2.0]),
        ("corners --discount 1 --policy uniform", [0, -14, -20, -22], [-22, -20, -14, 0]),
    ],
)
def test_values_of_the_book(line, first, last):
    values = tell(f"solve {line}")["values"]
    assert values[: len(first)] == pytest.approx(first, abs=0.0501)
    assert values[-len(last) :] == pytest.approx(last, abs=0.0501)


@pytest.mark.parametrize(
    ("line", "start", "within"),
    [
        ("cliff --discount 1", -13, 1e-9),
        ("cliff --discount 1 --policy epsilon-greedy", -50.80, 0.005),
        ("cliff --discount 1 --policy epsilon-greedy --epsilon 0", -13, 1e-9),
        ("windy --discount 1", -15, 1e-9),
        ("windy --discount 1 --policy epsilon-greedy --epsilon 0.1", -17.05, 0.005),
        ("dyna_maze --discount 1 --policy uniform --step-reward -1", -866.7, 0.06),
        ("FrozenLake-v1 --discount 1 --horizon 100", 0.7442, 5e-5),
        ("FrozenLake-v1", 0.5420, 5e-5),
        ("'FrozenLake-v1?is_slippery=false' --discount 1", 1, 1e-9),
    ],
)
def test_value_of_the_start(line, start, within):
    assert tell(f"solve {line}")["start_value"] == pytest.approx(start, abs=within)


def test_a_world_file_as_in_the_course():
    Path("book.txt").write_text(BOOK_GRID)
    told = tell("solve book.txt --discount 0.9")
    rows = [0.64, 0.74, 0.85, 1.00, 0.57, 0, 0.57, -1.00, 0.49, 0.43, 0.48, 0.28]
    assert [round(value, 2) for value in told["values"]] == rows
    assert told["world"] == "book"
    text = call("solve book.txt --discount 0.9").stdout
    assert [line.split() for line in text.splitlines()[2:5]] == [
        ["0.64", "0.74", "0.85", "1.00"],
        ["0.57", "#", "0.57", "-1.00"],
        ["0.49", "0.43", "0.48", "0.28"],
    ]


def test_solve_tells_json():
    told = tell("solve cliff --discount 1")
    assert list(told) == ["world", "policy", "discount", "values", "start_value"]
    assert (told["world"], told["policy"], told["discount"], len(told["values"])) == ("cliff", "optimal", 1, 48)
    assert told["values"][37:] == [0] * 11


def test_the_start_value_averages_and_large_worlds_give_no_values():
    assert tell("solve corners --discount 1")["start_value"] == pytest.approx(-(4 * 1 + 6 * 2 + 4 * 3) / 14)
    told = tell("solve open_101 --discount 1")
    assert told["values"] is None
    assert told["start_value"] == pytest.approx(1 - 0.01 * 199)


def test_unreachable_cells_and_walls_are_worth_nothing():
    Path("cut.txt").write_text("S.G#.\n####.\n")
    assert tell("solve cut.txt --discount 1")["values"] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("world", ["Taxi-v4", "FrozenLake-v1", "hard", "blocking_maze"])
def test_solve_prints_any_world(world):
    assert "Value of the start" in call(f"solve {world}").stdout


# Train


def test_train_tells_json():
    told = tell("train cliff --agent sarsa --set step_size=0.5 --set epsilon=0.1 --episodes 30 --runs 3 --seed 7")
    assert list(told) == ["world", "agent", "settings", "seed", "runs"]
    assert (told["world"], told["agent"], told["seed"]) == ("cliff", "sarsa", 7)
    hyperparameters = told["settings"]["hyperparameters"]
    assert (hyperparameters["epsilon"], hyperparameters["epsilon_schedule"]) == (0.1, "constant")
    assert [run["seed"] for run in told["runs"]] == [7, 8, 9]
    for run in told["runs"]:
        assert list(run) == ["seed", "steps", "returns", "lengths", "greedy_return", "greedy_length"]
        assert len(run["returns"]) == len(run["lengths"]) == 30
        assert sum(run["lengths"]) == run["steps"]
    assert len({tuple(run["returns"]) for run in told["runs"]}) == 3


def test_the_same_seed_tells_the_same_json():
    line = "train hard --slip 0.1 --step-limit 60 --agent dyna_q --episodes 40 --runs 2 --seed 3"
    assert tell(line) == tell(line)
    alone = tell(line.replace("--runs 2 --seed 3", "--seed 4"))
    assert alone["runs"][0] == tell(line)["runs"][1]
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
    told = tell(f"train easy --episodes 1 --set {given}")
    assert told["settings"]["hyperparameters"]["epsilon_schedule"] == schedule


def test_steps_end_in_mid_episode():
    run = tell("train easy --steps 100")["runs"][0]
    assert run["steps"] == 100
    assert sum(run["lengths"]) < 100


def test_every_episode_of_a_long_run_is_told():
    run = tell("train easy --episodes 10001 --set epsilon=0.1")["runs"][0]
    assert len(run["returns"]) == 10_001


def test_until_solved():
    told = tell("train easy --until-solved --runs 2")
    assert all(run["greedy_return"] == pytest.approx(0.93, abs=0.0093) for run in told["runs"])
    assert all(run["greedy_length"] == pytest.approx(8, abs=0.9) for run in told["runs"])
    assert len(told["runs"][0]["returns"]) < 500
    early = tell("train easy --until-solved --threshold 0.5")
    assert early["runs"][0]["greedy_return"] >= 0.5
    given_up = call("train cliff --until-solved --episodes 2", code=1)
    assert "1 of 1 runs gave up" in given_up.stderr


def test_until_solved_where_only_episodes_tell():
    told = tell("train Blackjack-v1 --until-solved --threshold -0.6 --episodes 200")
    assert told["runs"][0]["greedy_return"] >= -0.6


def test_a_policy_without_an_end_has_no_return():
    circles = "train cliff --agent sarsa --set epsilon=0.1 --set step_size=0.5 --set discount=1 --seed 7"
    run = tell(circles)["runs"][0]
    assert (run["greedy_return"], run["greedy_length"]) == (None, None)
    assert "the greedy policy doesn't end the episode" in call(circles).stdout
    limited = tell(f"{circles} --step-limit 1000")["runs"][0]
    assert limited["greedy_return"] is not None


def test_train_prints_a_line_a_run():
    text = call("train cliff --episodes 20 --runs 2").stdout.splitlines()
    assert text[0] == "Q-learning in Cliff walking 4 × 12"
    assert [line.split()[0] for line in text[2:4]] == ["0", "1"]
    assert text[-1] == "The best return is -13.00."


# Save, resume, interrupt


@pytest.mark.parametrize(
    ("first", "then"), [("--episodes 10", "--episodes 25"), ("--steps 777", "--steps 2000"), ("--steps 555", "")]
)
def test_a_resumed_run_equals_one_that_never_stopped(first, then):
    begin = "train hard --agent q_lambda --seed 5 --set epsilon=0.3"
    call(f"{begin} {first} --save half.npz")
    went_on = tell(f"train --resume half.npz {then or '--episodes 30'} --save whole.npz")
    assert went_on == tell(f"{begin} {then or '--episodes 30'}")
    assert tell(f"{begin} --resume whole.npz {then or '--episodes 30'}") == went_on


def test_a_resumed_run_is_solved_when_it_would_have_been():
    call("train medium --episodes 3 --save half.npz")
    assert tell("train --resume half.npz --until-solved") == tell("train medium --until-solved")


def test_resuming_knows_its_end():
    call("train easy --episodes 4 --save done.npz")
    assert len(tell("train --resume done.npz")["runs"][0]["returns"]) == 4


def test_a_resumed_world_file_needs_no_file():
    Path("book.txt").write_text(BOOK_GRID)
    call("train book.txt --episodes 5 --save book.npz")
    whole = tell("train book.txt --episodes 9")
    Path("book.txt").unlink()
    assert tell("train --resume book.npz --episodes 9") == whole


def test_several_runs_are_saved_by_their_seeds():
    call("train easy --episodes 2 --runs 2 --seed 4 --save run.npz")
    assert {path.name for path in Path().iterdir()} == {"run-4.npz", "run-5.npz"}


@pytest.mark.parametrize("chosen", ["mine.npz", ""])
def test_ctrl_c_saves_and_says_where(chosen):
    options = ["--save", chosen] if chosen else []
    process = program("train", "cliff", "--steps", str(1 << 50), "--seed", "6", *options)
    assert process.stderr.read(4)  # the bar is there: training begins
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    told, remarks = process.communicate(timeout=60)
    name = chosen or "cliff-q_learning-6.npz"
    assert process.returncode == 130, remarks
    assert f"steps: {name}. Go on with it: gridworld train --resume {name} --steps={1 << 50}" in remarks
    assert "Traceback" not in remarks
    assert told == ""
    assert name in call(f"evaluate {name}").stdout


# Evaluate, export, serve, lists


def test_evaluate_runs_and_worlds():
    call("train easy --until-solved --save easy.npz")
    call("train Blackjack-v1 --episodes 20 --save cards.npz")
    run, world, cards = tell("evaluate easy.npz FrozenLake-v1 cards.npz --episodes 40")["evaluations"]
    assert (run["policy"], run["agent"], run["episodes"]) == ("greedy", "q_learning", 0)
    assert run["return"] == pytest.approx(run["optimum"], rel=0.0101)
    assert (world["policy"], world["agent"]) == ("optimal", None)
    assert world["return"] == pytest.approx(0.7442, abs=5e-5)
    assert (cards["episodes"], cards["optimum"]) == (40, None)
    assert -1 <= cards["return"] <= 1
    assert "mean of 40 episodes" in call("evaluate cards.npz --episodes 40").stdout
    assert tell("evaluate cards.npz --seed 1") == tell("evaluate cards.npz --seed 1")


def test_export_hands_the_run_on(monkeypatch, registries):
    asked, bars = [], []

    def stand_in(module, arguments, environment, hear):
        asked.append((module, arguments, environment["GRIDWORLD_LOAD"]))
        hear("0.5")
        return 0

    monkeypatch.setattr(commands, "run_module", stand_in)
    monkeypatch.setattr(commands, "_show", lambda bar, share: bars.append(share))
    Path("own.py").write_text("")
    call("train easy --episodes 3 --save run.npz")
    assert "Written: page.html" in call("export run.npz page.html --load own.py").stderr
    assert asked == [("dashboards.export", ["run.npz", "page.html"], str(Path("own.py").resolve()))]
    assert bars == [0.5]


@pytest.mark.slow
def test_export_writes_a_page(tmp_path):
    call("train easy --episodes 3 --save run.npz")
    with program("export", "run.npz", "page.html") as exporting:
        told, complaints = exporting.communicate(timeout=120)
    assert (exporting.returncode, told) == (0, ""), complaints
    assert "Written: page.html" in complaints
    assert Path("page.html").read_text().startswith("<!DOCTYPE html>")


def test_serve_is_panel_serve_with_the_page(monkeypatch, registries):
    asked = []
    monkeypatch.setattr(commands, "run_module", lambda *arguments: asked.append(arguments) or 3)
    monkeypatch.setenv("GRIDWORLD_LOAD", "/there/before.py")
    for name in ("one.py", "two.py"):
        Path(name).write_text("")
    call("--load one.py serve --port 0 --no-show --address 127.0.0.1 --runs kept --load two.py", code=3)
    ((module, (command, script, *options), environment),) = asked
    assert (module, command, Path(script).name) == ("panel", "serve", "app.py")
    assert "page().servable" in Path(script).read_text()
    told = dict(zip(options[::2], options[1::2], strict=True))
    assert (told["--port"], told["--address"], told["--plugins"]) == ("0", "127.0.0.1", "dashboards.serving.plugin")
    assert told["--keep-alive"] == "25000"
    assert told["--websocket-max-message-size"] == str(commands.LARGEST_MESSAGE)
    assert environment["GRIDWORLD_LOAD"].split(os.pathsep) == [
        "/there/before.py",
        str(Path("one.py").resolve()),
        str(Path("two.py").resolve()),
    ]
    assert environment["GRIDWORLD_RUNS"] == str(Path("kept").absolute())


def test_serve_says_that_a_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = call(f"serve --address 127.0.0.1 --port {port} --no-show", code=2)
    assert outcome.stderr.startswith(f"Nothing can be served at port {port} of 127.0.0.1: address already in use.")
    assert len(outcome.stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_command_ends_the_program_that_it_started(number):
    Path("waits.py").write_text(
        "import os, signal, time\n"
        "def end(number, frame):\n    os.write(1, b'ended\\n')\n    raise SystemExit(7)\n"
        "signal.signal(signal.SIGTERM, end)\nos.write(1, b'ready\\n')\ntime.sleep(60)\n"
    )
    code = "import os, sys; from gridworld.cli.programs import *; sys.exit(run_module('waits', [], os.environ))"
    environment = {"PYTHONPATH": str(DOCS.parents[1])}
    process = subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, env=environment)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    told, _ = process.communicate(timeout=30)
    assert (told, process.returncode) == ("ended\n", 7)


def test_a_program_that_a_signal_ended_is_told_as_shells_do(monkeypatch):
    Path("dies.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    before = signal.getsignal(signal.SIGINT)
    assert run_module("dies", [], os.environ) == 128 + signal.SIGKILL
    assert signal.getsignal(signal.SIGINT) is before


def test_lists():
    text = call("agents").stdout
    assert all(f"\n{agent}:" in text for agent in AGENTS)
    assert "planning_steps" in text
    assert "a whole number from 0 to 10000" in text
    assert [told["id"] for told in tell("agents")["agents"]] == list(AGENTS)
    assert "trace_decay" in call("agents sarsa_lambda").stdout
    assert [told["id"] for told in tell("worlds")["worlds"]] == world_ids()
    assert "wind: 0 0 0 1 1 1 2 2 1 0" in call("worlds windy").stdout
    assert "train" in call("").stdout


def test_a_users_file_joins(registries):
    Path("mine.py").write_text(
        "from gridworld import register_agent, register_world\n"
        "from gridworld.agents import QLearning\n"
        'register_world("corridor", "S..G\\n....")\n'
        '@register_agent\nclass Mine(QLearning):\n    id = "mine"\n    label = "Mine"\n'
    )
    told = tell("--load mine.py train corridor --load mine.py --agent mine --episodes 3")
    assert (told["world"], told["agent"]) == ("corridor", "mine")
    assert "corridor" in call("worlds --load mine.py").stdout


# Mistakes


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("trane easy", "There is no command 'trane'; the commands are train, solve,"),
        ("train", "Name a WORLD"),
        ("train esay", "There is no world and no file 'esay'. Choose one of easy, medium,"),
        ("train missing.txt", "There is no world and no file 'missing.txt'"),
        ("train bad.txt", "bad.txt, line 1: the key 'slop' is not one of title, step reward"),
        ("train binary.txt", "binary.txt can't be read as text"),
        ("train nonsense:World-v0", "Gymnasium can't make 'nonsense:World-v0'"),
        ("train CartPole-v1", "needs Discrete"),
        ("train easy --agent sarza", "There is no agent 'sarza'; the agents are q_learning, sarsa"),
        ("train easy --set alpha=1", "has no hyperparameter 'alpha'; it has: discount, step_size"),
        ("train easy --set step_size=2", "step_size is 2; it must be a number from 0 to 1."),
        ("train easy --set step_size=nan", "step_size is nan; it must be a number from 0 to 1."),
        ("train easy --set step_size=big", "step_size is 'big'; it must be a number from 0 to 1."),
        ("train easy --set exploration=none", "it must be one of epsilon-greedy, softmax, UCB."),
        ("train easy --set step_size", "--set step_size is not of the form NAME=VALUE"),
        ("train easy --episodes 0", "'0' is not a whole number from 1 to 1,000,000,000."),
        ("train easy --episodes many", "'many' is not a whole number from 1 to"),
        ("train easy --steps -5", "'-5' is not a whole number from 1 to"),
        ("train easy --runs 0", "'0' is not a whole number from 1 to 1,000."),
        ("train easy --seed -1", "'-1' is not a whole number from 0 to"),
        ("train easy --slip 2", "'2' is not a number from 0 to 1."),
        ("train easy --step-reward inf", "'inf' is not a number."),
        ("train easy --step-limit -1", "'-1' is not a whole number from 0 to"),
        ("train easy --episodes 5 --steps 5", "Give --episodes or --steps, not both."),
        ("train easy --threshold 1", "give --until-solved with it"),
        ("train easy --colour red", "No such option '--colour'"),
        ("train Blackjack-v1 --until-solved", "isn't known; say what is enough: --threshold X."),
        ("train easy --episodes 500001 --runs 2 --json", "1,000,002 episodes are too many for JSON"),
        ("train easy --save nowhere/run.npz", "there is no such folder"),
        ("train easy --save .", "that is a folder"),
        ("train --resume missing.npz", "There is no file or folder for 'missing.npz'"),
        ("train --resume bad.txt", "npz"),
        ("train --resume run.npz --episodes 3", "3 episodes are fewer than the 5 that have ended"),
        ("train --resume run.npz --steps 3", "--steps counts them all"),
        ("train --resume run.npz --agent sarsa", "--agent is not what the run of run.npz was begun with"),
        ("train medium --resume run.npz", "WORLD is not what the run of run.npz was begun with"),
        ("train --resume run.npz --set step_size=0.7", "--set step_size is not what the run"),
        ("train --resume run.npz --runs 2", "--resume goes on with one run"),
        ("solve", "Missing argument 'WORLD'"),
        ("solve easy --discount 1.5", "'1.5' is not a number from 0 to 1."),
        ("solve easy --policy greedy", "is not one of 'optimal', 'uniform', 'epsilon-greedy'"),
        ("solve easy --epsilon 0.1", "--epsilon belongs to --policy epsilon-greedy."),
        ("solve easy --horizon 0", "'0' is not a whole number from 1 to 1,000,000."),
        ("solve jumps --discount 1", "Choose a discount below 1"),
        ("solve Blackjack-v1", "can't be solved exactly"),
        ("evaluate", "Missing argument"),
        ("evaluate missing.npz", "There is no file or folder for 'missing.npz'"),
        ("evaluate Blackjack-v1", "can't be solved exactly"),
        ("export run.npz page.pdf", "give it the ending .html"),
        ("export run.npz nowhere/page.html", "there is no such folder"),
        ("export missing.npz page.html", "There is no file or folder for 'missing.npz'"),
        ("agents sarza", "There is no agent 'sarza'; the agents are"),
        ("worlds esay", "There is no world 'esay'; the worlds are"),
        ("serve --runs /dev/null", "--runs /dev/null: that is no folder"),
        ("serve --port 99999", "'99999' is not a whole number from 0 to 65,535."),
        ("serve --address nowhere.invalid", "--address nowhere.invalid: there is no such address"),
        ("serve --address 203.0.113.1", "Nothing can be served at port 5006 of 203.0.113.1: cannot assign"),
        ("worlds --load missing.py", "there is no Python file of that name"),
        ("worlds --load broken.py", "--load broken.py, line 2: ZeroDivisionError: division by zero"),
        ("worlds --load syntax.py", "--load syntax.py, line 1: SyntaxError"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(line, sentence):
    Path("bad.txt").write_text("slop: 1\n\nS.G\n")
    Path("binary.txt").write_bytes(b"S.G\xff\xfe")
    Path("broken.py").write_text("x = 0\ny = 1 / x\n")
    Path("syntax.py").write_text("def\n")
    if "run.npz" in line:
        call("train easy --episodes 5 --save run.npz")
    outcome = call(line, code=2)
    assert outcome.stdout == ""
    assert len(outcome.stderr.splitlines()) == 1, outcome.stderr
    assert sentence in outcome.stderr


def test_more_episodes_than_json_takes_end_the_run(monkeypatch):
    monkeypatch.setattr(order, "MOST_LISTED", 20)
    outcome = call("train easy --steps 100000 --json", code=2)
    assert "are too many for JSON" in outcome.stderr
    assert outcome.stdout == ""


def test_as_a_process():
    done, wrong = program("solve", "cliff", "--discount", "1", "--json"), program("train", "easy", "--slip", "7")
    told, remarks = done.communicate(timeout=60)
    assert (done.returncode, remarks, json.loads(told)["start_value"]) == (0, "", -13)
    told, remarks = wrong.communicate(timeout=60)
    assert (wrong.returncode, told, len(remarks.splitlines())) == (2, "", 1)


def test_the_command_line_knows_no_screen():
    code = "import sys, gridworld.__main__; print(*{'panel', 'bokeh', 'dashboards'} & set(sys.modules))"
    environment = {"PYTHONPATH": str(DOCS.parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == ""


def test_the_commands_of_the_docs_work(registries):
    text = DOCS.read_text()
    for name, language in (("mine.py", "python"), ("book.txt", "text")):
        Path(name).write_text(re.search(f"`{name}`.*?```{language}\n(.*?)```", text, re.DOTALL)[1])
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(commands) > 8
    for command in commands:
        call(command.removeprefix("gridworld "))
