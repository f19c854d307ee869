"""What a page offers where the run it was asked for is gone from the server but has left an autosave."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from dashboards.live.background import in_background, sentence
from dashboards.pages.downloads import button, outcome
from dashboards.pages.training.rewind_tab import BANNER
from dashboards.style.widgets import html, row
from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession


def autosave_offer(executor: Executor, name: str, open_it: Callable[[str, TrainingSession], None]) -> Any:
    """Return a line with a button that reads the autosave of that name and hands it to `open_it(name, session)`."""
    message = html('<div role="status">The run of this address is no longer on the server, but its autosave is.</div>')

    def opened(future: Future) -> None:
        problem = future.exception()
        if problem is not None:
            message.object = outcome("", sentence(problem))
        else:
            open_it(name, future.result())

    def read() -> None:
        in_background(executor, lambda: Library().open(name), opened)

    restore = button("Open its autosave", "restore", read)
    return row(message, restore, **BANNER)
