"""When the server gives up a connection on which nothing comes."""

from __future__ import annotations

from tornado.httpserver import HTTPServer

HEADERS = 30.0  # seconds for a request to come whole, and between two on one connection
BODY = 60.0  # seconds for what a request carries


def close_idle_connections(headers: float = HEADERS, body: float = BODY) -> None:
    """Let servers that are made from now on close connections whose requests don't come whole.

    Tornado by itself waits an hour for the headers, and for ever for what follows. A connection that has become a
    WebSocket is not concerned: it is open as long as its page is.
    """
    HTTPServer.configure(None, idle_connection_timeout=headers, body_timeout=body)
