"""Another program that does a command's work: it ends when this one is asked to, and its exit code is passed on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
OWN_GROUP = 0 if os.name == "posix" else None  # so that Ctrl-C reaches the program once, from here


def run_module(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run `python -m NAME` until it ends, and give its exit code; 128 + N if signal N ended it.

    Whatever asks this process to end (Ctrl-C, a terminal that is closed) ends the program.
    """
    started: list[subprocess.Popen] = []

    def end(number: int, frame: FrameType | None) -> None:
        for program in started:
            program.terminate()

    before = {number: signal.signal(number, end) for number in ENDING}
    try:
        started.append(
            subprocess.Popen([sys.executable, "-m", name, *arguments], env=environment, process_group=OWN_GROUP)
        )
        code = started[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
