"""The HTML of a page that is still to be made: its browser fetches scripts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from bokeh.document import Document
from bokeh.server.contexts import ApplicationContext
from bokeh.server.session import ServerSession
from tornado.ioloop import IOLoop

from dashboards.live.panel_patches.colour_scheme import asks_again
from dashboards.live.panel_patches.presence import has, takes, usable

MOST_BEGUN = 2  # pages at a time that are begun before their browsers have connected
FRAMES: WeakKeyDictionary[ApplicationContext, Callable[[Any], Document]] = WeakKeyDictionary()


@dataclass(frozen=True)
class PromisedPage:
    """What stands for the session of a page that is still to be made, for those who write its HTML.

    `token` is the page's own. `document` holds the frame that all pages have in common, whose HTML is theirs: a browser
    puts the parts of a document in their places by their order.
    """

    token: str
    document: Document


def frame_pages(document: Document, frame: Callable[[Any], Document]) -> None:
    """Promise all further pages of the application that makes a document.

    Their HTML is that of the document `frame(request)`, which those share whose HTML is alike.
    """
    server: Any = document.session_context and document.session_context.server_context
    if server is None or not usable(
        "the HTML of a page at once", {"BokehServerContext.application_context": has(server, "application_context")}
    ):
        return
    if server.application_context not in FRAMES:
        FRAMES[server.application_context] = frame


def promise_pages() -> None:
    """Let servers answer with the HTML of a frame at once where there is one, and make pages when browsers connect.

    A few are begun before, while their browsers fetch scripts. A client that asks for pages and never connects has no
    more than those made.
    """
    make: Any = getattr(ApplicationContext, "create_session_if_needed", None)
    name = "ApplicationContext.create_session_if_needed"
    if not usable("the HTML of a page at once", {name: takes(make, "session_id", "request", "token")}):
        return
    begun: set[Any] = set()

    async def promise(
        self: ApplicationContext, session_id: Any, request: Any = None, token: str | None = None
    ) -> ServerSession | PromisedPage:
        frame = FRAMES.get(self)
        if frame is None or token is None or request is None or _is_socket(request):
            return await make(self, session_id, request, token)
        if len(begun) < MOST_BEGUN and not asks_again(request.headers):
            begun.add(session_id)
            IOLoop.current().spawn_callback(begin, self, session_id, request, token)
        return PromisedPage(token, frame(request))

    async def begin(self: ApplicationContext, session_id: Any, request: Any, token: str) -> None:
        try:
            await make(self, session_id, request, token)
        finally:
            begun.discard(session_id)

    ApplicationContext.create_session_if_needed = promise


def _is_socket(request: Any) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"
