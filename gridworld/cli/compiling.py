"""Compile before runs begin, with a remark where that takes long."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Timer

from gridworld.cli.parameters import note
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

SOON = 2.0  # seconds; reading a loop from the disk takes less


def compile_first(session: TrainingSession) -> None:
    """Compile the loop of a run, or read it from numba's cache, so that threads and processes find it there."""
    remark = Timer(SOON, note, [f"Compiling {session.agent.label} for this machine; later runs read it from the disk."])
    remark.start()
    try:
        session.compile()
    finally:
        remark.cancel()


def compile_each_first(runs: Iterable[Settings], stepped: bool = False) -> None:
    """Do so for runs of several agents and policies, once for each."""
    distinct = {(one.agent, one.hyperparameters.get("exploration")): one for one in runs}
    for one in distinct.values():
        compile_first(TrainingSession(one, stepped=stepped))
