"""The other commands, and the command line as a whole."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from gridworld.agents import AGENTS
from gridworld.cli import command_line
from gridworld.worlds.named import world_ids
from support.command_line import call, program, read_json
from support.paths import ROOT


def test_evaluate_runs_and_worlds():
    call("train easy --until-solved --save easy.npz")
    call("train Blackjack-v1 --episodes 20 --save cards.npz")
    run, world, cards = read_json("evaluate easy.npz FrozenLake-v1 cards.npz --episodes 40")["evaluations"]
    assert (run["policy"], run["agent"], run["episodes"]) == ("greedy", "q_learning", 0)
    assert run["return"] == pytest.approx(run["optimum"], rel=0.0101)
    assert (world["policy"], world["agent"]) == ("optimal", None)
    assert world["return"] == pytest.approx(0.7442, abs=5e-5)
    assert (cards["episodes"], cards["optimum"]) == (40, None)
    assert -1 <= cards["return"] <= 1
    assert "mean of 40 episodes" in call("evaluate cards.npz --episodes 40").stdout
    assert read_json("evaluate cards.npz --seed 1") == read_json("evaluate cards.npz --seed 1")


def test_lists():
    text = call("agents").stdout
    assert all(f"\n{agent}:" in text for agent in AGENTS)
    assert "planning_steps" in text
    assert "a whole number from 0 to 10,000" in text
    assert [printed["id"] for printed in read_json("agents")["agents"]] == list(AGENTS)
    assert "trace_decay" in call("agents sarsa_lambda").stdout
    assert [printed["id"] for printed in read_json("worlds")["worlds"]] == world_ids()
    assert "wind: 0 0 0 1 1 1 2 2 1 0" in call("worlds windy").stdout
    assert "train" in call("").stdout


@pytest.mark.slow
def test_a_users_file_joins(registries):
    Path("mine.py").write_text(
        "from gridworld import register_agent, register_world\n"
        "from gridworld.agents import QLearning\n"
        'register_world("corridor", "S..G\\n....")\n'
        '@register_agent\nclass Mine(QLearning):\n    id = "mine"\n    label = "Mine"\n'
    )
    printed = read_json("--load mine.py train corridor --load mine.py --agent mine --episodes 3")
    assert (printed["world"], printed["agent"]) == ("corridor", "mine")
    assert "corridor" in call("worlds --load mine.py").stdout


@pytest.mark.slow
def test_the_commands_of_the_docs_work(registries):
    text = (ROOT / "docs" / "command-line.md").read_text()
    for name, language in (("mine.py", "python"), ("book.txt", "text"), ("plan.toml", "toml")):
        Path(name).write_text(re.search(f"`{name}`.*?```{language}\n(.*?)```", text, re.DOTALL)[1])
    commands = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(commands) > 8
    for command in commands:
        call(command.removeprefix("gridworld "))


def test_the_command_line_knows_no_screen():
    code = "import sys, gridworld.__main__; print(*{'panel', 'bokeh', 'dashboards'} & set(sys.modules))"
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == ""


def test_as_a_process():
    done, wrong = program("solve", "cliff", "--discount", "1", "--json"), program("train", "easy", "--slip", "7")
    printed, remarks = done.communicate(timeout=60)
    assert (done.returncode, remarks, json.loads(printed)["start_value"]) == (0, "", -13)
    printed, remarks = wrong.communicate(timeout=60)
    assert (wrong.returncode, printed, len(remarks.splitlines())) == (2, "", 1)


def every_command(command=command_line, words=()):
    """The words of each command, and of each group of commands."""
    yield words
    context = click.Context(command)
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        yield from every_command(command.get_command(context, name), (*words, name))


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_the_help_of_every_command_gives_bounds_in_words(words):
    text = " ".join(call(f"{' '.join(words)} --help").stdout.split())
    assert not re.search(r"<=?x|x[<>]|RANGE|e\+\d|\d{5,}", text.replace("5006", "").replace("8786", ""))
    if words == ("train",):
        assert "[default: 1; from 1 to 1,000]" in text
