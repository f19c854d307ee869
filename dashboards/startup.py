"""What a server does once, before its first page: compile the loops, and keep the collector of garbage out of the way."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import panel as pn

from gridworld.compiled import CAN_COMPILE
from gridworld.session import TrainingSession

FILL_CACHE = "from gridworld.warm import compile_everything; compile_everything()"


def prepare() -> None:
    """Load Panel's parts, compile the default agent's loop here, and the others' in a process of low priority.

    What is compiled stays on disk, so all but a machine's first start find it there.
    """
    pn.extension("tabulator", notifications=True, disconnect_notification=DISCONNECTED, reconnect=True)
    if _done:
        return
    _done.append(True)
    TrainingSession().compile()
    if CAN_COMPILE:
        lower = (lambda: os.nice(10)) if hasattr(os, "nice") else None
        subprocess.Popen([sys.executable, "-c", FILL_CACHE], preexec_fn=lower, stdin=subprocess.DEVNULL)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


DISCONNECTED = "The connection to the server was lost. The run is kept there; reload the page to see it again."
_done: list[bool] = []
