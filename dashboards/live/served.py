"""Whether a server sends a page, and whether anybody has it open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from bokeh.document import Document


def served_page() -> Document | None:
    """Return the document of the page that is made or answered now; None where no server sends it.

    It is None in a notebook, in a script, and in what is exported, though Panel has a document there too.
    """
    document = pn.state.curdoc
    return document if document is not None and document.session_context is not None else None


def has_viewer(document: Document) -> bool:
    """Return whether a browser is connected to a served page: the document of a closed tab lives on for a while."""
    context: Any = document.session_context
    return bool(context and context.session and context.session.connection_count)


def now_and_then(look: Callable[[], object], seconds: float) -> None:
    """Look for changes by others at an interval in seconds, as long as the served page is open."""
    document = served_page()
    if document is not None:
        document.add_periodic_callback(look, round(seconds * 1000))
