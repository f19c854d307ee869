"""A form in the drawer: it turns edits into requests, shows what is wrong with them, and locks while a run goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dashboards.controls.fields import refuse
from dashboards.style.widgets import html, problem_html

LOCK = (
    '<svg width="12" height="12" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path '
    'd="M18 8h-1V6a5 5 0 0 0-10 0v2H6v14h12zM9 6a3 3 0 0 1 6 0v2H9z"/></svg>locked while running'
)


Soon = Callable[[Callable[[], None]], None]
"""Makes a change to widgets in an order with what a tick changes: a widget's own callback may overtake a tick."""


class Form(ABC):
    """What forms have in common; `soon` makes the changes that answer an edit.

    A subclass defines in `relock` which of its widgets `running` locks, and in `restore` what they show if refused.
    """

    panel: Any  # what Panel lays out
    running = False
    adopting = False

    def __init__(self, soon: Soon) -> None:
        self.soon = soon
        self.problem_text = html("", sizing_mode="stretch_width", visible=False)

    @abstractmethod
    def show(self, settings: Any) -> None:
        """Take over settings that came from elsewhere without asking for anything."""

    @abstractmethod
    def relock(self) -> None:
        """Disable what may not be edited now."""

    @abstractmethod
    def restore(self) -> None:
        """Show the settings in force again, in place of an edit that was refused."""

    def lock(self, running: bool) -> None:
        """Lock what may not change while the run goes on."""
        if running != self.running:
            self.running = running
            self.relock()

    def complain(self, sentence: str) -> None:
        """Show under the form what was wrong with an edit that has no field; an empty sentence takes it away."""
        self.problem_text.param.update(object=problem_html(sentence), visible=bool(sentence))

    def attempt(self, ask: Callable[[], None], field: Any = None) -> None:
        """Ask for something; the reason of a refusal is shown below the field that asked, or else under the form."""
        self.soon(lambda: self._attempt(ask, field))

    def _attempt(self, ask: Callable[[], None], field: Any) -> None:
        if field is not None and field.disabled:  # the browser locks it as well, but may be anyone's
            self.restore()
            return
        try:
            ask()
            sentence = ""
        except ValueError as problem:
            self.restore()
            sentence = str(problem)
        self.complain("" if refuse(field, sentence) else sentence)

    @contextmanager
    def adopt(self) -> Iterator[None]:
        """Take edits made inside as the program's, not as the user's."""
        before, self.adopting = self.adopting, True
        try:
            yield
        finally:
            self.adopting = before
