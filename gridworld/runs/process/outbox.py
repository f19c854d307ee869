"""What a worker reports and its parent has not taken yet, in bounded memory."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from gridworld.runs.frame import Columns, Status
from gridworld.runs.history import History, Stream
from gridworld.runs.process.messages import MAX_PAYLOAD, Kind, Message


class Outbox:
    """Two lanes from a trainer to a slow reader, filled by one thread and emptied by another.

    The log is reliable and ordered: its rows wait, and where more than `messages` messages of a stream wait they are
    folded by the rules of its `Stream`, so that a row covers two, four, ... records and none is lost. A status waits
    for the rows reported before it, unless it is reported with `first=True`. The scene has room for the newest board
    and metrics only.
    """

    def __init__(self, run: str, streams: Iterable[Stream] = (), messages: int = 512) -> None:
        self._run = run
        self._log = {s.name: History(s, messages * rows_per_message(s)) for s in streams}
        self._leaving: deque[tuple[str, bytes]] = deque()  # rows, cut to the size of messages
        self._notes: dict[Kind, bytes] = {}
        self._scene: dict[str, bytes] = {}
        self._scene_is_next = True
        self._now = (Status.STARTING, 0, 0)
        self._reported = self._now
        self._first = self._closed = False
        self._changed = threading.Condition()

    def report(
        self,
        status: Status,
        step: int,
        episode: int,
        log: Mapping[str, Columns] | None = None,
        *,
        first: bool = False,
        error: str | None = None,
    ) -> None:
        """Append to the log. With `first` the status goes before all that waits; an error comes with it."""
        with self._changed:
            if error is not None:
                self._notes = {"error": error.encode()}
            for name, columns in (log or {}).items():
                self._log[name].append(columns)
            self._now = (status, step, episode)
            self._first = self._first or first
            self._changed.notify()

    def show(self, part: str, picture: Any) -> None:
        """Put a part of the scene in the place of the one that waits. Raises ValueError if it is too large."""
        payload = pickle.dumps(picture, pickle.HIGHEST_PROTOCOL)
        if len(payload) > MAX_PAYLOAD:
            raise ValueError(f"The {part} takes {len(payload)} bytes; a message has room for {MAX_PAYLOAD}.")
        with self._changed:
            self._scene[part] = payload
            self._changed.notify()

    def note(self, kind: Kind, text: str) -> None:
        """Report the newest checkpoint or error, before anything else."""
        with self._changed:
            self._notes[kind] = text.encode()
            self._changed.notify()

    def close(self) -> None:
        """Accept no more messages; those that wait can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self, timeout: float | None = None) -> Message | None:
        """Return the next message, waiting for one; None once the outbox is closed and empty, or after the timeout."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._has_news(), timeout)
            return self._next() if self._has_news() else None

    def __len__(self) -> int:
        """Return a lower bound of the number of waiting messages."""
        with self._changed:
            log = sum(-(-len(rows) // rows_per_message(rows.stream)) for rows in self._log.values())
            return log + len(self._leaving) + len(self._notes) + len(self._scene)

    def _has_news(self) -> bool:
        return bool(self._notes or self._scene) or self._rows_wait() or self._reported != self._now

    def _rows_wait(self) -> bool:
        return bool(self._leaving) or any(map(len, self._log.values()))

    def _next(self) -> Message:
        if self._notes:
            kind = next(iter(self._notes))
            return self._message(kind, payload=self._notes.pop(kind))
        if self._first and self._reported[0] is not self._now[0]:
            return self._message("status")
        if self._scene and (self._scene_is_next or not self._rows_wait()):
            self._scene_is_next = False
            part = next(iter(self._scene))
            return self._message("scene", part, self._scene.pop(part))
        self._scene_is_next = True
        if self._rows_wait():
            if not self._leaving:
                self._cut()
            return self._message("rows", *self._leaving.popleft())
        return self._message("status")

    def _message(self, kind: Kind, name: str = "", payload: bytes = b"") -> Message:
        status, step, episode = self._now
        if self._rows_wait() and not self._first:
            status = self._reported[0]
        self._reported = (status, step, episode)
        return Message(self._run, status, step, episode, kind, name, payload)

    def _cut(self) -> None:
        """Move the waiting rows to messages, which makes room for as many again."""
        for name, waiting in self._log.items():
            rows, size = waiting.take(), rows_per_message(waiting.stream)
            self._leaving.extend((name, rows[i : i + size].tobytes()) for i in range(0, len(rows), size))


def rows_per_message(stream: Stream) -> int:
    """Return the number of rows of float64 that fit in one message."""
    return max(1, MAX_PAYLOAD // (8 * len(stream.columns)))
