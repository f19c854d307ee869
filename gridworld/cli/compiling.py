"""Compile before a training begins, with a remark where that takes long."""

from __future__ import annotations

from threading import Timer

from gridworld.cli.parameters import note
from gridworld.training.session import TrainingSession

SOON = 2.0  # seconds; reading a loop from the disk takes less


def compile_first(session: TrainingSession) -> None:
    """Compile the loop of a run, or read it from numba's cache, so that threads and processes find it there."""
    remark = Timer(SOON, note, [f"Compiling {session.agent.label} for this machine; later runs read it from the disk."])
    remark.start()
    try:
        session.compile()
    finally:
        remark.cancel()
