"""Exporting in a process of its own, so that a server goes on serving meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gridworld.pictures.film import FilmStoppedError
from gridworld.pictures.recording import KEYFRAMES, session_of
from gridworld.pictures.stills import Progress
from gridworld.storage import run_file
from gridworld.storage.checkpoint import Checkpoint, freeze

PROBLEM = 2  # exit code of the process where the reason is a sentence for people


def export_bytes(
    source: Any,
    *,
    keyframes: int = KEYFRAMES,
    theme: str = "auto",
    overlay: str = "state value",
    progress: Progress | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return a run as the content of one HTML file, written by a process of its own. It takes seconds: call it in a
    thread.

    On a page, copy the run on the event loop, where nothing changes it meanwhile, and wait for a thread::

        copy = freeze(run.session)
        content = await asyncio.to_thread(export_bytes, copy, theme="dark", progress=show)

    Parameters
    ----------
    source
        A `Checkpoint` from `gridworld.storage.checkpoint.freeze`, or a session or live run that nothing else drives.
    keyframes, theme, overlay
        As `export_html` takes them.
    progress
        Called in this thread with the share that is done, from 0 to 1.
    stopped
        Asked now and then; once it returns True, no page is made.

    Raises
    ------
    ValueError
        In one sentence, if there is nothing to show, an argument makes no sense, or it was stopped.
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
        options = ["--keyframes", str(keyframes), "--theme", theme, "--overlay", overlay]
        _run([str(saved), str(page), *options], _stopping(progress or (lambda done: None), stopped))
        return page.read_bytes()


def film_bytes(
    checkpoint: Checkpoint,
    what: str,
    form: str,
    looks: Mapping[str, Any],
    *,
    progress: Progress,
    stopped: Callable[[], bool],
) -> bytes:
    """Return a film of a run as the content of a GIF or an MP4, made by a process of its own: call it in a thread.

    `form` is "gif" or "mp4"; `looks` has any of `seconds`, `width`, `theme` and `colour`. These, `what`, `progress` and
    `stopped` are as for `record_film`, and so are the errors.
    """
    options = [word for name, value in looks.items() for word in (f"--{name}", str(value))]
    with tempfile.TemporaryDirectory(prefix="gridworld-film-") as folder:
        saved, film = Path(folder) / "run.npz", Path(folder) / f"film.{form}"
        run_file.write(checkpoint, saved)
        arguments = [str(saved), str(film), "--what", what, *options]
        _run(arguments, _stopping(progress, stopped), "gridworld.pictures")
        return film.read_bytes()


def _stopping(progress: Progress, stopped: Callable[[], bool]) -> Progress:
    """Return `progress`, which raises once it is stopped."""

    def report(share: float) -> None:
        if stopped():
            raise FilmStoppedError("It was stopped; nothing was written.")
        progress(share)

    return report


def _run(arguments: list[str], progress: Progress, module: str = "dashboards.export") -> None:
    """Run a module as a process, and pass on the shares it prints; what `progress` raises ends it."""
    command = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "encoding": "utf-8", "env": environment}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        with subprocess.Popen(command, stderr=complaints, **pipes) as process:
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    progress(float(line))
            except BaseException:
                process.kill()
                raise
        complaints.seek(0)
        reason = (complaints.read().strip().splitlines() or ["no reason was given"])[-1]
    if process.returncode == PROBLEM:
        raise ValueError(reason)
    if process.returncode:
        raise RuntimeError(f"It could not be written: {reason}")
