"""One message a tick: all changes of a document leave together, and the next tick waits until they have left."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bokeh.core.serialization import BytesRep, Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent
from bokeh.model import Model
from bokeh.protocol.messages.patch_doc import patch_doc

WORTH_A_FRAME = 8192  # bytes of an array that travel apart from the text, in two WebSocket frames of their own


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
            message = _message(document, patches)
            for connection in session._subscribed_connections:
                session._pending_writes.append(connection._socket.send_message(message))
        for event in events:  # callbacks that were added or removed, which concern the server alone
            if not isinstance(event, DocumentPatchedEvent):
                callbacks.trigger_on_change(event)


def _message(document: Document, patches: list[DocumentPatchedEvent]) -> patch_doc:
    """A PATCH-DOC with these changes."""
    serializer = PatchSerializer(document)
    message = patch_doc(patch_doc.create_header(), {}, {"events": serializer.encode(patches)})
    document.models.flush_synced(lambda model: not serializer.has_ref(model))
    message.add_buffers(*serializer.buffers)
    return message


class PatchSerializer(Serializer):
    """Looks a model up when it is met, where Bokeh lists all models for each message; small arrays stay in the text."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document: Any = document

    def encode(self, obj: Any) -> Any:
        """What JSON says of a value; of a name or a number without asking what else it could be."""
        return obj if type(obj) is str or type(obj) is int else super().encode(obj)

    def get_ref(self, obj: Any) -> Any:
        """The reference to a model that the browser has."""
        if isinstance(obj, Model) and obj.document is self._document and obj not in self._document.models._new_models:
            return obj.ref
        return super().get_ref(obj)

    def _encode_bytes(self, obj: Any) -> Any:
        if memoryview(obj).nbytes >= WORTH_A_FRAME:
            return super()._encode_bytes(obj)
        return BytesRep(type="bytes", data=b64encode(gzip.compress(obj, 0, mtime=1)).decode())
