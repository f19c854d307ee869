"""Every table about speed, made anew by one command, with what is asked of it and whether it is met.

    python benchmarks/speed.py          all but an hour of memory: three quarters of an hour on two quiet cores
    python benchmarks/speed.py --hour   that too
    python benchmarks/speed.py page viewers   only these

Each table is made by a process of its own, one after another; what is measured beside something else is within one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from verdicts import machine

TABLES: dict[str, tuple[str, ...]] = {
    "startup": (),
    "agents": (),
    "yardstick": ("5",),
    "planning": (),
    "experiments": (),
    "export": (),
    "opening": ("3",),
    "visits": ("20", "30"),
    "notebook": ("3",),
    "page": (),
    "beside": (),
    "viewers": (),
    "chaos": ("120",),
    "time_travel": (),
    "insight": (),
    "overlays": (),
    "editing": (),
    "films": (),
}
"""The modules beside this one, with their arguments."""
HOUR = {"memory": ("60", "20", "4")}


def made(name: str, arguments: tuple[str, ...]) -> list[str]:
    """Make one table and print it as it comes; return the lines that say whether something is met."""
    print(f"\n== {name}.py", flush=True)
    command = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = [line.rstrip() for line in process.stdout or () if print(line, end="", flush=True) is None]
    if process.returncode:
        return [f"{name}.py ended with {process.returncode}: MISSED"]
    return [f"{name}: {' '.join(line.split())}" for line in lines if line.endswith((": met", ": MISSED"))]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the tables about speed.")
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES, *HOUR], help="only these")
    parser.add_argument("--hour", action="store_true", help="watch a server's memory for an hour as well")
    options = parser.parse_args()
    every = TABLES | HOUR
    wanted = options.tables or [*TABLES, *(HOUR if options.hour else ())]
    print(machine(), flush=True)
    verdicts = [line for name in wanted for line in made(name, every[name])]
    print(f"\n== {sum(line.endswith(': met') for line in verdicts)} of {len(verdicts)} are met")
    print("\n".join(verdicts))


if __name__ == "__main__":
    main()
