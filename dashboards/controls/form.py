"""A form in the drawer: it turns edits into requests, says what is wrong with them, and locks while a run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from dashboards.style.widgets import fields_in, html

LOCK = (
    '<svg width="12" height="12" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path '
    'd="M18 8h-1V6a5 5 0 0 0-10 0v2H6v14h12zM9 6a3 3 0 0 1 6 0v2H9z"/></svg>locked while running'
)


class Form:
    """What forms have in common. A subclass says in `relock` which of its widgets `running` locks."""

    panel: Any  # what Panel lays out
    running = False
    adopting = False

    def __init__(self) -> None:
        self.problem_text = html("", sizing_mode="stretch_width", visible=False)

    def show(self, settings: Any) -> None:
        """Take over settings that came from elsewhere without asking for anything."""
        raise NotImplementedError

    def relock(self) -> None:
        """Disable what may not be edited now."""
        raise NotImplementedError

    def lock(self, running: bool) -> None:
        """Lock what may not change while the run goes on."""
        if running != self.running:
            self.running = running
            self.relock()

    def complain(self, sentence: str) -> None:
        """Say under the form what was wrong with an edit; an empty sentence takes it away."""
        told = escape(sentence)
        text = f'<div class="hint" role="alert" style="color:var(--mui-palette-error-main)">{told}</div>'
        self.problem_text.param.update(object=text if sentence else "", visible=bool(sentence))

    def attempt(self, ask: Callable[[], None]) -> None:
        """Ask for something; what is wrong with it is said here."""
        try:
            ask()
            self.complain("")
        except ValueError as problem:
            self.complain(str(problem))

    @contextmanager
    def adopt(self) -> Iterator[None]:
        """Edits made inside come from us, not from the reader."""
        before, self.adopting = self.adopting, True
        try:
            yield
        finally:
            self.adopting = before


def disable(part: Any, disabled: bool) -> None:
    """Disable, or enable, the widgets of a form row."""
    for widget in fields_in(part):
        widget.disabled = disabled
