"""The command line: `python -m gridworld`, or `gridworld` once it is installed."""

from __future__ import annotations

from gridworld.cli import command_line


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    command_line(prog_name="gridworld")


if __name__ == "__main__":
    main()
