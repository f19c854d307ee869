"""What crosses the line between learning and looking: commands in, frames out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

Columns = Mapping[str, np.ndarray]
"""Named columns of equal length, one row a record."""


class Status(StrEnum):
    """The state of a run, the same for every trainer."""

    READY = "ready"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Frame:
    """A report of a trainer: all that is new in the log, and the newest picture.

    `log` maps the name of a stream ("episodes", "evaluations", ...) to the columns appended to it since the last
    frame. `scene` is the picture; its type is the trainer's. Nothing in a frame changes after it was made.
    """

    epoch: int
    status: Status
    step: int
    episode: int
    scene: Any = None
    log: Mapping[str, Columns] = field(default_factory=dict)
    error: str | None = None

    def then(self, newer: Frame) -> Frame:
        """This frame and the one after it as one: logs concatenated, newest scene kept. Associative.

        A newer epoch replaces everything; a frame of an older epoch is dropped.
        """
        if newer.epoch != self.epoch:
            return newer if newer.epoch > self.epoch else self
        log = {name: concatenate(self.log.get(name), newer.log.get(name)) for name in {**self.log, **newer.log}}
        return replace(newer, log=log, scene=self.scene if newer.scene is None else newer.scene)


def concatenate(older: Columns | None, newer: Columns | None) -> Columns:
    """The rows of one stream from two frames."""
    if not older or not newer:
        return older or newer or {}
    return {name: np.concatenate([older[name], newer[name]]) for name in older}


@dataclass(frozen=True, slots=True)
class Start:
    """Run until paused, finished or failed. Does nothing on a running run."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop learning and keep everything. Does nothing on a run that is not running."""


@dataclass(frozen=True, slots=True)
class Step:
    """Do some steps, or as many as complete some episodes, and be paused."""

    steps: int = 1
    episodes: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to run: steps per second (None: as fast as it goes), and how many steps lie between two frames."""

    steps_per_second: float | None = None
    update_every: int = 1


@dataclass(frozen=True, slots=True)
class Configure:
    """Change hyperparameters of the run as it is; they hold from the next episode on."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Extend:
    """Set the number of episodes to do in all (0: endless); a finished run can go on when it grows."""

    episodes: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Begin anew in the next epoch, with these settings or with the present ones."""

    settings: Any = None


@dataclass(frozen=True, slots=True)
class Load:
    """Go on from a saved session in the next epoch."""

    session: Any


@dataclass(frozen=True, slots=True)
class Stop:
    """End a worker process; what it reported stays to be looked at."""


Command = Start | Pause | Step | Pace | Configure | Extend | Reset | Load | Stop
