"""Exporting in a process of its own, so that a server goes on serving meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gridworld.pictures.recording import KEYFRAMES, Progress, session_of
from gridworld.storage import run_file
from gridworld.storage.checkpoint import Checkpoint, freeze

PROBLEM = 2  # exit code of the process where the reason is a sentence for people


def export_bytes(
    source: Any, *, keyframes: int = KEYFRAMES, theme: str = "auto", progress: Progress | None = None
) -> bytes:
    """Return a run as the content of one HTML file, written by a process of its own. It takes seconds: call it in a
    thread.

    On a page, copy the run on the event loop, where nothing changes it meanwhile, and wait for a thread::

        copy = freeze(run.session)
        content = await asyncio.to_thread(export_bytes, copy, theme="dark", progress=tell)

    Parameters
    ----------
    source
        A `Checkpoint` from `gridworld.storage.checkpoint.freeze`, or a session or live run that nothing else drives.
    keyframes, theme
        As `export_html` takes them.
    progress
        Called in this thread with the share that is done, from 0 to 1.

    Raises
    ------
    ValueError
        In one sentence, if there is nothing to show or an argument makes no sense.
    RuntimeError
        If the process failed otherwise; the message is its last line.
    """
    checkpoint = source if isinstance(source, Checkpoint) else None
    session = session_of(source)
    if session is not None:
        checkpoint = freeze(session)
    if checkpoint is None:
        raise TypeError(f"A page is made from a checkpoint, a session or a run, not from {type(source).__name__}.")
    with tempfile.TemporaryDirectory(prefix="gridworld-export-") as folder:
        saved, page = Path(folder) / "run.npz", Path(folder) / "page.html"
        run_file.write(checkpoint, saved)
        _run([str(saved), str(page), "--keyframes", str(keyframes), "--theme", theme], progress or (lambda done: None))
        return page.read_bytes()


def _run(arguments: list[str], progress: Progress) -> None:
    """Run `python -m dashboards.export`, and pass on the shares it prints."""
    command = [sys.executable, "-m", "dashboards.export", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "encoding": "utf-8", "env": environment}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        with subprocess.Popen(command, stderr=complaints, **pipes) as process:
            assert process.stdout is not None
            for line in process.stdout:
                progress(float(line))
        complaints.seek(0)
        reason = (complaints.read().strip().splitlines() or ["no reason was given"])[-1]
    if process.returncode == PROBLEM:
        raise ValueError(reason)
    if process.returncode:
        raise RuntimeError(f"The page could not be written: {reason}")
