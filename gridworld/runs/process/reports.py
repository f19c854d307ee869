"""What a worker has reported: log rows that no frame has shown yet, the newest scene, and why its process ended."""

from __future__ import annotations

import pickle
import signal
from collections.abc import Mapping, Sequence

import numpy as np

from gridworld.runs.frame import Columns, Frame
from gridworld.runs.history import Stream
from gridworld.runs.process.messages import Message
from gridworld.runs.process.trainer import ProcessScene


class Reports:
    """The rows of each stream since the last frame, and the newest picture and numbers.

    With `past`, what a checkpoint holds, these are its log and its scene until something is reported.
    """

    def __init__(self, streams: Sequence[Stream], past: Frame | None = None) -> None:
        self._streams, self._past = streams, past
        self._past_log: Mapping[str, Columns] = past.log if past else {}
        self._rows: dict[str, list[bytes]] = {}
        self._scene: dict[str, bytes] = {}

    def add(self, message: Message) -> None:
        """Keep what a message brings, if it brings rows or a part of the scene."""
        if message.kind == "rows":
            self._rows.setdefault(message.name, []).append(message.payload)
        elif message.kind == "scene":
            self._scene[message.name] = message.payload

    def clear(self) -> None:
        """Forget everything: what follows belongs to another epoch."""
        self._rows.clear()
        self._scene.clear()
        self._past, self._past_log = None, {}

    def take_log(self) -> dict[str, Columns]:
        """Return the new rows of each stream, as columns, and forget them."""
        log = {s.name: _columns(s, self._rows[s.name]) for s in self._streams if s.name in self._rows}
        past, self._past_log = self._past_log, {}
        self._rows.clear()
        return {**past, **log}

    def scene(self) -> ProcessScene | None:
        """Return the newest scene; None before there is one."""
        if not self._scene:
            return self._past.scene if self._past else None
        board, metrics = (self._scene.get(part) for part in ("board", "metrics"))
        return ProcessScene(board and pickle.loads(board), metrics and pickle.loads(metrics))


def exit_reason(exit_code: int, patience: float | None) -> str:
    """Return in a sentence why a worker's process ended; `patience` is given if it had to be ended by force."""
    if patience is not None:
        return (
            f"The trainer did not stop when asked and was ended after {patience:g} seconds; what it reported is kept."
        )
    how = f"exit code {exit_code}"
    if exit_code < 0:
        how = f"killed by {signal.Signals(-exit_code).name}"
    return f"The trainer's process ended unexpectedly ({how}); what it reported until then is kept."


def _columns(stream: Stream, rows: list[bytes]) -> Columns:
    table = np.frombuffer(b"".join(rows)).reshape(-1, len(stream.columns))
    return {name: table[:, column].copy() for column, name in enumerate(stream.columns)}
