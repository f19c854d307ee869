"""The file of --state: what a command works at, kept once a minute and at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TypeVar

from gridworld.cli.parameters import note
from gridworld.cli.places import check_file
from gridworld.errors import CheckpointError

BETWEEN_SAVES = 60.0  # seconds
OPTION = "--state"

Work = TypeVar("Work")


class StateFile:
    """Reads and writes the work's file; with None for `path`, there is none and nothing is written.

    Raises
    ------
    ValueError
        If the file is none that could be written.
    """

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            check_file(OPTION, path)
        self.path, self._refused, self._saved = path, False, monotonic()

    def read(self, load: Callable[[Path], Work]) -> Work | None:
        """Return the work of the file, None where there is no file; ValueError, with its name, if it can't be used."""
        if self.path is None or not self.path.exists():
            return None
        try:
            return load(self.path)
        except ValueError as problem:
            raise ValueError(f"{OPTION} {self.path}: {problem}") from None

    def keep(self, save: Callable[[Path], object]) -> None:
        """Write once a minute; what the disk refuses is reported once, and the work goes on."""
        if self.path is None or monotonic() - self._saved < BETWEEN_SAVES:
            return
        self._saved = monotonic()
        try:
            save(self.path)
        except CheckpointError as problem:
            if not self._refused:
                self._refused = True
                note(f"Not saved in between: {problem}")

    def end(self, save: Callable[[Path], object], report: str) -> None:
        """Write at the end and report it; `report` has a place for the file. Raise CheckpointError if that fails."""
        if self.path is not None:
            save(self.path)
            note(report.format(self.path))
