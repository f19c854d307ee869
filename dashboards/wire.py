"""One message a tick: all changes of a document leave together, and the next tick waits until they have left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent


@contextmanager
def one_message(document: Document | None) -> Iterator[None]:
    """Collect the changes made inside, and send them to each connection as one PATCH-DOC.

    The message joins the writes that Bokeh awaits under the document's lock, so a client that stalls slows nobody but
    itself, and a bounded buffer waits for it. Outside a server (a notebook, a test) changes pass as usual.
    """
    context: Any = document.session_context if document else None
    session = context.session if context else None
    if document is None or session is None or getattr(session, "_pending_writes", None) is None:
        yield
        return
    document.hold("combine")
    try:
        yield
    finally:
        callbacks: Any = document.callbacks
        events, callbacks._held_events = list(callbacks._held_events), []
        document.unhold()
        patches = [event for event in events if isinstance(event, DocumentPatchedEvent)]
        if patches:
            for connection in session._subscribed_connections:
                message = connection.protocol.create("PATCH-DOC", patches)
                session._pending_writes.append(connection._socket.send_message(message))
        for event in events:  # callbacks that were added or removed, which concern the server alone
            if not isinstance(event, DocumentPatchedEvent):
                callbacks.trigger_on_change(event)
