"""What a page offers after a training was replaced: to have it back."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from dashboards.hub.recent import FormerRun
from dashboards.pages.downloads import button
from dashboards.style.widgets import html, row


class UndoOffer:
    """A line that names the training before and calls `undo()`; `panel` is hidden while there is none."""

    def __init__(self, undo: Callable[[], None]) -> None:
        self._text = html("", styles={"min-width": "0", "flex": "1"}, align="center")
        self.undo = button("Undo", "undo", undo)
        self.panel = row(self._text, self.undo)
        self.panel.visible = False

    def show(self, former: FormerRun | None) -> None:
        """Offer a training that is kept; None: there is none to offer."""
        if former is not None:
            session = former.session
            name = session.problem.title or session.problem.name
            text = f"The previous training is kept: {name}, {session.episode:,} episodes, {session.step:,} steps."
            self._text.object = f'<div class="hint" role="status">{escape(text)}</div>'
        if self.panel.visible != (former is not None):
            self.panel.visible = former is not None
