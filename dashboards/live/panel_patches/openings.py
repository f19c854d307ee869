"""Pages are made one after another, and between two of them those that are open have a turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from bokeh.server.contexts import ApplicationContext
from bokeh.server.session import ServerSession
from bokeh.util.token import get_token_payload
from tornado.locks import Lock

from dashboards.live.panel_patches.presence import takes, usable

REST = 0.25  # seconds for each second that a page took to make


async def nothing(arguments: Any) -> None:
    """Do nothing before a page is made."""


def make_pages_in_turn(rest: float = REST, before: Callable[[Any], Awaitable[None]] = nothing) -> None:
    """Let a server rest after each page that it makes, `rest` seconds for each second that it took.

    `before(arguments)` is awaited before a page has its turn, and others are made meanwhile; it gets the arguments of
    the page's address, as the browser sent them.

    A page takes a second or two of the loop. Without a rest all pages that were asked for meanwhile are made in one go,
    in which no other page is served.
    """
    make: Any = getattr(ApplicationContext, "create_session_if_needed", None)
    if not usable(
        "pages made in turn",
        {
            "ApplicationContext.create_session_if_needed": takes(make, "session_id", "request", "token"),
            "ApplicationContext.sessions": hasattr(ApplicationContext, "sessions"),
        },
    ):
        return
    turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Lock] = WeakKeyDictionary()  # a loop that ended holds none up

    async def make_in_turn(
        self: ApplicationContext, session_id: Any, request: Any = None, token: str | None = None
    ) -> ServerSession:
        if any(session.id == session_id for session in self.sessions):
            return await make(self, session_id, request, token)
        await before(_arguments(request, token))
        loop = asyncio.get_running_loop()
        turn = turns.setdefault(loop, Lock())
        await turn.acquire()
        began = time.monotonic()
        try:
            return await make(self, session_id, request, token)
        finally:
            loop.call_later(rest * (time.monotonic() - began), turn.release)

    ApplicationContext.create_session_if_needed = make_in_turn


def _arguments(request: Any, token: str | None) -> Any:
    """Return the arguments that the page will find: those in the token of an earlier request, or of this one."""
    found = get_token_payload(token).get("arguments") if token else None
    return found if found is not None else getattr(request, "arguments", {})
