"""A run as one HTML file that needs no server and no network: replay, curves, settings, recipe and data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashboards.export.page import Page
from dashboards.export.subprocess import export_bytes
from gridworld.pictures.recording import KEYFRAMES, record
from gridworld.pictures.stills import Progress
from gridworld.training.settings import Settings

__all__ = ["THEMES", "export_bytes", "export_html"]

THEMES = ("auto", "light", "dark")


def export_html(
    source: Any,
    path: str | Path,
    *,
    keyframes: int = KEYFRAMES,
    theme: str = "auto",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a run as one HTML file, and give its path.

    Parameters
    ----------
    source
        A `TrainingSession` (one that has not begun is trained by its own settings; of another its run so far is made
        again, and it is left as it is), a `LocalRun` or what holds one as `run`, `Keyframes`, a `RecordedRun`, or a
        list of frames.
    keyframes
        How many moments of the training can be looked at, 2 or more. Large worlds have fewer, and the page notes it.
    theme
        "light", "dark", or "auto": the one that the browser opening the file prefers.
    settings
        Of the run whose frames these are; only frames need it.
    progress
        Called now and then with the share that is done, from 0 to 1.

    Raises
    ------
    ValueError
        In one sentence, if there is nothing to show or an argument makes no sense.
    TypeError
        For a source of another kind.
    """
    if theme not in THEMES:
        raise ValueError(f"There is no theme {theme!r}; choose one of {', '.join(THEMES)}.")
    recording = record(source, keyframes, settings, progress)
    path = Path(path)
    path.write_text(Page(recording, theme).html(), encoding="utf-8")
    return path
