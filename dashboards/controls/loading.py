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

    def before(self, work: Callable[[], Any], attempt: Callable[[], None]) -> None:
        """Do the work, then attempt the edit, unless there was another one meanwhile."""
        self._newest = edit = self._newest + 1
        loads = True

        def go_on() -> None:
            nonlocal loads
            loads = False
            if edit == self._newest:
                self._show(False)
                attempt()

        self._load_first(work, go_on)
        if loads:
            self._show(True)
