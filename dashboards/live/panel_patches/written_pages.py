"""The HTML of promised pages, which is written once: only their tokens differ."""

from __future__ import annotations

from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import panel as pn
import panel.io.server as panel_server
from bokeh.document import Document

from dashboards.live.panel_patches.presence import takes, usable
from dashboards.live.panel_patches.promised_pages import PromisedPage

WRITTEN: WeakKeyDictionary[Document, dict[str | None, list[str]]] = WeakKeyDictionary()


def write_frames_once() -> None:
    """Write the HTML of a frame once for each place from which its scripts are fetched.

    Panel looks up the files of every component that is installed, a tenth of a second in which no page is answered.
    """
    write: Any = getattr(panel_server, "server_html_page_for_session", None)
    parameters = ("session", "resources", "title", "token", "template", "template_variables")
    name = f"panel.io.server.server_html_page_for_session({', '.join(parameters)})"
    if not usable("the HTML of a page written once", {name: takes(write, *parameters)}):
        return

    @wraps(write)
    def write_promised_once(session: Any, resources: Any, title: str, token: str | None = None, **looks: Any) -> str:
        if not isinstance(session, PromisedPage):
            return write(session, resources, title, token, **looks)
        written = WRITTEN.setdefault(session.document, {})
        place = pn.state.rel_path
        if place not in written:
            written[place] = write(session, resources, title, session.token, **looks).split(session.token)
        return session.token.join(written[place])

    panel_server.server_html_page_for_session = write_promised_once
