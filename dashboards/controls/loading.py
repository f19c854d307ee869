"""What an edit needs to have loaded before it is attempted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

LoadFirst = Callable[[Callable[[], Any], Callable[[], None]], None]
"""`load_first(work, then)` does the work, off the loop if it takes long, then calls `then`."""


class Loading:
    """Lets edits wait for what they need; of several the last counts. `show(loads)` is called when one has to wait."""

    def __init__(self, load_first: LoadFirst, show: Callable[[bool], None]) -> None:
        self._load_first, self._show = load_first, show
        self._newest = 0
        self._loads = False
        self._waiting: list[Callable[[], None]] = []

    def before(self, work: Callable[[], Any], attempt: Callable[[], None]) -> None:
        """Do the work, then attempt the edit, unless there was another one meanwhile."""
        self._newest = edit = self._newest + 1
        self._loads = True

        def go_on() -> None:
            if edit == self._newest:
                self._loads = False
                self._show(False)
                attempt()
                waiting, self._waiting = self._waiting, []
                for each in waiting:
                    each()

        self._load_first(work, go_on)
        if self._loads:
            self._show(True)

    def after(self, act: Callable[[], None], soon: Callable[[Callable[[], None]], None]) -> None:
        """Do what means the newest edit: at once, or, where that has to wait, as `soon` as it was attempted."""
        if self._loads:
            self._waiting.append(lambda: soon(act))
        else:
            act()
