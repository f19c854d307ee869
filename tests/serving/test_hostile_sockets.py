"""A server goes on serving whatever is sent over its WebSockets, and keeps nothing of those who send it."""

from __future__ import annotations

import asyncio
import json
import os
import zlib
from base64 import urlsafe_b64encode
from contextlib import closing, suppress

import psutil
import pytest
from bokeh.util.token import generate_jwt_token
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

from support.browser import serving
from support.chaos import JUNK
from support.light_viewer import Viewer

pytestmark = pytest.mark.slow

TOGETHER = 300
MB = 1 << 20
LARGEST_GROWTH = 300 * MB  # of a server's memory by an attack
ANSWER = 60.0  # seconds that a busy machine may take
KEY = "of this test's server"
HEADS = [
    "{",
    "[]",
    '"text"',
    "{}",
    '{"msgtype": "PATCH-DOC"}',
    '{"msgid": 7, "msgtype": ["PATCH-DOC"]}',
    '{"msgid": "1", "msgtype": "NO-SUCH-THING"}',
    '{"msgid": "1", "msgtype": "ACK"}',
    '{"msgid": "1", "msgtype": "PUSH-DOC"}',
    '{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 10000000000}',
    "\x00" * 1000,
    "[" * 100_000,
    "9" * 5000,
]


