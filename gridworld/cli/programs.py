"""Another program that does a command's work: it ends when this one is asked to, and its exit code is passed on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from gridworld.cli.ending import SIGNALS

OWN_GROUP = 0 if os.name == "posix" else None  # so that Ctrl-C reaches the program once, from here


def run_module(
    name: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
) -> int:
    """Run `python -m NAME` until it ends, and return its exit code; 128 + N if signal N ended it.

    A request to end this process (Ctrl-C, a terminal that is closed) ends the program.
    """
    command = [sys.executable, "-m", name, *arguments]
    started: list[subprocess.Popen] = []

    def end(number: int, frame: FrameType | None) -> None:
        for program in started:
            program.terminate()

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        with subprocess.Popen(command, env=environment, process_group=OWN_GROUP) as program:
            started.append(program)
            code = program.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
