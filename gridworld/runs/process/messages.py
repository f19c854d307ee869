"""What goes through the pipes between a run and its worker process, and how.

A message is its length in four bytes and a pickle. What is reported is turned to bytes at that moment, never later,
so that no array can change between report and arrival. Both ends are one program's: nobody else writes here.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from gridworld.runs.frame import Status
from gridworld.runs.history import Stream
from gridworld.runs.process.cadence import Cadence

MAX_MESSAGE = 4096  # bytes; only a traceback may be longer
MAX_PAYLOAD = MAX_MESSAGE - 512
LENGTH = 4

Kind = Literal["status", "rows", "scene", "checkpoint", "error", "unsaved"]


class Message(NamedTuple):
    """One report of a worker. `name` is the stream of rows or the part of a scene ("board" or "metrics")."""

    run: str
    status: Status
    step: int
    episode: int
    kind: Kind = "status"
    name: str = ""
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        return pickle.dumps((self.run, self.status.value, *self[2:]), pickle.HIGHEST_PROTOCOL)

    @classmethod
    def from_bytes(cls, data: bytes) -> Message:
        run, status, *rest = pickle.loads(data)
        return cls(run, Status(status), *rest)


class WorkerOrder(NamedTuple):
    """What a worker is started with: the first thing it reads."""

    run: str
    factory: str
    settings: Mapping[str, Any]
    checkpoint: str | None
    streams: tuple[Stream, ...]
    cadence: Cadence


def write_message(pipe: int, body: bytes) -> None:
    """Write one message. Raises BrokenPipeError when nobody reads any more."""
    data = memoryview(len(body).to_bytes(LENGTH, "big") + body)
    while data:
        data = data[os.write(pipe, data) :]


def read_messages(pipe: int) -> Iterator[bytes]:
    """Yield the messages in order until the writer is gone; one that its death cut short is dropped."""
    buffer = bytearray()
    while data := os.read(pipe, 1 << 16):
        buffer += data
        start = 0
        while (body := start + LENGTH) <= len(buffer):
            end = body + int.from_bytes(buffer[start:body], "big")
            if end > len(buffer):
                break
            yield bytes(buffer[body:end])
            start = end
        del buffer[:start]
