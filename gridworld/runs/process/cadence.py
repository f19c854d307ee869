"""How often a worker process reports and saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a worker shows itself and saves. Settable during the run by `Configure`, under these names.

    A board is shown every `board_every` steps and metrics every `metrics_every` steps (0: never), but no more than
    `frames_per_second` times a second. A checkpoint is saved every `save_every` seconds, and at Stop and the end.
    """

    board_every: int = 10
    metrics_every: int = 100
    frames_per_second: float = 30.0
    save_every: float = 60.0

    def __post_init__(self) -> None:
        if self.board_every < 0 or self.metrics_every < 0:
            raise ValueError("Boards and metrics are reported every N steps: N must be 1 or more, or 0 for none.")
        if not (self.frames_per_second > 0 and self.save_every > 0):
            raise ValueError("The number of frames a second and the seconds between two checkpoints are above 0.")

    def changed(self, changes: Mapping[str, Any]) -> tuple[Cadence, dict[str, Any]]:
        """Return this cadence with the changes that concern it, and the other changes."""
        names = {field.name for field in fields(self)}
        mine = {name: value for name, value in changes.items() if name in names}
        return replace(self, **mine), {name: value for name, value in changes.items() if name not in names}
