"""Commands: what a run is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Start:
    """Run until paused, finished or failed. Does nothing on a running run."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop learning and keep everything. Does nothing on a run that is not running."""


@dataclass(frozen=True, slots=True)
class Step:
    """Do some steps, or as many as complete some episodes, as fast as it goes; then pause."""

    steps: int = 1
    episodes: int = 0


@dataclass(frozen=True, slots=True)
class Until:
    """Run as fast as it goes until a watch of the trainer, made to stop, has found what it looks out for; then pause.

    Pausing the run ends the search.
    """

    watch: Any


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to run: steps per second (None: as fast as it goes), and how many steps lie between two pictures.

    A run in a process of its own shows no picture where `update_every` is 0.
    """

    steps_per_second: float | None = None
    update_every: int = 1


@dataclass(frozen=True, slots=True)
class Configure:
    """Change hyperparameters of the run as it is; they hold from the next episode on."""

    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """Change the grid world of the run as it is, tables and all; the change holds from the next episode on.

    `world` is the text of the world as it is to be. A run that has not done a step begins with it.
    """

    world: str


@dataclass(frozen=True, slots=True)
class Extend:
    """Set the number of episodes to do in all (0: endless); a finished run can go on when it grows."""

    episodes: int


@dataclass(frozen=True, slots=True)
class Reset:
    """Begin again in the next epoch, with these settings or with those in force."""

    settings: Any = None


@dataclass(frozen=True, slots=True)
class Load:
    """Go on from a saved training session in the next epoch."""

    session: Any


@dataclass(frozen=True, slots=True)
class Stop:
    """End a worker process; what it reported stays to be looked at.

    A worker that can't save what it has done stays, paused, unless `force` is set.
    """

    force: bool = False


Command = Start | Pause | Step | Until | Pace | Configure | Edit | Extend | Reset | Load | Stop
