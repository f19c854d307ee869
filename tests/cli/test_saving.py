"""`gridworld train --save` and `--resume`: runs that stop and go on."""

import os
import signal
from itertools import count
from pathlib import Path
from threading import Event

import pytest

from gridworld.cli.ending import SIGNALS
from gridworld.cli.runs import MOST_LISTED, Goal, train
from gridworld.cli.saving import Saving
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession
from support.command_line import BOOK_GRID, call, program, read_json


@pytest.mark.parametrize(
    ("first", "then"), [("--episodes 10", "--episodes 25"), ("--steps 777", "--steps 2000"), ("--steps 555", "")]
)
def test_a_resumed_run_equals_one_that_never_stopped(first, then):
    begin = "train hard --agent q_lambda --seed 5 --set epsilon=0.3"
    call(f"{begin} {first} --save half.npz")
    went_on = read_json(f"train --resume half.npz {then or '--episodes 30'} --save whole.npz")
    assert went_on == read_json(f"{begin} {then or '--episodes 30'}")
    assert read_json(f"{begin} --resume whole.npz {then or '--episodes 30'}") == went_on


def test_a_resumed_run_is_solved_when_it_would_have_been():
    call("train medium --episodes 3 --save half.npz")
    assert read_json("train --resume half.npz --until-solved") == read_json("train medium --until-solved")


def test_resuming_knows_its_end():
    call("train easy --episodes 4 --save done.npz")
    assert len(read_json("train --resume done.npz")["runs"][0]["returns"]) == 4


def test_a_resumed_world_file_needs_no_file():
    Path("book.txt").write_text(BOOK_GRID)
    call("train book.txt --episodes 5 --save book.npz")
    whole = read_json("train book.txt --episodes 9")
    Path("book.txt").unlink()
    assert read_json("train --resume book.npz --episodes 9") == whole


def test_several_runs_are_saved_by_their_seeds():
    call("train easy --episodes 2 --runs 2 --seed 4 --save run.npz")
    assert {path.name for path in Path().iterdir()} == {"run-4.npz", "run-5.npz"}


@pytest.mark.parametrize("save", ["", " --save other.npz"])
def test_what_is_resumed_is_saved_in_its_file_unless_another_is_named(save):
    call("train easy --episodes 4 --save run.npz")
    outcome = call(f"train --resume run.npz --episodes 9{save}")
    changed = "other.npz" if save else "run.npz"
    assert f"Saved after 9 episodes and {run_file.load(changed).step} steps: {changed}." in outcome.stderr
    assert run_file.load("run.npz").episode == (4 if save else 9)


# Signals, failures and checkpoints. The environment sends the signal itself, so that no test waits for a clock.

KNOCKS = """
import os
import signal

import gymnasium as gym


class Knocks(gym.Env):
    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)
    steps, first = 0, None

    def __init__(self, number=0):
        self.number = number

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        Knocks.steps += 1
        Knocks.first = Knocks.first or self
        if self.number and Knocks.steps == 50:
            os.kill(os.getpid(), self.number)
        if not self.number and Knocks.first is not self:
            raise ValueError("The environment broke.")
        return 1, 0.0, True, False, {}


gym.register("Knocks-v0", entry_point=Knocks)
"""


@pytest.fixture
def knocks(registries, monkeypatch):
    """A file with an environment that sends a signal to this process at its 50th step, and one run at a time."""
    Path("knocks.py").write_text(KNOCKS)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    return lambda number: f"train Knocks-v0?number={int(number)} --load knocks.py --steps {1 << 50}"


@pytest.mark.parametrize("save", ["", " --save mine.npz"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_request_to_end_saves_the_run_and_names_the_way_to_go_on(number, save, knocks):
    outcome = call(knocks(number) + save, code=128 + number)
    name = "mine.npz" if save else f"Knocks-v0_number_{int(number)}-q_learning-0.npz"
    assert f"steps: {name}. Go on with it: gridworld train --resume {name} --steps={1 << 50}" in outcome.stderr
    assert outcome.stdout == ""
    assert run_file.load(name).step >= 50


@pytest.mark.slow
def test_ctrl_c_ends_the_program():
    Path("knocks.py").write_text(KNOCKS)
    line = ["train", f"Knocks-v0?number={int(signal.SIGINT)}", "--load", "knocks.py", "--steps", str(1 << 50)]
    process = program(*line, "--save", "mine.npz")
    printed, remarks = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, ""), remarks
    assert "steps: mine.npz. Go on with it: gridworld train --resume mine.npz" in remarks
    assert "Traceback" not in remarks


def test_signals_are_handled_as_before_afterwards():
    before = [signal.getsignal(number) for number in SIGNALS]
    call("train easy --episodes 1")
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_runs_that_had_not_begun_are_named(knocks):
    outcome = call(knocks(signal.SIGTERM) + " --runs 4 --seed 7 --save run.npz", code=143)
    assert "Not begun: the runs with seed 8, 9, 10." in outcome.stderr
    assert [path.name for path in Path().glob("*.npz")] == ["run-7.npz"]


def test_a_run_that_fails_leaves_the_others_saved(registries, monkeypatch):
    Path("knocks.py").write_text(KNOCKS)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    line = "train Knocks-v0 --load knocks.py --steps 1000000000 --runs 2 --save run.npz"
    outcome = call(line, code=2)
    assert "The environment broke" in outcome.stderr.splitlines()[-1]
    (other,) = Path().glob("run-*.npz")
    assert run_file.load(other).step > 0


@pytest.mark.slow
def test_more_episodes_than_json_takes_are_saved_and_not_listed():
    Path("short.txt").write_text("title: Two cells\n\nSG\n")
    outcome = call("train short.txt --steps 5000000 --json --save long.npz", code=2)
    assert "are too many for JSON" in outcome.stderr
    assert outcome.stdout == ""
    assert run_file.load("long.npz").episode > MOST_LISTED


def test_a_run_is_saved_once_a_minute_while_it_goes_on():
    session = TrainingSession(world="easy", episodes=0, compiled=False)
    seconds, saved = count(step=40.0), []
    train(session, Goal(steps=5_000), Event(), lambda run: saved.append(run.step), clock=lambda: next(seconds))
    assert saved == sorted(set(saved))
    assert 3 < len(saved) < 5_000


def test_a_disk_that_refuses_a_checkpoint_is_reported_once_and_stops_nothing(capsys):
    saving = Saving(Path("there is no such folder", "run.npz"), several=False)
    session = TrainingSession(world="easy")
    saving.checkpoint(session)
    saving.checkpoint(session)
    assert capsys.readouterr().err.count("Not saved in between: ") == 1


def test_nothing_is_saved_in_between_where_no_file_was_named():
    Saving(None, several=False).checkpoint(TrainingSession(world="easy"))
    assert not list(Path().iterdir())
