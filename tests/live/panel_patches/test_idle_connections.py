"""Connections on which nothing comes are closed, and foreign pages are refused; by raw sockets."""

from __future__ import annotations

import asyncio
import base64
import os

import pytest
from bokeh.server.server import Server
from bokeh.util.token import generate_jwt_token, generate_session_id
from tornado.httpserver import HTTPServer

from dashboards.live.panel_patches.idle_connections import (
    GREETING,
    LARGEST_WHOLE,
    AnsweringSocket,
    close_idle_connections,
)
from support.browser import serving

AT_MOST = 60.0  # seconds that a test waits for what must happen
REQUEST = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n"
HALVES = {
    "nothing": b"",
    "half a line": b"GET /no",
    "half the headers": REQUEST,
    "half of what it carries": REQUEST.replace(b"GET", b"POST") + b"Content-Length: 9\r\n\r\n1",
    "one request and no other": REQUEST + b"\r\n",
}


@pytest.fixture
def port():
    """The port of a server that gives up connections after a fifth of a second."""
    close_idle_connections(headers=0.2, body=0.2, greeting=0.2)
    server = Server({"/": lambda document: None}, port=0, address="127.0.0.1", allow_websocket_origin=["good.example"])
    server.start()
    yield server.port, server.io_loop
    server.stop()
    server.unlisten()
    HTTPServer.configure(None)
    AnsweringSocket.seconds, AnsweringSocket.largest = GREETING, LARGEST_WHOLE


async def until_closed(port: int, sent: bytes) -> bytes:
    """Return what comes on a connection until the server closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    writer.write(sent)
    received = await asyncio.wait_for(reader.read(), AT_MOST)
    writer.close()
    return received


@pytest.mark.parametrize("half", HALVES)
def test_a_connection_is_closed_where_nothing_more_comes(half, port):
    number, loop = port
    received = loop.run_sync(lambda: until_closed(number, HALVES[half]))
    assert received.startswith(b"HTTP/1.1 404") == (half == "one request and no other")


def upgrade(origin: bytes) -> bytes:
    """A request for a WebSocket."""
    token = generate_jwt_token(generate_session_id()).encode()
    key = base64.b64encode(os.urandom(16))
    return (
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: " + key + b"\r\nSec-WebSocket-Protocol: bokeh, " + token + b"\r\n" + origin + b"\r\n"
    )


@pytest.mark.parametrize(
    ("origin", "status"),
    [(b"", 101), (b"Origin: http://good.example\r\n", 101), (b"Origin: http://foreign.example\r\n", 403)],
)
def test_a_foreign_page_is_refused_and_a_program_is_not(origin, status, port):
    number, loop = port

    async def first_line() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", number, limit=1 << 24)
        writer.write(upgrade(origin))
        line = await asyncio.wait_for(reader.readline(), AT_MOST)
        writer.close()
        return line

    assert loop.run_sync(first_line).split()[1] == str(status).encode()


def masked(frame: bytes, kind: int = 0x81) -> bytes:
    """A frame of a WebSocket as a client sends it: a text, or of another kind."""
    short = len(frame) < 126
    length = bytes([0x80 | len(frame)]) if short else b"\xff" + len(frame).to_bytes(8, "big")
    return bytes([kind]) + length + bytes(4) + frame


def pull(number: int, content: bytes = b"{}") -> bytes:
    """The parts of a request for the document, with a content that nobody asked for."""
    return b"".join(map(masked, (b'{"msgid": "%d", "msgtype": "PULL-DOC-REQ"}' % number, b"{}", content)))


async def answer(port: int, *sent: bytes) -> bytes:
    """Return what comes after the greeting, until the document or the end of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    writer.write(upgrade(b""))
    await asyncio.wait_for(reader.readuntil(b"ACK"), AT_MOST)
    for part in sent:
        writer.write(part)
    try:
        return await asyncio.wait_for(reader.readuntil(b"PULL-DOC-REPLY"), AT_MOST)
    except asyncio.IncompleteReadError as ended:
        return ended.partial
    finally:
        writer.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "closed"),
    [
        ([pull(1)], False),
        ([pull(1, b'"' + b"x" * 500_000 + b'"')], False),
        ([pull(1, b"[" + b"[]," * 500_000 + b"[]]")], True),
        ([masked(b'{"msgid": "1", "msgtype": "PATCH-DOC", "num_buffers": 1000000000}'), masked(b"{}"), masked(b"{}")]
         + [masked(b'{"id": "1"}'), masked(bytes(20_000), 0x82)] * 6, True),
    ],
    ids=["a request", "a long request", "a longer one than any", "arrays without an end"],
)  # fmt: skip
def test_more_than_a_page_sends_ends_its_connection(sent, closed, port):
    close_idle_connections(greeting=0.2, largest=1_100_000 if len(sent) == 1 else 100_000)
    number, loop = port
    received = loop.run_sync(lambda: answer(number, *sent))
    assert (b"No page sends that much." in received) == closed
    assert received.endswith(b"PULL-DOC-REPLY") != closed


def test_many_requests_one_after_another_are_no_large_one(port):
    close_idle_connections(greeting=0.2, largest=200)
    number, loop = port

    async def ask_often() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", number, limit=1 << 24)
        writer.write(upgrade(b""))
        await asyncio.wait_for(reader.readuntil(b"ACK"), AT_MOST)
        for request in range(10):
            writer.write(pull(request))
            received = await asyncio.wait_for(reader.readuntil(b"PULL-DOC-REPLY"), AT_MOST)
        writer.close()
        return received

    assert loop.run_sync(ask_often).endswith(b"PULL-DOC-REPLY")


@pytest.mark.slow
def test_a_websocket_that_answered_the_greeting_outlasts_the_time_for_it(port):
    number, loop = port

    async def wait_beside_others() -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", number, limit=1 << 24)
        writer.write(upgrade(b""))
        await asyncio.wait_for(reader.readuntil(b"ACK"), AT_MOST)
        for part in (b'{"msgid": "1", "msgtype": "PULL-DOC-REQ"}', b"{}", b"{}"):
            writer.write(masked(part))
        await asyncio.wait_for(reader.readuntil(b"PULL-DOC-REPLY"), AT_MOST)
        await until_closed(number, upgrade(b""))
        await until_closed(number, b"")
        writer.write(masked(b"ping", 0x89))
        pong = await asyncio.wait_for(reader.readuntil(b"\x8a\x04ping"), AT_MOST)
        writer.close()
        return bool(pong)

    assert loop.run_sync(wait_beside_others)


@pytest.mark.slow
def test_a_websocket_that_never_answers_is_closed(port):
    number, loop = port
    received = loop.run_sync(lambda: until_closed(number, upgrade(b"")))
    assert b"ACK" in received, "it was open"


@pytest.mark.slow
def test_the_served_page_closes_half_a_request():
    with serving() as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        assert asyncio.run(until_closed(port, HALVES["half the headers"])) == b""
