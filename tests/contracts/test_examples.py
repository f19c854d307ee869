"""The examples run as they are, and what they register joins."""

import os
import subprocess
import sys

import pytest

from dashboards.controls.choices import agent_choices, world_groups
from gridworld import load_file
from gridworld.training.session import TrainingSession
from support.paths import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_runs_without_a_warning(path):
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-W", "error", str(path)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert not done.stderr


@pytest.fixture
def loaded(registries):
    """Both files loaded, and forgotten afterwards."""
    for name in ("own_agent.py", "own_world.py"):
        load_file(ROOT / "examples" / name)


def test_the_page_offers_them(loaded):
    assert agent_choices()["Pessimistic Q-learning"] == "pessimistic_q_learning"
    assert world_groups()["My worlds"]["Island 5 × 7"] == "island"


def test_the_agent_trains_to_the_same_bits_compiled_and_plain(loaded, assert_same):
    runs = [
        TrainingSession(world="cliff", agent="pessimistic_q_learning", seed=3, episodes=0, compiled=compiled)
        for compiled in (True, False)
    ]
    for run in runs:
        run.advance(2_000)
    assert_same(*runs)
    run = TrainingSession(world="cliff", agent="q_learning", seed=3, episodes=0)
    run.advance(2_000)
    assert (run.tables.Q != runs[0].tables.Q).any()


def test_the_environment_is_trusted_with_its_table_and_stepped_without(loaded, assert_same):
    with_table, without = (
        TrainingSession(world=world, seed=3, episodes=0) for world in ("Gambler-v0", "GamblerInTheDark-v0")
    )
    assert (with_table.stepped, without.stepped) == (False, True)
    for run in (with_table, without):
        run.advance(3_000)
    assert_same(with_table, without)
