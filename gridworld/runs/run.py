"""What every run offers: commands go in, frames come out."""

from __future__ import annotations

from typing import Protocol

from gridworld.runs.commands import Command
from gridworld.runs.frame import Frame


class Run(Protocol):
    """Something that learns: a session in this process, one in another, or a recording."""

    def send(self, command: Command) -> None:
        """Take a command. Raises ValueError, and changes nothing, if it makes no sense."""

    def poll(self, budget: float) -> Frame | None:
        """Work for at most `budget` seconds and report what is new; None if nothing is."""

    def close(self) -> None:
        """Let go of processes and threads."""
