"""Pages without a browser: clients that speak Bokeh's protocol over a WebSocket, so that one machine holds many."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
import urllib.parse
from collections.abc import Mapping
from contextlib import suppress

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

CHIP = re.compile(r"/svg(?:>|&gt;)(\w+)(?:<|&lt;)/span")


class Viewer:
    """A page without a browser: it loads, listens, presses buttons and sets widgets.

    Parameters
    ----------
    address
        Of the page, such as `http://127.0.0.1:5006/app`.
    query
        The parameters of the address; `run` attaches to a run that is there.
    """

    def __init__(self, address: str, query: Mapping[str, str]) -> None:
        self.page = f"{address}?{urllib.parse.urlencode(query)}"
        self.socket_address = address.replace("http", "ws") + "/ws"
        self.models: dict[str, tuple[str, str]] = {}
        self.status, self.run_id, self.probe = "", "", ""
        self.messages, self.bytes = 0, 0
        self.stalled = False
        self.changed = asyncio.Event()
        self.ready = asyncio.Event()

    async def open(self) -> Viewer:
        request = HTTPRequest(self.page, request_timeout=120, decompress_response=True)
        html = (await AsyncHTTPClient().fetch(request)).body.decode()
        token = re.search(r'"token":"([^"]+)"', html)
        assert token, "the page carries no token"
        upgrade = HTTPRequest(self.socket_address, connect_timeout=120, request_timeout=120)
        self.socket: WebSocketClientConnection = await websocket_connect(
            upgrade, subprotocols=["bokeh", token[1]], max_message_size=10**9
        )
        self._reading = asyncio.ensure_future(self._read())
        await asyncio.wait_for(self.ready.wait(), 120)
        return self

    async def _read(self) -> None:
        with suppress(WebSocketClosedError):
            while True:
                while self.stalled:
                    await asyncio.sleep(0.02)
                header = json.loads(await self._part())
                await self._part()
                body = await self._part()
                size = len(body)
                for _ in range(header.get("num_buffers", 0)):
                    await self._part()
                    size += len(await self._part())
                await self._take(header["msgtype"], body, size)

    async def _part(self) -> str:
        """Return the next part of a message; the end of a connection is reported once, in the midst of one too."""
        part = await self.socket.read_message()
        if part is None:
            raise WebSocketClosedError
        return part

    async def _take(self, kind: str, body: str, size: int) -> None:
        if kind == "ACK":
            await self._send("PULL-DOC-REQ", {})
        elif kind == "PULL-DOC-REPLY":
            self._walk(json.loads(body))
            await self._event("document_ready")
            self.ready.set()
        elif kind == "PATCH-DOC":
            self.messages += 1
            self.bytes += size
            if found := re.search(rf'{{"id":"{self.probe}"}},"attr":"start","new":(\d+)', body):
                await self._set(self.probe, "end", int(found[1]))
            for found in CHIP.finditer(body):
                self.status = found[1]
                self.changed.set()
            if found := re.search(r"[?&]run=([0-9a-f]+)", body):
                self.run_id = found[1]

    def _walk(self, part: object) -> None:
        """Note by its label each widget's component, which is clicked, and its data, which hold the value.

        Note as well the probe that a browser sends back.
        """
        if isinstance(part, dict):
            attributes = part.get("attributes") or {}
            data = attributes.get("data")
            if attributes.get("name") == "probe":
                self.probe = part["id"]
            label = (data.get("attributes") or {}).get("label") if isinstance(data, dict) else None
            if isinstance(label, str):
                self.models.setdefault(label, (part["id"], data["id"]))
            for value in part.values():
                self._walk(value)
        elif isinstance(part, list):
            for value in part:
                self._walk(value)

    async def _send(self, kind: str, content: dict) -> None:
        """Send a message, whose parts must follow one another: all are handed over before any is waited for."""
        parts = {"msgid": secrets.token_hex(8), "msgtype": kind}, {}, content
        await asyncio.gather(*[self.socket.write_message(json.dumps(part)) for part in parts])

    async def _event(self, name: str, **values: object) -> None:
        entries = [[key, value] for key, value in values.items()]
        data = {"type": "event", "name": name, "values": {"type": "map", "entries": entries}}
        event = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": data}
        await self._send("PATCH-DOC", {"events": [event]})

    async def press(self, label: str) -> None:
        await self._event(
            "dom_event", model={"id": self.models[label][0]}, node="click", data={"type": "map", "entries": []}
        )

    async def choose(self, label: str, value: object) -> None:
        """Set a widget's value as its browser would."""
        await self._set(self.models[label][1], "value", value)

    async def _set(self, model: str, attribute: str, value: object) -> None:
        change = {"kind": "ModelChanged", "model": {"id": model}, "attr": attribute, "new": value}
        await self._send("PATCH-DOC", {"events": [change]})

    async def until(self, status: str, seconds: float = 20) -> bool:
        """Return whether the page shows this status within a time in seconds."""
        end = time.monotonic() + seconds
        while self.status != status:
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), end - time.monotonic())
            except (TimeoutError, ValueError):
                return False
        return True

    async def close(self) -> None:
        """Leave, as a tab that is closed."""
        self.stalled = False
        self.socket.close()
        await self._reading
