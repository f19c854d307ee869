"""What a page shows when its server is gone: the browser itself writes it, for nobody else is left to."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn
from bokeh.document import Document
from bokeh.events import ButtonClick, ConnectionLost
from bokeh.models import SetValue, Toggle

from dashboards.live.served import served_page
from dashboards.style.buttons import NEEDS_SERVER

SHOWS_STATUS = "shows the status"
"""The tag of what reports a lost connection."""

OFFLINE = (
    '<span class="chip" role="status" style="color:var(--mui-palette-error-main)">'
    '<svg width="14" height="14" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true">'
    '<path d="M11 15h2v2h-2zm0-8h2v6h-2zM12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z"/></svg>No connection</span>'
)


class LostConnection:
    """Locks what commands a page's runs for good when its connection is lost: a page is mended by a reload.

    What the browser does then has to be in the first message, before there are widgets to name: it is given its objects
    by `watch`, once the page has connected, and again when a tab is opened for the first time. `panel` is an invisible
    part that carries it there; `locks` is how many widgets have the tag `NEEDS_SERVER`.
    """

    def __init__(self, locks: int) -> None:
        carrier = Toggle(visible=False)
        self._word, *self._locks = (SetValue(obj=carrier, attr="active", value=True) for _ in range(1 + locks))
        carrier.js_on_event(ButtonClick, self._word, *self._locks)  # of a button that nobody can click
        self.panel = pn.pane.Bokeh(carrier, margin=0, width=0, height=0, styles={"display": "none"})
        document = served_page()
        if document is not None:
            document.js_on_event(ConnectionLost, self._word, *self._locks)

    def watch(self, document: Document) -> None:
        """Name what the browser is to lock and to write."""
        chip: Any = document.select_one({"tags": SHOWS_STATUS})
        self._word.update(obj=chip, attr="text", value=escape(OFFLINE))
        for lock, model in zip(self._locks, document.select({"tags": NEEDS_SERVER}), strict=False):
            lock.update(obj=_owner(model), attr="disabled")


def _owner(model: Any) -> Any:
    """Return what has a widget's properties: a component in React has them in a model of its own."""
    return getattr(model, "data", model)
