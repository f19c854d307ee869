"""Frames: what a run reports, and what a run's status is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np

from gridworld.runs.commands import Pace

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


OWN_CLASS = re.compile(r"^gridworld\.[\w.]+: ")
"""Before the message of one of this program's own errors, in the last line of a traceback."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A report of a run: all that is new in the log, the newest picture, and the facts about the run itself.

    `log` maps the name of a stream ("episodes", "evaluations", ...) to the columns appended to it since the last
    frame. `scene` is the picture; its type is the run's. `settings` are those in force, with what was changed since the
    beginning; their type, too, is the run's. Nothing in a frame changes after it was made.
    """

    epoch: int
    status: Status
    step: int
    episode: int
    scene: Any = None
    log: Mapping[str, Columns] = field(default_factory=dict)
    error: str | None = None
    settings: Any = None
    pace: Pace = field(default_factory=Pace)
    resumable: bool = False  # whether a run whose worker is gone goes on from a checkpoint at Start
    pid: int | None = None  # of the worker process while there is one
    unsaved: bool = False  # whether a worker that should end stays, because it can't save: `error` is the reason

    def __repr__(self) -> str:
        new = ", ".join(f"{len(next(iter(log.values()), ())):,} {stream}" for stream, log in self.log.items())
        report = f"step {self.step:,}, episode {self.episode:,}" + (f", new: {new}" if new else "")
        return f"<Frame of a run that is {self.status}: {report}>"

    @property
    def reason(self) -> str:
        """The error in one line: the last of a traceback, without the name of a class of this program."""
        lines = (self.error or "").strip().splitlines()
        return OWN_CLASS.sub("", lines[-1]) if lines else ""

    def then(self, newer: Frame) -> Frame:
        """Return this frame and the one after it as one: logs concatenated, newest scene kept. Associative.

        A newer epoch replaces everything; a frame of an older epoch is dropped.
        """
        if newer.epoch != self.epoch:
            return newer if newer.epoch > self.epoch else self
        log = {name: concatenate(self.log.get(name), newer.log.get(name)) for name in {**self.log, **newer.log}}
        scene = self.scene if newer.scene is None else newer.scene
        settings = self.settings if newer.settings is None else newer.settings
        return replace(newer, log=log, scene=scene, settings=settings)


def concatenate(older: Columns | None, newer: Columns | None) -> Columns:
    """Return the rows of one stream from two frames."""
    if not older or not newer:
        return older or newer or {}
    return {name: np.concatenate([older[name], newer[name]]) for name in older}
