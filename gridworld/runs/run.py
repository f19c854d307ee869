"""What every run offers: commands go in, frames come out."""

from __future__ import annotations

from typing import Protocol, TypeVar

from gridworld.runs.commands import Command
from gridworld.runs.frame import Frame
from gridworld.runs.history import Stream

Session = TypeVar("Session", covariant=True)


class Run(Protocol[Session]):
    """Something that learns or plays: a session in this process, a trainer in another, or a recording.

    Everything known of it, its settings and its pace included, is in its newest frame. `Session` is the type of
    what it can be saved from.
    """

    @property
    def session(self) -> Session | None:
        """What is trained here; None where it is elsewhere, or where nothing is learned."""

    @property
    def streams(self) -> tuple[Stream, ...]:
        """The logs whose rows come with its frames."""

    def send(self, command: Command) -> None:
        """Take a command. Raises ValueError, and changes nothing, if it makes no sense."""

    def poll(self, budget: float) -> Frame | None:
        """Work for at most `budget` seconds and report what is new; None if nothing is."""

    def close(self) -> None:
        """End its processes and threads."""
