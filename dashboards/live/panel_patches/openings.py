"""Pages are made one after another and in slices, so that those that are open go on meanwhile."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

import bokeh.io.doc
import bokeh.model.util
from bokeh.core.has_props import HasProps
from bokeh.document import Document
from bokeh.model import Model
from bokeh.server.contexts import ApplicationContext
from bokeh.server.session import ServerSession
from bokeh.util.token import get_token_payload
from panel.viewable import Viewable
from tornado.locks import Lock

from dashboards.hub.slices import Slicer, pause_point
from dashboards.live.panel_patches.messages import one_message, structured_once
from dashboards.live.panel_patches.presence import has, takes, usable

PAUSES = (
    (Viewable, "__init__"),  # while a page is built
    (Model, "__init__"),
    (bokeh.model.util, "visit_immediate_value_references"),  # while it is searched for what belongs to it
    (HasProps, "to_serializable"),  # while its JSON is written
)
"""What is called often in the making of a page, every millisecond or so."""


async def nothing(arguments: Any) -> None:
    """Do nothing before a page is made."""


class OwnState:
    """What the making of a page sets for the whole process: the current document, and what a script finds in `sys`."""

    def __init__(self) -> None:
        self._path, self._arguments = sys.path.copy(), sys.argv
        self._documents: list[Any] = []

    def swap(self) -> None:
        """Exchange it with what is there."""
        sys.path, self._path = self._path, sys.path
        sys.argv, self._arguments = self._arguments, sys.argv
        bokeh.io.doc._PATCHED_CURDOCS, self._documents = self._documents, bokeh.io.doc._PATCHED_CURDOCS


def make_pages_in_slices(slices: Slicer, before: Callable[[Any], Awaitable[None]] = nothing) -> None:
    """Let servers make pages in slices, one page after another.

    `before(arguments)` is awaited before a page has its turn, and others are made meanwhile; it gets the arguments of
    the page's address, as the browser sent them.

    A page takes a second or so of the loop: it is built, and written as JSON. In one go no other page would be served
    meanwhile.
    """
    make: Any = getattr(ApplicationContext, "create_session_if_needed", None)
    if not usable(
        "pages made in slices",
        {
            "ApplicationContext.create_session_if_needed": takes(make, "session_id", "request", "token"),
            "ApplicationContext.sessions": has(ApplicationContext, "sessions"),
            "bokeh.io.doc._PATCHED_CURDOCS": isinstance(getattr(bokeh.io.doc, "_PATCHED_CURDOCS", None), list),
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
        async with turns.setdefault(asyncio.get_running_loop(), Lock()):
            try:
                return await slices.run(make(self, session_id, request, token), OwnState().swap)
            finally:
                _release(self, session_id)

    ApplicationContext.create_session_if_needed = make_in_turn
    _write_in_slices(slices)
    for owner, name in PAUSES:
        _pause_after(owner, name)


def _release(context: ApplicationContext, session_id: Any) -> None:
    """Forget that a page is being made, if it came to nothing: Bokeh lets all who ask for it again wait for ever."""
    if usable("pages that can't be made", {"ApplicationContext._pending_sessions": has(context, "_pending_sessions")}):
        context._pending_sessions.pop(session_id, None)


def _arguments(request: Any, token: str | None) -> Any:
    """Return the arguments that the page will find: those in the token of an earlier request, or of this one."""
    found = get_token_payload(token).get("arguments") if token else None
    return found if found is not None else getattr(request, "arguments", {})


async def change_in_slices(slices: Slicer, document: Document, change: Callable[[], object]) -> None:
    """Make a change of a page that takes long, in slices and in one message; the document's lock is held meanwhile."""

    async def make() -> None:
        with bokeh.io.doc.patch_curdoc(document), one_message(document), structured_once(document):
            change()

    await slices.run(make(), OwnState().swap)


def _write_in_slices(slices: Slicer) -> None:
    """Write the JSON of a page in slices as well."""
    pull: Any = getattr(ServerSession, "pull", None)
    names = {"ServerSession.pull(message, connection)": takes(pull, "message", "connection")}
    if not usable("pages written in slices", names):
        return

    async def pull_in_slices(message: Any, connection: Any) -> Any:
        return await slices.run(pull(message, connection), OwnState().swap)

    ServerSession.pull = staticmethod(pull_in_slices)


def _pause_after(owner: Any, name: str) -> None:
    """Let work in slices pause whenever a method, or a module's function, has been called."""
    method: Any = getattr(owner, name, None)
    if not usable("a pause in the making of a page", {f"{owner.__name__}.{name}": callable(method)}):
        return

    @wraps(method)
    def then_pause(*arguments: Any, **named: Any) -> Any:
        found = method(*arguments, **named)
        pause_point()
        return found

    setattr(owner, name, then_pause)
