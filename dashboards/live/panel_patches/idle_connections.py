"""When a server closes a connection: where nothing comes, and where more comes than any page sends."""

from __future__ import annotations

from typing import Any

from bokeh.server.urls import per_app_patterns
from bokeh.server.views.ws import WSHandler
from tornado.httpserver import HTTPServer

from dashboards.live.panel_patches.presence import takes, usable

HEADERS = 30.0  # seconds for a request to come whole, and between two on one connection
BODY = 60.0  # seconds for what a request carries
GREETING = 30.0  # seconds for a page to answer the server's greeting
LARGEST_TEXT = 1 << 20  # bytes of a text; read as JSON it takes up to a hundred times as much memory
LARGEST_WHOLE = 65 << 20  # bytes of a message with the arrays that belong to it, such as an uploaded run


def close_idle_connections(
    headers: float = HEADERS, body: float = BODY, greeting: float = GREETING, largest: int = LARGEST_WHOLE
) -> None:
    """Let servers that are made from now on close connections on which nothing more comes.

    Tornado by itself waits an hour for the headers of a request, and for ever for what follows; Bokeh waits for ever
    for the first message on a WebSocket. After that message it is open as long as its page is.
    """
    HTTPServer.configure(None, idle_connection_timeout=headers, body_timeout=body)
    if not usable(
        "a WebSocket that must answer",
        {
            "bokeh.server.urls.per_app_patterns": isinstance(per_app_patterns, list),
            "WSHandler.send_message(message)": takes(getattr(WSHandler, "send_message", None), "message"),
            "WSHandler.on_message(fragment)": takes(getattr(WSHandler, "on_message", None), "fragment"),
            "WSHandler._receive(fragment)": takes(getattr(WSHandler, "_receive", None), "fragment"),
        },
    ):
        return
    AnsweringSocket.seconds, AnsweringSocket.largest = greeting, largest
    for place, (address, handler, *_) in enumerate(per_app_patterns):
        if issubclass(handler, WSHandler):
            per_app_patterns[place] = address, AnsweringSocket


class AnsweringSocket(WSHandler):
    """The WebSocket of a page.

    It is closed where nothing comes within `seconds` of the server's greeting, and at a text or a message that is
    larger than any page sends, of more than `largest` bytes: Bokeh would read it on the loop.
    """

    seconds = GREETING
    largest = LARGEST_WHOLE
    _end: object | None = None  # the call that closes it
    _size = 0  # bytes that came of the present message

    async def send_message(self, message: Any) -> None:
        """Send a message; the first is the greeting, and from then on an answer is waited for."""
        await super().send_message(message)
        if self._end is None:
            self._end = self.application.io_loop.call_later(self.seconds, self.close, 1002, "Nothing came.")

    async def on_message(self, fragment: str | bytes) -> None:
        """Take a part of a message."""
        if self._end is not None:
            self.application.io_loop.remove_timeout(self._end)
        if self.ws_connection is None:  # it was closed, and this was on its way
            return
        self._size += len(fragment)
        if self._size > self.largest or (isinstance(fragment, str) and len(fragment) > LARGEST_TEXT):
            self.close(1009, "No page sends that much.")
            return
        await super().on_message(fragment)

    async def _receive(self, fragment: str | bytes) -> Any:
        message = await super()._receive(fragment)
        if message is not None:
            self._size = 0
        return message
