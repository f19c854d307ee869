"""The command line in this process and as a program of its own."""

import json
import shlex
import signal
import subprocess
import sys
from functools import partial

from click.testing import CliRunner

from gridworld.cli import command_line
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


def call(line, code=0):
    """The outcome of a command line, which must have this exit code."""
    outcome = CliRunner().invoke(command_line, shlex.split(line), prog_name="gridworld")
    if outcome.exit_code != code or "Traceback" in outcome.output:
        raise AssertionError(f"{line}: exit code {outcome.exit_code}\n{outcome.output}") from outcome.exception
    return outcome


def mistake(line):
    """The one line on standard error of a command line that makes no sense."""
    outcome = call(line, code=2)
    assert outcome.stdout == ""
    (sentence,) = outcome.stderr.splitlines()
    return sentence


def read_json(line, code=0):
    """The JSON object of a command line; one with NaN or infinity is none."""

    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(call(f"{line} --json", code).stdout, parse_constant=refuse)


def program(*arguments, **options):
    """The command line as a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "gridworld", *arguments]
    pipes = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    default = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore Ctrl-C
    return subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}, preexec_fn=default, **pipes, **options)
