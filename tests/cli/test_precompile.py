"""Compiling beforehand leaves nothing behind."""

import subprocess
import sys


def test_it_ends_when_its_server_is_gone():
    command = [sys.executable, "-m", "gridworld.cli.precompile", "--until-input-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr.readline(), "it has begun"
        process.stdin.close()
        assert b"Done" not in process.stderr.read()
    assert process.returncode == 0
