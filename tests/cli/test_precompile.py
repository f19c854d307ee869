"""Compiling beforehand leaves nothing behind, and compiling meanwhile is remarked upon."""

import os
import subprocess
import sys

import pytest

from support.paths import ROOT


def test_it_ends_when_its_server_is_gone():
    command = [sys.executable, "-m", "gridworld.cli.precompile", "--until-input-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline(), "it has begun"
        process.stdin.close()
        assert b"Done" not in process.stderr.read()
    assert process.returncode == 0


FEW = ["--runs", "2", "--episodes", "2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ["train", "cliff", "--episodes", "2"],
        ["train", "cliff", "--episodes", "2", "--save", "run.npz"],
        ["compare", "cliff", "--agents", "q_learning,random", *FEW],
        ["tune", "cliff", "--over", "step_size=0.1..0.2", "--trials", "1", *FEW],
    ],
    ids=["train", "train and save", "compare", "tune"],
)
def test_a_command_says_that_it_compiles(tmp_path, command):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "gridworld", *command],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Compiling Q-learning for this machine; later runs read it from the disk." in done.stderr
