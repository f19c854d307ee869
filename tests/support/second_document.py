"""Documents that are kept up to date by messages alone, as a browser's are: of a server, and of a notebook's kernel."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bokeh.client.websocket import WebSocketClientConnectionWrapper
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ModelChangedEvent
from bokeh.models import ColumnDataSource
from bokeh.protocol import Protocol
from bokeh.protocol.messages.patch_doc import patch_doc
from bokeh.protocol.receiver import Receiver
from bokeh.server.server import Server
from bokeh.util.token import generate_jwt_token, generate_session_id
from panel.models.comm_manager import CommManager
from pyviz_comms import Comm
from tornado.websocket import websocket_connect


def episodes_of(document: Document, sources: Iterable[ColumnDataSource]) -> list[list[float]]:
    """Return the column `episode` that a document's copies of these sources have."""
    copies: list[Any] = [document.get_model_by_id(source.id) for source in sources]
    return [list(map(float, copy.data["episode"])) for copy in copies]


class Served:
    """A document on a real server, and the copy that one client has of it by way of a WebSocket."""

    def __init__(self, server: Server) -> None:
        self._server, self._protocol = server, Protocol()
        self._receiver, self._copy = Receiver(self._protocol), Document()
        self.patches = 0  # messages with changes that have arrived

    async def open(self) -> None:
        """Connect the client, and let it fetch the document."""
        address = f"ws://127.0.0.1:{self._server.port}/ws"
        socket = await websocket_connect(address, subprotocols=["bokeh", generate_jwt_token(generate_session_id())])
        self._socket = WebSocketClientConnectionWrapper(socket)
        assert (await self._read()).msgtype == "ACK"
        (await self._ask("PULL-DOC-REQ")).push_to_document(self._copy)
        (self._session,) = self._server.get_sessions("/")

    async def _read(self) -> Any:
        while True:
            message = await self._receiver.consume(await self._socket.read_message())
            if message is not None:
                return message

    async def _ask(self, kind: str) -> Any:
        """Return the answer to a request, after applying the patches that come before it."""
        request = self._protocol.create(kind)
        await request.send(self._socket)
        while (message := await self._read()).header.get("reqid") != request.header["msgid"]:
            message.apply_to_document(self._copy)
            self.patches += 1
        return message

    @property
    def document(self) -> Document:
        """The document of the server."""
        return self._session.document

    def change(self, make: Callable[[], Any]) -> Document:
        """Change the server's document under its lock; return the client's copy when it has what was sent."""

        async def locked() -> None:
            await self._session.with_document_locked(make)
            await self._ask("SERVER-INFO-REQ")

        self._server.io_loop.run_sync(locked)
        return self._copy


@contextmanager
def served(*sources: ColumnDataSource) -> Iterator[Served]:
    """Serve a document with these sources to one client."""

    def fill(document: Document) -> None:
        for source in sources:
            document.add_root(source)

    server = Server(fill, port=0, address="127.0.0.1")
    server.start()
    page = Served(server)
    server.io_loop.run_sync(page.open)
    yield page
    server.stop()
    server.unlisten()


class FrontEnd(Comm):
    """A notebook's front end: applies what the kernel sends, and sends every change back, as that of Panel does."""

    def __init__(self, shown: Any) -> None:
        super().__init__()
        self._comm = self  # it is open
        self._parts: list[Any] = []
        self.changes: list[Any] = []
        document = self.document = Document()
        root = shown.get_root(document, self)
        document.add_root(root)
        document.hold()
        self._shown, self._ref = shown, root.ref["id"]
        self.copy = Document.from_json(document.to_json())
        self.copy.on_change(self._note)

    def _note(self, event: Any) -> None:
        """Note a change to be sent; BokehJS sends no other value of a model that is not to be synchronized."""
        if not isinstance(event, ModelChangedEvent) or event.model.syncable:
            self.changes.append(event)

    def send(self, data: Any = None, metadata: Any = None, buffers: Any = ()) -> None:
        """Take one part of a message from the kernel: header, metadata, content, then two parts for each buffer."""
        self._parts.append(buffers[0] if buffers else json.loads(data))
        if len(self._parts) < 3 + 2 * self._parts[0].get("num_buffers", 0):
            return
        header, meta, content, *rest = self._parts
        self._parts = []
        message = patch_doc(header, meta, content)
        for about, payload in zip(rest[::2], rest[1::2], strict=True):
            message.assemble_buffer(about, payload)
        message.apply_to_document(self.copy)

    async def send_back(self) -> None:
        """Send the kernel all that has changed here since the last time."""
        events = [self._as_sent(event) for event in self.changes]
        self.changes.clear()
        message = {"header": patch_doc.create_header(), "metadata": {}, "content": {"events": events}, "_buffers": {}}
        self._shown._on_msg(self._ref, CommManager(comm_id=self.id, plot_id=self._ref), message)
        await asyncio.sleep(0)

    def _as_sent(self, event: Any) -> Any:
        serializer = Serializer(references=self.copy.models.synced_references, deferred=False)
        if isinstance(event, ColumnDataChangedEvent):  # BokehJS only knows that a property has another value
            new = serializer.encode(dict(event.model.data))
            return {"kind": "ModelChanged", "model": event.model.ref, "attr": "data", "new": new}
        return serializer.encode(event)
