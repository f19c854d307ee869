"""A run as one HTML file that needs no server and no network: replay, curves, settings, recipe and data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dashboards.export.page import Page
from dashboards.export.subprocess import export_bytes
from gridworld.insight.overlays import OVERLAYS
from gridworld.pictures.draw import meaning_of
from gridworld.pictures.recording import KEYFRAMES, record, session_of
from gridworld.pictures.stills import Progress
from gridworld.storage.atomic_files import written_whole
from gridworld.training.settings import Settings

__all__ = ["THEMES", "export_bytes", "export_html"]

THEMES = ("auto", "light", "dark")


def export_html(
    source: Any,
    path: str | Path,
    *,
    keyframes: int = KEYFRAMES,
    theme: str = "auto",
    overlay: str = "state value",
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
    overlay
        What the colours of the board mean, by the names of `gridworld picture --colour`, such as "visits".
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
    session = session_of(source)
    if overlay not in OVERLAYS:
        raise ValueError(f"There is no overlay {overlay!r:.60}; choose one of {', '.join(OVERLAYS)}.")
    if session is not None and overlay != "state value":
        meaning_of(session.problem, session.settings_in_force, overlay)
    shown = OVERLAYS[overlay]
    recording = record(source, keyframes, settings, progress, lately=shown.lately, by_action=shown.by_action)
    path = Path(path)
    content = Page(recording, theme, overlay).html().encode()
    with written_whole(path) as file:
        file.write(content)
    return path