def events(model: str, data: str) -> list[dict]:
    """Changes and events that make no sense, for a model there is, or for one there is not."""
    values = {"type": "map", "entries": [["model", {"id": model}], ["value", None]]}
    return [
        {},
        {"kind": "NoSuchKind"},
        {"kind": "ModelChanged", "model": {"id": "p0"}, "attr": "value", "new": 1},
        {"kind": "ModelChanged", "model": {"id": model}, "attr": "__class__", "new": 1},
        {"kind": "ModelChanged", "model": {"id": model}, "attr": "tags", "new": {"id": model}},
        {"kind": "ModelChanged", "model": {"id": data}, "attr": "no_such_thing", "new": 1},
        *({"kind": "ModelChanged", "model": {"id": data}, "attr": "value", "new": junk} for junk in JUNK),
        {"kind": "ModelChanged", "model": {"id": data}, "attr": "options", "new": ["mine"]},
        {"kind": "ModelChanged", "model": {"id": data}, "attr": "new", "new": {"type": "object", "name": "os.system"}},
        {"kind": "ColumnDataChanged", "model": {"id": data}, "attr": "data", "data": 5},
        {"kind": "ColumnsStreamed", "model": {"id": data}, "attr": "data", "data": {}, "rollover": 10**9},
        {"kind": "ColumnsPatched", "model": {"id": data}, "attr": "data", "patches": {"x": [[10**12, 1]]}},
        {"kind": "RootRemoved", "model": {"id": model}},
        {"kind": "RootAdded", "model": {"type": "object", "name": "Div", "id": "mine"}},
        {"kind": "TitleChanged", "title": 5},
        {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": {"type": "event", "name": "dom_event"}},
        {
            "kind": "MessageSent",
            "msg_type": "bokeh_event",
            "msg_data": {"type": "event", "name": "button_click", "values": values},
        },
    ]


def forged(arguments: object) -> str:
    """A token that no server gave, of a session that no server has."""
    return generate_jwt_token(os.urandom(8).hex(), extra_payload={"arguments": arguments})


def swollen() -> str:
    """A forged token that unpacks to a thousand times its size."""
    packed = zlib.compress(b'{"arguments": [' + b"[]," * (10 * MB) + b"[]]}", 9)
    whole = {
        "session_id": "1",
        "session_expiry": 1 << 40,
        "__bk__zlib_": urlsafe_b64encode(packed).decode().rstrip("="),
    }
    return urlsafe_b64encode(json.dumps(whole).encode()).decode().rstrip("=")


TOKENS = ["", "no.token", "e30", forged({"world": "easy"}), forged({"world": [["S.G"]]}), forged(5), swollen()]


@pytest.fixture(scope="module")
def server():
    with serving(environment={"BOKEH_SIGN_SESSIONS": "yes", "BOKEH_SECRET_KEY": KEY}) as address:
        yield address


@pytest.fixture(autouse=True)
def still_serving(server):
    """After a test a page of the server still works, and the server's memory has not grown by much."""
    process = psutil.Process(next(child.pid for child in psutil.Process().children() if "serve" in child.cmdline()))
    before = process.memory_info().rss
    yield
    assert asyncio.run(runs_and_pauses(server))
    assert process.memory_info().rss - before < LARGEST_GROWTH


async def runs_and_pauses(address: str) -> bool:
    page = await Viewer(address, {"world": "hard", "episodes": "0"}).open()
    await page.press("Start")
    assert await page.until("Running", ANSWER)
    await asyncio.sleep(0.6)
    await page.press("Pause")
    paused = await page.until("Paused", ANSWER)
    await page.close()
    return paused


async def connected(address: str, token: str):
    request = HTTPRequest(address.replace("http", "ws") + "/ws", connect_timeout=ANSWER, request_timeout=ANSWER)
    return await websocket_connect(request, subprotocols=["bokeh", token])


async def token_of(address: str) -> str:
    """Return the token of a page that was fetched."""
    html = (await AsyncHTTPClient().fetch(address, request_timeout=ANSWER)).body.decode()
    return html.partition('"token":"')[2].partition('"')[0]


async def sent(address: str, token: str, *parts: str | bytes) -> None:
    """Send parts of messages over a connection of their own, and leave without a word."""
    with closing(await connected(address, token)) as socket, suppress(WebSocketClosedError):  # it may be refused
        await asyncio.wait_for(socket.read_message(), ANSWER)
        for part in parts:
            await socket.write_message(part, binary=isinstance(part, bytes))


@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_a_token_that_no_server_gave_opens_nothing(token, server):
    async def opened() -> str | bytes | None:
        try:
            opening = await connected(server, token)
        except (HTTPClientError, ValueError):
            return None
        with closing(opening) as socket:
            return await asyncio.wait_for(socket.read_message(), ANSWER)

    assert asyncio.run(opened()) is None


def test_messages_without_sense(server):
    async def attack() -> None:
        token = await token_of(server)
        for head in HEADS:
            await sent(server, token, head, "{}", "{}")
            await sent(server, token, '{"msgid": "1", "msgtype": "PATCH-DOC"}', "{}", head)
        await sent(server, token, b"binary", b"\xff\xfe")

    asyncio.run(attack())


def test_changes_and_events_without_sense_leave_other_pages_alone(server):
    async def attack() -> bool:
        other = await Viewer(server, {"world": "hard", "episodes": "0"}).open()
        await other.press("Start")
        assert await other.until("Running", ANSWER)
        mine = await Viewer(server, {"run": other.run_id}).open()
        for label in ("Start", "Steps per second", "Seed", "Episodes"):
            for event in events(*mine.models.get(label, ("p1", "p2"))):
                with suppress(WebSocketClosedError):
                    await mine._send("PATCH-DOC", {"events": [event]})
        for content in ({}, {"events": 5}, {"events": [[]]}, {"events": [None]}, {"doc": {}}):
            with suppress(WebSocketClosedError):
                await mine._send("PATCH-DOC", content)
        await mine.close()
        await asyncio.sleep(0.6)
        await other.press("Pause")
        paused = await other.until("Paused", ANSWER)
        await other.close()
        return paused

    assert asyncio.run(attack())


def test_messages_that_are_too_large(server):
    async def attack() -> None:
        token = await token_of(server)
        head = '{"msgid": "1", "msgtype": "PATCH-DOC"}'
        await sent(server, token, head, "{}", "[" + "[]," * (16 * MB) + "[]]")
        await sent(server, token, "x" * (50 * MB))
        endless = '{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 100}'
        await sent(server, token, endless, "{}", "{}", *['{"id": "1"}', bytes(10 * MB)] * 20)

    asyncio.run(attack())


def test_many_connections_that_are_left_half_open(server):
    host, _, port = server.split("//")[1].partition("/")[0].partition(":")
    halves = [b"", b"GET /app/ws", b"GET /app/ws HTTP/1.1\r\nUpgrade: websocket\r\n"]

    async def attack() -> None:
        token = await token_of(server)
        streams = await asyncio.gather(*(asyncio.open_connection(host, int(port)) for _ in range(TOGETHER)))
        for place, (_, writer) in enumerate(streams):
            writer.write(halves[place % len(halves)])
        silent = [await connected(server, token) for _ in range(20)]
        assert await runs_and_pauses(server)
        for _, writer in streams:
            writer.close()
        for socket in silent:
            socket.close()

    asyncio.run(attack())
