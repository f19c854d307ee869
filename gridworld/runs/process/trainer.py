"""What a trainer must offer to work in a process of its own, what it is made from, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from gridworld.runs.frame import Columns
from gridworld.runs.history import Stream

Attend = Callable[[], int]
"""Waits while the run is paused; returns how many steps may be done before the next call, or 0: the work must end."""


class Trainer(Protocol):
    """What can learn in a worker: made there by a function `(settings, checkpoint) -> Trainer`.

    `settings` are plain values; `checkpoint` is None or what `save` gave, and a trainer that goes on from one has its
    whole log as news.
    """

    @property
    def step(self) -> int: ...

    @property
    def episode(self) -> int: ...

    def work(self, attend: Attend) -> None:
        """Learn until `attend()` returns 0 or all is learned; call it every few milliseconds, between two steps."""

    def news(self) -> Mapping[str, Columns]:
        """Return the log since the last call: stream -> columns."""

    def board(self) -> Any:
        """Return the newest picture of what it does, or None; under 4 KiB, of a class that the server can import."""

    def metrics(self) -> Any:
        """Return its newest numbers, or None; the same holds."""

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Take settings that may change during a run."""

    def save(self) -> str | None:
        """Save a checkpoint and return its name; None if it keeps none."""


@dataclass(frozen=True)
class Recipe:
    """What a trainer is made from.

    `factory` is "module:function", a function `(settings, checkpoint) -> Trainer`, which only the
    worker imports. `streams` are its logs. `live` names the settings that may change during a run. `check` raises
    ValueError where the settings make no sense.
    """

    factory: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    streams: tuple[Stream, ...] = ()
    live: frozenset[str] = frozenset()
    check: Callable[[Mapping[str, Any]], None] = lambda settings: None


@dataclass(frozen=True, slots=True)
class ProcessScene:
    """The scene of a process trainer: its newest board and its newest metrics; None where there is none yet."""

    board: Any
    metrics: Any
