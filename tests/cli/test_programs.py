"""Another program that does the work of a command."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gridworld.cli.programs import run_module
from support.paths import ROOT


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_command_ends_the_program_that_it_started(number):
    Path("waits.py").write_text(
        "import os, signal, time\n"
        "def end(number, frame):\n    os.write(1, b'ended\\n')\n    raise SystemExit(7)\n"
        "signal.signal(signal.SIGTERM, end)\nos.write(1, b'ready\\n')\ntime.sleep(60)\n"
    )
    code = "import os, sys; from gridworld.cli.programs import *; sys.exit(run_module('waits', [], os.environ))"
    environment = {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code], text=True, stdout=subprocess.PIPE, env=environment)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    printed, _ = process.communicate(timeout=30)
    assert (printed, process.returncode) == ("ended\n", 7)


def test_a_program_that_a_signal_ended_is_reported_as_shells_do(monkeypatch):
    Path("dies.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    before = signal.getsignal(signal.SIGINT)
    assert run_module("dies", [], os.environ) == 128 + signal.SIGKILL
    assert signal.getsignal(signal.SIGINT) is before
