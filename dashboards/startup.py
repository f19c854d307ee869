"""What a server does once, before its first page: compile the loops, and keep the collector of garbage out of the way."""

from __future__ import annotations

import gc
import subprocess
import sys

import panel as pn

from gridworld.compiled import CAN_COMPILE
from gridworld.session import TrainingSession

DISCONNECTED = "The connection to the server was lost. The run is kept there; reload the page to see it again."
_done: list[subprocess.Popen | None] = []


def prepare() -> None:
    """Load Panel's parts, compile the default agent's loop here, and the others' in a process of low priority.

    What is compiled stays on disk, so all but a machine's first start find it there.
    """
    pn.extension("tabulator", notifications=True, disconnect_notification=DISCONNECTED, reconnect=True)
    if _done:
        return
    _done.append(None)
    if CAN_COMPILE:
        TrainingSession().compile()
        _done.append(subprocess.Popen([sys.executable, "-m", "gridworld.warm"], stdin=subprocess.DEVNULL))
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)

