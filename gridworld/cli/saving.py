"""Where `gridworld train` saves its runs: at their end, when it is interrupted, and once a minute in between."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from threading import Event

from gridworld.cli.inputs import world_name
from gridworld.cli.parameters import note
from gridworld.errors import CheckpointError
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession


class Saving:
    """The files of the runs of one command.

    Parameters
    ----------
    file
        The file of the run, or, with the seed in its name, of each of several; None where none was named.
    several
        Whether there are several runs.
    """

    def __init__(self, file: Path | None, several: bool) -> None:
        self.file, self.several = file, several
        self._refused = Event()

    def path(self, session: TrainingSession) -> Path:
        """Return the file of a run; where none was named, one in this folder that is not there yet."""
        if self.file is None:
            return _free_file(session)
        if not self.several:
            return self.file
        return self.file.with_name(f"{self.file.stem}-{session.settings.seed}{self.file.suffix}")

    def checkpoint(self, session: TrainingSession) -> None:
        """Save a run that goes on, if a file was named; what the disk refuses is reported once, and the run goes on."""
        if self.file is None:
            return
        try:
            run_file.save(session, self.path(session))
        except CheckpointError as problem:
            if not self._refused.is_set():
                self._refused.set()
                note(f"Not saved in between: {problem}")

    def save(self, sessions: Sequence[TrainingSession], advice: str | None = None) -> None:
        """Save every run that has begun, and report its file.

        With `advice`, the options that a saved run doesn't remember, print how to go on, and which seeds had not begun.

        Raises
        ------
        CheckpointError
            If the disk refuses, or a value of a run is not finite.
        """
        for session in [session for session in sessions if session.step or not self.several]:
            path = self.path(session)
            run_file.save(session, path)
            go_on = f"gridworld train --resume {shlex.quote(str(path))}{advice}"
            more = "" if advice is None else f" Go on with it: {go_on}"
            note(f"Saved after {session.episode:,} episodes and {session.step:,} steps: {path}.{more}")
        idle = [str(session.settings.seed) for session in sessions if not session.step]
        if self.several and idle and advice is not None:
            note(f"Not begun: the runs with seed {', '.join(idle)}.")


def _free_file(session: TrainingSession) -> Path:
    """Return a file in this folder, named by what was trained, that isn't there yet."""
    world = re.sub(r"[^\w-]+", "_", world_name(session.settings.world, session.problem))
    stem = f"{world}-{session.settings.agent}-{session.settings.seed}"
    names = (Path(f"{stem}.npz" if number == 1 else f"{stem}-{number}.npz") for number in count(1))
    return next(path for path in names if not path.exists())
