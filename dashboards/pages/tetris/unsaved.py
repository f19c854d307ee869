"""What can be done about a training that should end and can't be saved."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.controls.run_buttons import change
from dashboards.pages.downloads import button
from dashboards.style.widgets import row
from gridworld.runs.commands import Command, Stop


class UnsavedChoice:
    """Offers to save again, and to stop without; `send(command, code, text)` hands the run a command."""

    def __init__(self, send: Callable[[Command, str, str], None]) -> None:
        again = button("Save again and stop", "save", lambda: send(Stop(), "stop", "Saved again, to stop"))
        without = button(
            "Stop without saving", "delete", lambda: send(Stop(force=True), "stop", "Stopped without saving")
        )
        self.panel = row(again, without, gap="8px", flex_wrap="wrap")
        self.panel.visible = False

    def show(self, unsaved: bool) -> None:
        """Show or hide the two buttons."""
        change(self.panel, visible=unsaved)
