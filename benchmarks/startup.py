"""What starting costs, beside numpy and Gymnasium, which everything needs: `python benchmarks/startup.py`."""

from __future__ import annotations

import os
import subprocess
import sys

from verdicts import asked, machine

BASE = "import numpy, gymnasium"
COMMAND = "import sys; sys.argv[1:] = {}; from gridworld.__main__ import main; main()"
LINES = {
    "import numpy, gymnasium": BASE,
    "import gridworld": "import gridworld",
    "from gridworld import TrainingSession": "from gridworld import TrainingSession",
    **{f"gridworld {words}": COMMAND.format(words.split()) for words in ("--help", "worlds", "train --help")},
    "import dashboards.export": "import dashboards.export.page",
}
REPEATS = 5


def processor_time(code: str) -> float:
    """Return the least processor time in seconds of a fresh interpreter that runs the code."""
    times = []
    for _ in range(REPEATS):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, code
        times.append(used.ru_utime + used.ru_stime)
    return min(times)


def main() -> None:
    """Print each line's processor time, what it takes beyond the libraries, and its ratio to them."""
    base = processor_time(BASE)
    print(f"{machine()}\nprocessor time of a fresh interpreter, the least of {REPEATS}\n")
    found = {}
    for name, code in LINES.items():
        used = found[name] = processor_time(code)
        print(f"{name:40s} {used:6.3f} s  {used - base:+6.3f} s  {used / base:5.2f} x")
    more, shown = found["import gridworld"] - base, found["gridworld --help"]
    print(f"import gridworld: {more:.2f} s more than numpy and Gymnasium, {asked(more, most=0.25)}")
    print(f"gridworld --help: {shown:.2f} s, {asked(shown, most=0.3)}")


if __name__ == "__main__":
    main()
