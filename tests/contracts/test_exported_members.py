"""What the two packages export, and what a user's type checker sees of it."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import dashboards
import gridworld

USERS_SCRIPT = """
from pathlib import Path

from dashboards import TrainingDashboard, export_html
from gridworld import Frame, LocalRun, TrainingSession, load_world

session = TrainingSession(world="cliff", agent="sarsa", seed=7)
frame: Frame = session.tick_episodes(5)
page: Path = export_html(LocalRun(session), "run.html")
rows: int = load_world("cliff").rows
dashboard = TrainingDashboard(world="easy")
"""
WRONG_SCRIPT = USERS_SCRIPT.replace("frame: Frame", "frame: int")


@pytest.mark.parametrize("package", [dashboards, gridworld], ids=lambda package: package.__name__)
def test_all_that_is_promised_is_there(package):
    assert package.__all__ == sorted(set(package.__all__))
    for name in package.__all__:
        assert getattr(package, name).__doc__, name


def test_the_version_is_that_of_the_package():
    assert gridworld.__version__ == version("gridworld-lab")


REPRS = {
    "Settings(world='cliff', hyperparameters={'step_size': 0.5}, seed=7)": lambda session: session.settings,
    "<TrainingSession of q_learning in cliff, seed 7: step 10, episode 0>": lambda session: session,
    "<Problem cliff: 48 states, actions up, right, down, left>": lambda session: session.problem,
    "<World Cliff walking 4 × 12: 4 × 12 cells>": lambda session: session.problem.world,
    "<Frame of a run that is paused: step 10, episode 0>": lambda session: session.frame(),
    "<History of episodes: 0 of 4,096 rows>": lambda session: session.history,
    "QLearning(step_size=0.5)": lambda session: session.agent,
    "<Scene: state 24, step 10 of its episode, 0 ended before>": lambda session: session.scene(),
    "<TransitionModel of 48 states and 4 actions>": lambda session: session.problem.phases[0][1],
    "<Layout: a map of 4 × 12 cells>": lambda session: session.problem.layouts[0][1],
    "<GridWorld in <World Cliff walking 4 × 12: 4 × 12 cells>>": lambda s: s.problem.make_env().unwrapped,
}


@pytest.mark.parametrize(("text", "part"), REPRS.items(), ids=[text.split()[0] for text in REPRS])
def test_what_a_prompt_shows_is_short_and_useful(text, part):
    session = gridworld.TrainingSession(world="cliff", seed=7, step_size=0.5, compiled=False)
    session.advance(10)
    assert repr(part(session)) == text


def test_what_a_prompt_shows_stays_short_for_a_world_given_as_text():
    session = gridworld.TrainingSession(world=f"title: A long world\n\n{'S' * 9}G\n" + f"{'.' * 10}\n" * 500)
    assert all(len(repr(part(session))) < 200 for part in REPRS.values())


def test_the_dashboards_export_these_names():
    assert dashboards.__all__ == ["TrainingDashboard", "export_html"]
    with pytest.raises(AttributeError, match="attribute Dashboard"):
        dashboards.Dashboard  # noqa: B018


@pytest.mark.slow
def test_a_strict_type_checker_sees_our_types(tmp_path):
    script = tmp_path / "script.py"
    for text, code in ((USERS_SCRIPT, 0), (WRONG_SCRIPT, 1)):
        script.write_text(text)
        command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path / 'cache'}", str(script)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == code, done.stdout
