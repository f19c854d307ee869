"""Every table about speed, made anew by one command, with what is asked of it and whether it is met.

    python benchmarks/speed.py                all but that of memory, which takes an hour
    python benchmarks/speed.py page memory    only these

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
    "memory": ("60", "20", "4"),
}
"""The modules beside this one, with their arguments."""
LONG = "memory"


def made(name: str, arguments: tuple[str, ...]) -> list[str]:
    """Make one table and print it as it comes; return the lines that say whether something is met."""
    print(f"\n== {name}.py", flush=True)
    command = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = []
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        return [f"{name}.py ended with {process.returncode}: MISSED"]
    return [f"{name}: {' '.join(line.split())}" for line in lines if line.endswith((": met", ": MISSED"))]


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the tables about speed.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help="only these")
    wanted = parser.parse_args().tables or [name for name in TABLES if name != LONG]
    if unknown := [name for name in wanted if name not in TABLES]:
        parser.error(f"there is no table {', '.join(unknown)}; choose from {', '.join(TABLES)}")
    print(machine(), flush=True)
    verdicts = [line for name in wanted for line in made(name, TABLES[name])]
    print(f"\n== {sum(line.endswith(': met') for line in verdicts)} of {len(verdicts)} are met")
    print("\n".join(verdicts))


if __name__ == "__main__":
    main()
