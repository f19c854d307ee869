"""One message a tick: all changes of a document leave together, and the next tick waits until they have left."""

from __future__ import annotations

import asyncio
import gzip
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.events import DocumentPatchedEvent, RootAddedEvent, RootRemovedEvent
from bokeh.model import Model
from bokeh.protocol.messages.patch_doc import patch_doc
from tornado.websocket import WebSocketHandler

from dashboards.live.panel_patches.presence import has, takes, usable
from dashboards.live.panel_patches.sources import Overwriting

PLAIN = frozenset({str, int, bool, type(None)})
WORTH_A_FRAME = 8192  # bytes of an array that travel apart from the text, in two WebSocket frames of their own


@contextmanager
def one_message(document: Document | None) -> Iterator[None]:
    """Collect the changes made inside, and send them to each connection as one PATCH-DOC.

    The message joins the writes that Bokeh awaits under the document's lock, so a client that stalls slows nobody but
    itself, and a bounded buffer waits for it. Outside a server (a notebook, a test) and without the lock changes pass
    as usual.
    """
    context: Any = document.session_context if document else None
    session = context.session if context else None
    if document is None or session is None or getattr(session, "_pending_writes", []) is None:
        yield
        return
    document.hold("combine")
    try:
        yield
    finally:
        try:
            if _can_send_as_one(document, session):
                _send_as_one(document, session)
        finally:
            document.unhold()


@contextmanager
def structured_once(document: Document) -> Iterator[None]:
    """Let Bokeh look for the models of a document once, at the end, and not after each change of what holds others.

    It is for use within `one_message`: a part that is new is sent as it is at the end. Bokeh's own `freeze` would never
    end where an error passes through it.
    """
    problem: BaseException | None = None
    with document.models.freeze():
        try:
            yield
        except BaseException as raised:
            problem = raised
    if problem is not None:
        raise problem


def _can_send_as_one(document: Document, session: Any) -> bool:
    """Return whether what is held can be taken, and be added to the writes that Bokeh awaits."""
    connections = getattr(session, "_subscribed_connections", ())
    return usable(
        "all changes of a tick in one message",
        {
            "ServerSession._pending_writes": has(session, "_pending_writes"),
            "ServerSession._subscribed_connections": has(session, "_subscribed_connections"),
            "ServerConnection._socket.send_message": all(
                has(getattr(connection, "_socket", None), "send_message") for connection in connections
            ),
            "DocumentCallbackManager._held_events": has(document.callbacks, "_held_events"),
        },
    )


def _send_as_one(document: Document, session: Any) -> None:
    """Send the changes that are held; what concerns the server alone, such as callbacks, stays held."""
    callbacks: Any = document.callbacks
    patches = [event for event in callbacks._held_events if isinstance(event, DocumentPatchedEvent)]
    callbacks._held_events = [e for e in callbacks._held_events if not isinstance(e, DocumentPatchedEvent)]
    if present := [event for event in patches if _is_present(document, event)]:
        message = make_message(document, present)
        for connection in session._subscribed_connections:
            session._pending_writes.append(connection._socket.send_message(message))


def _is_present(document: Document, event: DocumentPatchedEvent) -> bool:
    """Return whether what a change is about is still in the document.

    A browser that never had a model, as it came and went while changes were held, drops the whole message that speaks
    of it.
    """
    model = getattr(event, "model", None)
    return model is None or isinstance(event, RootAddedEvent | RootRemovedEvent) or model.document is document


class Patch(patch_doc):
    """A PATCH-DOC that hands all its frames over at once, where Bokeh waits a turn of the loop for each."""

    async def send(self, conn: Any) -> int:
        """Send it and wait until it has left; return the number of bytes, without those of arrays sent apart."""
        if not _can_send_at_once(self, conn):
            return await super().send(conn)
        frames = self.header_json, self.metadata_json, self.content_json
        with await conn.write_lock.acquire():
            await asyncio.gather(*(WebSocketHandler.write_message(conn, frame) for frame in frames))
            await self.write_buffers(conn, locked=False)
        return sum(map(len, frames))


def _can_send_at_once(message: Patch, connection: Any) -> bool:
    return usable(
        "the frames of a message at once",
        {
            "WSHandler.write_lock": has(connection, "write_lock"),
            "WSHandler is a tornado.websocket.WebSocketHandler": isinstance(connection, WebSocketHandler),
            "Message.write_buffers(conn, locked)": takes(type(message).write_buffers, "conn", "locked"),
        },
    )


def make_message(document: Document, patches: list[DocumentPatchedEvent]) -> patch_doc:
    """Return a PATCH-DOC with these changes.

    A model that is new comes as it is by now, with what holds it, so that its own changes are left out: one that stands
    before that would make a browser drop the message. What Bokeh still calls new because it was sent while the document
    was not searched for models comes with none of these changes, and keeps its own.
    """
    if not _can_look_up(document):
        return patch_doc.create(patches)
    serializer = PatchSerializer(document)
    new = [event for event in patches if _is_about_new(document, event)]
    events = serializer.encode([event for event in patches if event not in new])
    for event in new:
        if not serializer.has_ref(event.model):
            events.append(serializer.encode(event))
    message = Patch(Patch.create_header(), {}, {"events": events})
    document.models.flush_synced(lambda model: not serializer.has_ref(model))
    message.add_buffers(*serializer.buffers)
    return message


def _is_about_new(document: Document, event: Any) -> bool:
    """Return whether a change is one of a model that is new; some, such as a title or a message, are of no model."""
    model = None if isinstance(event, RootAddedEvent | RootRemovedEvent) else getattr(event, "model", None)
    return model in document.models._new_models


def _can_look_up(document: Document) -> bool:
    return usable(
        "cheap serialization of patches",
        {
            "DocumentModelManager._new_models": has(document.models, "_new_models"),
            "DocumentModelManager.flush_synced(is_still_new)": takes(
                type(document.models).flush_synced, "is_still_new"
            ),
            "Serializer.get_ref(obj)": takes(getattr(Serializer, "get_ref", None), "obj"),
            "Serializer._encode_bytes(obj)": takes(getattr(Serializer, "_encode_bytes", None), "obj"),
        },
    )


class PatchSerializer(Serializer):
    """Looks a model up when it is met, where Bokeh lists all models for each message; small arrays stay in the text."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document: Any = document

    def encode(self, obj: Any) -> Any:
        """Return the JSON of a value; of text or a whole number without asking what else it could be."""
        if type(obj) in PLAIN:
            return obj
        if isinstance(obj, Overwriting):
            obj.encoded = obj.encoded or super().encode(obj)
            return obj.encoded
        return super().encode(obj)

    def get_ref(self, obj: Any) -> Any:
        """Return the reference to a model that the browser has."""
        if isinstance(obj, Model) and obj.document is self._document and obj not in self._document.models._new_models:
            return obj.ref
        return super().get_ref(obj)

    def _encode_bytes(self, obj: Any) -> Any:
        if memoryview(obj).nbytes >= WORTH_A_FRAME:
            return super()._encode_bytes(obj)
        return {"type": "bytes", "data": _packed(bytes(obj))}


@lru_cache(maxsize=512)
def _packed(data: bytes) -> str:
    """Return bytes as text for a message; many pages are sent the same. Short ones aren't worth compressing."""
    return b64encode(gzip.compress(data, 0, mtime=1)).decode()
