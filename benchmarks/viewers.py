"""Many viewers on one server: updates a second, how soon Pause is confirmed, and whether everyone is told.

Light viewers speak Bokeh's protocol over a WebSocket without a browser; the server is `panel serve app.py` in a process
of its own. Run `python benchmarks/viewers.py`; a busy machine makes the figures worse, so its load is printed too.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import statistics
import sys
import time
import urllib.parse
from pathlib import Path

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.browser import serving

SECONDS, PAUSES = 8.0, 5
SETUP = {"world": "hard", "episodes": "0"}
CHIP = re.compile(r"/svg(?:>|&gt;)(\w+)(?:<|&lt;)/span")


class Viewer:
    """One page without a browser: it loads, listens, and can press a button or choose a speed."""

    def __init__(self, address: str, run_id: str = "") -> None:
        query = {"run": run_id} if run_id else SETUP
        self.page = f"{address}?{urllib.parse.urlencode(query)}"
        self.socket_address = address.replace("http", "ws") + "/ws"
        self.models: dict[str, tuple[str, str]] = {}
        self.status, self.run_id, self.mark = "", "", ""
        self.messages, self.bytes = 0, 0
        self.stalled = False
        self.told = asyncio.Event()
        self.ready = asyncio.Event()

    async def open(self) -> Viewer:
        request = HTTPRequest(self.page, request_timeout=120, decompress_response=True)
        html = (await AsyncHTTPClient().fetch(request)).body.decode()
        token = re.search(r'"token":"([^"]+)"', html)
        assert token, "the page carries no token"
        self.socket: WebSocketClientConnection = await websocket_connect(
            self.socket_address, subprotocols=["bokeh", token[1]], max_message_size=10**9
        )
        self.reading = asyncio.ensure_future(self._read())
        await asyncio.wait_for(self.ready.wait(), 120)
        return self

    async def _read(self) -> None:
        while True:
            while self.stalled:
                await asyncio.sleep(0.02)
            head = await self.socket.read_message()
            if head is None:
                return
            header = json.loads(head)
            await self.socket.read_message()
            body = await self.socket.read_message()
            size = len(body)
            for _ in range(header.get("num_buffers", 0)):
                await self.socket.read_message()
                size += len(await self.socket.read_message())
            await self._take(header["msgtype"], body, size)

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
            if found := re.search(rf'{{"id":"{self.mark}"}},"attr":"start","new":(\d+)', body):
                await self._set(self.mark, "end", int(found[1]))
            for found in CHIP.finditer(body):
                self.status = found[1]
                self.told.set()
            if found := re.search(r"[?&]run=([0-9a-f]+)", body):
                self.run_id = found[1]

    def _walk(self, part: object) -> None:
        """Note by its label each widget's component, which is clicked, and its data, which hold the value.

        Note as well the mark that a browser sends back.
        """
        if isinstance(part, dict):
            attributes = part.get("attributes") or {}
            data = attributes.get("data")
            if attributes.get("name") == "echo":
                self.mark = part["id"]
            label = (data.get("attributes") or {}).get("label") if isinstance(data, dict) else None
            if isinstance(label, str):
                self.models.setdefault(label, (part["id"], data["id"]))
            for value in part.values():
                self._walk(value)
        elif isinstance(part, list):
            for value in part:
                self._walk(value)

    async def _send(self, kind: str, content: dict) -> None:
        for part in ({"msgid": secrets.token_hex(8), "msgtype": kind}, {}, content):
            await self.socket.write_message(json.dumps(part))

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
        """Whether the page says this status within so many seconds."""
        end = time.monotonic() + seconds
        while self.status != status:
            self.told.clear()
            try:
                await asyncio.wait_for(self.told.wait(), end - time.monotonic())
            except (TimeoutError, ValueError):
                return False
        return True


async def measure(address: str, viewers: int, runs: int, speed: str) -> list[str]:
    """One row of the table."""
    firsts = [await Viewer(address).open() for _ in range(runs)]
    while not all(first.run_id for first in firsts):
        await asyncio.sleep(0.1)
    others = [Viewer(address, firsts[i % runs].run_id) for i in range(viewers - runs)]
    for begin in range(0, len(others), 4):
        await asyncio.gather(*(viewer.open() for viewer in others[begin : begin + 4]))
    everyone = [*firsts, *others]
    for first in firsts:
        await first.choose("Steps per second", speed)
        await first.press("Start")
    started = sum(await asyncio.gather(*(viewer.until("Running") for viewer in everyone)))
    await asyncio.sleep(1)
    for viewer in everyone:
        viewer.messages = viewer.bytes = 0
    await asyncio.sleep(SECONDS)
    rates = [viewer.messages / SECONDS for viewer in everyone]
    size = sum(viewer.bytes for viewer in everyone) / max(1, sum(viewer.messages for viewer in everyone))
    delays, told = await pauses(everyone, firsts, runs)
    for viewer in everyone:
        viewer.reading.cancel()
        viewer.socket.close()
    return [
        f"{viewers} of {runs} run{'s' * (runs > 1)}, {speed}",
        f"{started}/{viewers}",
        f"{statistics.median(rates):.1f} / {min(rates):.1f}",
        f"{size / 1e3:.1f}",
        f"{statistics.median(delays):.0f} / {max(delays):.0f}",
        f"{told}/{PAUSES * (viewers // runs)}",
    ]


async def pauses(everyone: list[Viewer], firsts: list[Viewer], runs: int) -> tuple[list[float], int]:
    """Milliseconds from each press of Pause to the page saying so, and how many viewers of the run were told."""
    delays, told = [], 0
    for turn in range(PAUSES):
        run = turn % runs
        peers = [everyone[run], *everyone[runs + run :: runs]] if runs > 1 else everyone
        began = time.monotonic()
        await peers[-1].press("Pause")
        await peers[-1].until("Paused", 5)
        delays.append((time.monotonic() - began) * 1e3)
        told += sum(await asyncio.gather(*(peer.until("Paused", 3) for peer in peers)))
        await firsts[run].press("Start")
        await asyncio.gather(*(peer.until("Running", 5) for peer in peers))
    return delays, told


async def main() -> None:
    AsyncHTTPClient.configure(None, max_clients=100)
    heads = ["viewers", "started", "updates/s median / least", "kB an update", "Pause ms median / worst", "told"]
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(" | ".join(heads))
    for viewers, runs, speed in ((1, 1, "1k"), (1, 1, "max"), (8, 8, "max"), (50, 1, "1k"), (50, 1, "max")):
        with serving() as address:
            print(" | ".join(await measure(address, viewers, runs, speed)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
