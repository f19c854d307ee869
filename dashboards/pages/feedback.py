"""What came of an action, in a line, and after a deletion the button that takes it back."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.pages.downloads import button, outcome
from dashboards.style.widgets import html


class Outcome:
    """Reports what was done or what was wrong; `parts` are what Panel lays out, beside one another.

    `undo(ticket)` is called when the user wants back what was deleted last.
    """

    def __init__(self, undo: Callable[[str], None]) -> None:
        self._ticket = ""
        self.message = html("", styles={"min-width": "0", "flex": "1"})
        self.undo = button("Undo", "undo", lambda: undo(self._ticket), visible=False)
        self.parts = self.message, self.undo

    def report(self, text: str, error: str = "") -> None:
        """Report what was done or, in its place, what was wrong; "" for nothing."""
        self.message.object = outcome(text, error)
        self.undo.visible = False

    def report_deleted(self, name: str, ticket: str) -> None:
        """Report that something was deleted, and offer it back."""
        self.report(f"“{name}” was deleted.")
        self._ticket, self.undo.visible = ticket, True


BACK = "“{}” is back."
"""The message for a name whose deletion was undone."""
